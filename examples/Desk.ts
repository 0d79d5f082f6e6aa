// A help desk without idempotency keys: opening a ticket is protected by a marker and a search for it.
import { Schema } from "effect"
import { HttpApiEndpoint } from "effect/http-api"
import { Backoff, Credential, Degradation, Idempotency, Provider, RateLimit, RetryMatrix } from "surety"
import { HttpOperation } from "surety/http"

const quick = Backoff.exponential({ base: "20 millis", cap: "1 second", maxAttempts: 3, jitter: "full" })
export const Ticket = Schema.Struct({ number: Schema.Int, text: Schema.String })
const shared = {
  failures: [],
  timeout: { attempt: "1 second", total: "5 seconds" },
  retry: RetryMatrix.transport(quick)
} as const

const search = HttpOperation.read(
  HttpApiEndpoint.get("search", "/tickets", { query: { text: Schema.String }, success: Schema.Array(Ticket) }),
  shared
)

const open = HttpOperation.mutation(
  HttpApiEndpoint.post("open", "/tickets", { payload: Schema.Struct({ text: Schema.String }), success: Ticket }),
  {
    ...shared,
    idempotency: Idempotency.reconcile({
      source: "generated",
      via: search,
      embed: (request: { readonly payload: { readonly text: string } }, marker) => ({
        payload: { text: `${request.payload.text} [${marker}]` }
      }),
      ask: (_request, marker) => ({ query: { text: marker } }),
      find: (found) => found[0],
      absent: "not-applied"
    })
  }
)

export class Desk extends Provider.Service<Desk>()("acme/Desk", {
  baseUrl: "https://desk.example",
  owner: "team-support",
  criticality: "low",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("no limit is published"), concurrency: 5 },
  credentials: Credential.none("inside the company network"),
  version: { unversioned: "an internal tool", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/desk",
  operations: { open, search }
}) {}
