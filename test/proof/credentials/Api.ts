/**
 * The provider that the proof calls, on loopback: one read behind a bearer token.
 *
 * No failure is retried here, so that every call that fails is seen as a failed call; only a refused credential is
 * renewed once, which is the engine's business and not a rule's.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Schema from "effect/Schema"
import * as Credential from "surety/Credential"
import * as Degradation from "surety/Degradation"
import * as HttpOperation from "surety/http/HttpOperation"
import * as Provider from "surety/Provider"
import * as RateLimit from "surety/RateLimit"
import * as RetryMatrix from "surety/RetryMatrix"

const orders = HttpOperation.read(
  HttpApiEndpoint.get("orders", "/api/orders", {
    success: Schema.Struct({ client: Schema.String, scope: Schema.String })
  }),
  {
    scopes: ["openid"],
    failures: [],
    timeout: { attempt: "10 seconds", total: "30 seconds" },
    retry: RetryMatrix.transportNever
  }
)

export class Api extends Provider.Service<Api>()("proof/Api", {
  baseUrl: "http://127.0.0.1",
  owner: "team-proof",
  criticality: "critical",
  degradation: Degradation.fail,
  slo: { availability: 0.999, latency: { p99: "30 seconds" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("the proof's own server"), concurrency: 200, queue: 200 },
  credentials: Credential.bearer({
    name: "proof",
    scopes: ["openid"],
    expires: "within seconds, or when it is flipped"
  }),
  version: { unversioned: "the proof's own server", reviewBy: "2027-06-01" },
  runbook: "https://runbooks.example/proof",
  operations: { orders }
}) {}
