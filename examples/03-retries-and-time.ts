// When attempts are sent, to the millisecond, under scripted faults. The clock is virtual: minutes pass at once.
import { Effect, Fiber, Random } from "effect"
import { TestClock } from "effect/testing"
import { Fault, FaultScript, RetryAfterForm } from "surety/testing"
import * as FakePayments from "./FakePayments.ts"
import { Payments } from "./Payments.ts"

const call = Effect.gen(function* () {
  const payments = yield* Payments
  return yield* payments.charge({ payload: { amount: 1999 } }, { idempotencyKey: "order-1" })
}).pipe(
  Effect.map((charge) => `charged as ${charge.id}`),
  Effect.catchTag(["RetriesExhausted", "OutcomeUnknown"], (error) => {
    const until = error.retryAt === undefined ? "" : `, ask again at ${error.retryAt} ms`
    return Effect.succeed(`${error._tag} after ${error.elapsedMillis.toFixed(0)} ms: ${error.stopped}${until}`)
  }),
  Effect.catch((error) => Effect.succeed(error.message))
)

const simulate = async (name: string, script: FaultScript.FaultScript) => {
  const fake = FakePayments.make(script)
  const program = Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(call)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  }).pipe(Effect.provide(fake.layer), Effect.provide(TestClock.layer()), Random.withSeed("bad day"))
  console.log(`${name}\n  ${await Effect.runPromise(program)}`)
  for (const sent of fake.log.entries) {
    console.log(
      `  ${sent.atMillis.toFixed(0).padStart(6)} ms  ${sent.key}  ${sent.fault}  ${sent.status ?? "no status"}`
    )
  }
}

await simulate("two resets, jittered waits", FaultScript.of(Fault.resetBefore, Fault.resetBefore))
await simulate("a body that stalls: the attempt timeout covers it", FaultScript.of(Fault.stallBody("1 minute")))
await simulate("Retry-After 3 s: a floor", FaultScript.of(Fault.tooManyRequests(RetryAfterForm.seconds("3 seconds"))))
await simulate(
  "Retry-After 1 day: not slept, told",
  FaultScript.repeat(Fault.tooManyRequests(RetryAfterForm.seconds("1 day")))
)
await simulate("nothing but stalls: three attempts, all within 8 s", FaultScript.repeat(Fault.stallHead("1 minute")))
