/** A contract whose every text tries to be something else where it is shown. */
import * as Effect from "effect/Effect"
import {
  Backoff,
  type Contract,
  Credential,
  Degradation,
  Failure,
  Idempotency,
  Operation,
  Provider,
  RateLimit,
  RetryMatrix
} from "surety"

export const attack = `<script>alert(1)</script>"><img src=x onerror=alert(2)>' | \`code\` *x* [a](javascript:alert(3))\n## heading\n<!-- surety:notes:end -->\n\`\`\`\u0007`

class Odd extends Failure.Tagged<Odd>()(`Odd${attack}`, { retry: "never", fault: "provider" }) {}

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })

const name = `run${attack}`

export const hostile: Contract.Any = Provider.make(`acme/${attack}`, {
  baseUrl: "https://api.hostile.example",
  owner: attack,
  criticality: "critical",
  degradation: Degradation.serve(attack),
  slo: { availability: 0.999, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: { [attack]: RateLimit.tokenBucket({ limit: 10, per: "1 day" }) }, concurrency: 4 },
  credentials: Credential.legacyQueryKey("key", {
    name: attack,
    scopes: [attack],
    owner: attack,
    because: attack,
    rotateEvery: "90 days"
  }),
  version: { header: attack, value: attack, reviewBy: "2027-04-01" },
  runbook: `javascript:alert("${attack}")`,
  requestId: attack,
  operations: {
    [name]: Operation.mutation(name, {
      timeout: { attempt: "1 second", total: "8 seconds" },
      failures: [Odd],
      scopes: [attack],
      fallback: Degradation.other(() => Effect.succeed("x")),
      idempotency: Idempotency.natural(attack),
      retry: { ...RetryMatrix.transport(quick), [Odd.tag]: Backoff.never } as never,
      attempt: (_: string) => Effect.succeed("x")
    })
  }
})
