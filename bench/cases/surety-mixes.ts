/** Ours under a mix of faults, on a clock of its own: what the provider saw of each call. */
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Backoff from "surety/Backoff"
import * as CircuitBreaker from "surety/CircuitBreaker"
import * as Credential from "surety/Credential"
import * as Hedge from "surety/Hedge"
import * as HttpOperation from "surety/http/HttpOperation"
import * as Idempotency from "surety/Idempotency"
import type * as Limits from "surety/Limits"
import * as Provider from "surety/Provider"
import * as RetryBudget from "surety/RetryBudget"
import * as RetryMatrix from "surety/RetryMatrix"
import { Draw, FakeProvider, Fault, FaultScript } from "surety/testing"
import { Charge, Unavailable } from "./surety-charges.ts"
import { ample, shared } from "./surety-contract.ts"

/** The most attempts that any rule of the contract allows. */
export const maximum = 4

const backoff = Backoff.exponential({ base: "50 millis", cap: "1 second", maxAttempts: maximum, jitter: "full" })
const policy = {
  failures: [Unavailable.wire(503)],
  timeout: { attempt: "1 second", total: "10 seconds" },
  retry: { ...RetryMatrix.transport(backoff), Unavailable: backoff }
} as const
const id = { id: Schema.String }
const operations = {
  read: HttpOperation.read(HttpApiEndpoint.get("read", "/v1/charges/:id", { params: id, success: Charge }), {
    ...policy,
    hedge: Hedge.after("300 millis")
  }),
  write: HttpOperation.mutation(HttpApiEndpoint.post("write", "/v1/charges/:id", { params: id, success: Charge }), {
    ...policy,
    idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "1 hour" }),
    hedge: Hedge.after("300 millis")
  })
}

/** Every guard at its default, and none of those that would hide a retry too many. */
const settings: ReadonlyArray<Limits.Declared> = [
  { rate: ample, concurrency: 8 },
  {
    rate: ample,
    concurrency: 100,
    breaker: CircuitBreaker.none("counts attempts"),
    retryBudget: RetryBudget.bucket({ capacity: 1_000_000 })
  }
]

const faults: ReadonlyArray<Fault.Fault> = [
  Fault.ok,
  Fault.latency("400 millis"),
  Fault.refuse,
  Fault.resetBefore,
  Fault.resetAfter,
  Fault.stallHead("3 seconds"),
  Fault.stallBody("3 seconds"),
  Fault.cutAfter(5),
  Fault.wrongContentType("text/html"),
  Fault.tooManyRequests(),
  Fault.unavailable(),
  Fault.respond({ status: 500 })
]

const callsPerMix = 20

/** The requests of each call under the faults that `seed` draws: some mixes are all of one kind, others of every kind. */
export const requestsPerCall = (seed: number): Promise<ReadonlyArray<number>> => {
  const kinds = 1 + Math.floor(Draw.uniform(seed, "kinds") * faults.length)
  const pick = (request: number): Fault.Fault => {
    const kind = Math.floor(Draw.uniform(seed, `request ${request}`) * kinds)
    return faults[Math.floor(Draw.uniform(seed, `kind ${kind}`) * faults.length)] ?? Fault.ok
  }
  const contract = Provider.make("bench/Mixes", {
    ...shared,
    baseUrl: "https://api.mixes.example",
    credentials: Credential.none("a bench without a provider"),
    limits: settings[seed % settings.length]!,
    operations
  })
  class Mixes extends Provider.Service<Mixes>()("bench/Mixes", contract) {}
  const script = FaultScript.of(...Array.from({ length: callsPerMix * maximum * 2 }, (_, request) => pick(request)))
  const fake = FakeProvider.make(contract, { script })
  return Effect.gen(function* () {
    const mixes = yield* Mixes
    for (let call = 0; call < callsPerMix; call++) {
      const params = { id: `ch_${call}` }
      const running: Effect.Effect<unknown> =
        call % 2 === 0
          ? Effect.exit(mixes.read({ params }))
          : Effect.exit(mixes.write({ params }, { idempotencyKey: `key_${call}` }))
      yield* Effect.forkChild(running)
      yield* TestClock.adjust(`${Math.floor(Draw.uniform(seed, `pause ${call}`) * 200)} millis`)
    }
    yield* TestClock.adjust("20 seconds")
    return Array.from({ length: callsPerMix }, (_, call) =>
      fake.log.filter((entry) => entry.path.endsWith(`/ch_${call}`)).count()
    )
  }).pipe(
    Effect.provide(Mixes.layerFake(fake)),
    Effect.provide([TestClock.layer(), Logger.layer([])]),
    Effect.runPromise
  )
}
