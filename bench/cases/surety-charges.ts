/** A provider of one read over HTTP, with a failure of its own, as the HTTP benches and the storms call it. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Schema from "effect/Schema"
import * as Credential from "surety/Credential"
import * as Failure from "surety/Failure"
import * as HttpOperation from "surety/http/HttpOperation"
import type * as Limits from "surety/Limits"
import * as Provider from "surety/Provider"
import * as RetryMatrix from "surety/RetryMatrix"
import { quick, shared } from "./surety-contract.ts"

export const Charge = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("charge"),
  amount: Schema.Int,
  currency: Schema.String
})

export class Unavailable extends Failure.Tagged<Unavailable>()("Unavailable", {
  retry: "safe",
  fault: "provider",
  health: "outage"
}) {}

const getCharge = HttpOperation.read(
  HttpApiEndpoint.get("getCharge", "/v1/charges/:id", { params: { id: Schema.String }, success: Charge }),
  {
    failures: [Unavailable.wire(503)],
    timeout: { attempt: "1 second", total: "5 seconds" },
    retry: { ...RetryMatrix.transport(quick), Unavailable: quick }
  }
)

/** The contract, for given limits. */
export const contract = (limits: Limits.Declared) =>
  Provider.make("bench/Charges", {
    ...shared,
    baseUrl: "http://127.0.0.1",
    credentials: Credential.bearer({ scopes: ["charges:read"], rotateEvery: "90 days" }),
    limits,
    operations: { getCharge }
  })
