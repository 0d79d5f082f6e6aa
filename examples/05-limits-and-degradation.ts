// An outage, second by second: the breaker opens, callers of the exchange rate get a stale one that says so, a charge
// is refused before it is sent, and a probe finds the provider again.
import { Effect, Fiber, Random } from "effect"
import { TestClock } from "effect/testing"
import { Fault, FaultScript } from "surety/testing"
import * as FakePayments from "./FakePayments.ts"
import { Payments } from "./Payments.ts"

const outage = FaultScript.window({ from: "1 second", to: "3 seconds" }, Fault.unavailable())
const fake = FakePayments.make(outage)

const getRate = Effect.gen(function* () {
  const payments = yield* Payments
  const { metadata, value } = yield* payments.getRate.detailed({ params: { currency: "usd" } })
  const age = metadata.degraded === undefined ? "fresh" : `${metadata.degraded.by}, ${metadata.degraded.because}`
  return `rate ${value.perEuro} (${age})`
}).pipe(Effect.catch((error) => Effect.succeed(error.message)))

const charge = Effect.gen(function* () {
  const payments = yield* Payments
  const charge = yield* payments.charge({ payload: { amount: 1999 } }, { idempotencyKey: "order-1" })
  return `charged as ${charge.id}`
}).pipe(Effect.catch((error) => Effect.succeed(error._tag === "NotAttempted" ? error.reason._tag : error._tag)))

const at = <E, R>(moment: string, program: Effect.Effect<string, E, R>) =>
  Effect.gen(function* () {
    const before = fake.log.count()
    const fiber = yield* Effect.forkChild(program)
    yield* TestClock.adjust("500 millis")
    console.log(`${moment}  ${yield* Fiber.join(fiber)} | sent ${fake.log.count() - before}`)
  })

const both = Effect.map(Effect.all([getRate, charge], { concurrency: 2 }), (told) => told.join("; "))

await Effect.runPromise(
  Effect.gen(function* () {
    yield* at("0.0 s", getRate)
    yield* at("0.5 s", charge)
    yield* at("1.0 s", getRate) // three attempts, all 503
    yield* at("1.5 s", getRate) // the fifth 503 in a row opens the circuit
    yield* at("2.0 s", both) // one call is the probe, the other is refused
    yield* at("2.5 s", both)
    yield* at("3.0 s", getRate) // the probe finds it well
    yield* at("3.5 s", both)
  }).pipe(Effect.provide(fake.layer), Effect.provide(TestClock.layer()), Random.withSeed("outage"))
)
