// Five ways a call can end, and what the program does about each. The error type names them all.
import { Effect } from "effect"
import { FakeExchange, Fault, FaultScript } from "surety/testing"
import * as FakePayments from "./FakePayments.ts"
import { Payments } from "./Payments.ts"

const checkout = Effect.gen(function* () {
  const payments = yield* Payments
  const charge = yield* payments.charge({ payload: { amount: 1999 } }, { idempotencyKey: "order-1" })
  return `charged as ${charge.id}`
}).pipe(
  // the provider answered: business
  Effect.catchTag("CardDeclined", (declined) => Effect.succeed(`ask for another card (${declined.code})`)),
  // certainly not charged: try later
  Effect.catchReason("RetriesExhausted", "RateLimited", (_limited, error) =>
    Effect.succeed(`busy: ${error.attempts} attempts, stopped by ${error.stopped}`)
  ),
  Effect.catchReason("RetriesExhausted", "NotSent", (reason) => Effect.succeed(`unreachable (${reason.code})`)),
  // perhaps charged: keep the order open, and ask again with the same key
  Effect.catchTag("OutcomeUnknown", (unknown) =>
    Effect.succeed(`unknown after ${unknown.reason._tag}: resend ${unknown.idempotencyKey} (${unknown.reconcile})`)
  ),
  // nothing was sent
  Effect.catchTag("NotAttempted", (refused) => Effect.succeed(`refused here: ${refused.reason._tag}`)),
  // the provider does not keep the contract: somebody must look
  Effect.catchTag("ContractViolation", (drift) => Effect.succeed(`drift: ${drift.message}`))
)

const run = async (name: string, script: FaultScript.FaultScript) => {
  const fake = FakePayments.make(script)
  const told = await Effect.runPromise(Effect.provide(checkout, fake.layer))
  console.log(`${name.padEnd(12)} ${told}`)
  console.log(`${"".padEnd(12)} requests: ${fake.log.count()}, charges: ${fake.charges.length}`)
}

await run("all well", FaultScript.none)
await run("declined", FaultScript.of(Fault.respond(FakeExchange.json(402, { code: "expired_card" }))))
await run("throttled", FaultScript.repeat(Fault.tooManyRequests()))
await run("unreachable", FaultScript.repeat(Fault.refuse))
await run("lost answers", FaultScript.repeat(Fault.resetAfter))
await run("lost, then", FaultScript.of(Fault.resetAfter, Fault.tooManyRequests(), Fault.tooManyRequests()))
await run("renamed id", FaultScript.of(Fault.respond(FakeExchange.json(200, { charge_id: "ch_1", amount: 1999 }))))
