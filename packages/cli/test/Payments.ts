// A contract as somebody would write it, as text, with what a test changes in it.
export interface Changes {
  readonly id?: string
  readonly name?: string
  readonly availability?: string
  readonly credentials?: string
  readonly attempt?: string
  readonly more?: string
  readonly reviewBy?: string
  readonly sunset?: string
}

const head = `import * as Effect from "effect/Effect"
import * as Backoff from "surety/Backoff"
import * as Credential from "surety/Credential"
import * as Degradation from "surety/Degradation"
import * as Failure from "surety/Failure"
import * as Operation from "surety/Operation"
import * as Provider from "surety/Provider"
import * as RateLimit from "surety/RateLimit"
import * as RetryMatrix from "surety/RetryMatrix"

class RateLimited extends Failure.Tagged<RateLimited>()("RateLimited", { retry: "safe", fault: "provider" }) {}
const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
`

/** One provider class; several make a module with several. */
export const provider = ({
  attempt = "1 second",
  availability = "0.999",
  credentials = `Credential.bearer({ scopes: ["charges:read"], rotateEvery: "90 days" })`,
  id = "acme/Payments",
  more = "",
  name = "Payments",
  reviewBy = "2027-04-01",
  sunset = ""
}: Changes = {}): string => `
export class ${name} extends Provider.Service<${name}>()("${id}", {
  baseUrl: "https://api.payments.example",
  owner: "team-checkout",
  criticality: "critical",
  degradation: Degradation.fail,
  slo: { availability: ${availability}, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 25 },
  credentials: ${credentials},
  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "${reviewBy}" },
  runbook: "https://runbooks.example/payments",${more}
  operations: {
    getCharge: Operation.read("getCharge", {
      timeout: { attempt: "${attempt}", total: "4 seconds" },
      failures: [RateLimited],${
        sunset === ""
          ? ""
          : `
      sunset: "${sunset}",`
      }
      retry: { ...RetryMatrix.transport(quick), RateLimited: quick },
      attempt: (id: string) => Effect.succeed(id)
    })
  }
}) {}
`

export const payments = (changes: Changes = {}): string => head + provider(changes)

export const module = (...providers: ReadonlyArray<Changes>): string => head + providers.map(provider).join("")
