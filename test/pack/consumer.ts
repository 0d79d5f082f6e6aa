// A stranger's program: every public entry point loads from the tarballs, and a declared provider answers.
import * as Cli from "@surety/cli"
import * as GitHub from "@surety/github"
import * as GitHubTesting from "@surety/github/testing"
import * as OAuth from "@surety/oauth"
import * as OpenTelemetry from "@surety/opentelemetry"
import * as Ops from "@surety/ops"
import * as Sql from "@surety/sql"
import * as Stripe from "@surety/stripe"
import * as StripeTesting from "@surety/stripe/testing"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Schema from "effect/Schema"
import * as Surety from "surety"
import * as Http from "surety/http"
import * as HttpEffect from "surety/http/effect"
import * as HttpFetch from "surety/http/fetch"
import * as HttpOperation from "surety/http/HttpOperation"
import * as HttpUndici from "surety/http/undici"
import * as Telemetry from "surety/telemetry"
import * as Testing from "surety/testing"

const { Backoff, Credential, Degradation, Provider, RateLimit, RetryMatrix } = Surety

const getCharge = HttpOperation.read(
  HttpApiEndpoint.get("getCharge", "/v1/charges/:id", {
    params: { id: Schema.String },
    success: Schema.Struct({ id: Schema.String, amount: Schema.Int })
  }),
  {
    failures: [],
    timeout: { attempt: "2 seconds", total: "8 seconds" },
    retry: RetryMatrix.transport(
      Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
    )
  }
)

class Payments extends Provider.Service<Payments>()("acme/Payments", {
  baseUrl: "https://api.payments.example",
  owner: "team-checkout",
  criticality: "critical",
  degradation: Degradation.fail,
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 25 },
  credentials: Credential.bearer({ scopes: ["charges:read"], rotateEvery: "90 days" }),
  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/payments",
  operations: { getCharge }
}) {}

const program = Effect.gen(function* () {
  const payments = yield* Payments
  return yield* payments.getCharge({ params: { id: "ch_1" } })
}).pipe(Effect.provide(Payments.layerTest({ getCharge: () => Effect.succeed({ id: "ch_1", amount: 1999 }) })))

const charge = await Effect.runPromise(program)
if (charge.amount !== 1999) throw new Error(`charged ${charge.amount}`)

const entries: ReadonlyArray<object> = [
  Cli,
  GitHub,
  GitHubTesting,
  OAuth,
  OpenTelemetry,
  Ops,
  Sql,
  Stripe,
  StripeTesting,
  Http,
  HttpEffect,
  HttpFetch,
  HttpUndici,
  Telemetry,
  Testing
]
console.log(`${entries.length} entry points load`)
