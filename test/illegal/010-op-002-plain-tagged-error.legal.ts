// An error that says nothing about retries.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Backoff from "surety/Backoff"
import * as Failure from "surety/Failure"
import * as Operation from "surety/Operation"
import { timeout, transport } from "./Acme.ts"

class Refused extends Failure.Tagged<Refused>()("Refused", {
  retry: "never",
  fault: "caller",
  fields: { code: Schema.String }
}) {}
export const find = Operation.read("find", {
  failures: [Refused],
  timeout,
  retry: { ...transport, Refused: Backoff.never },
  attempt: (id: string) => Effect.succeed({ id })
})
