// Two ways to send a mutation again without doing it twice: a key that the provider remembers, and a lookup where it
// remembers none.
import { Effect } from "effect"
import { Fault, FaultScript } from "surety/testing"
import { Desk } from "./Desk.ts"
import * as FakeDesk from "./FakeDesk.ts"
import * as FakePayments from "./FakePayments.ts"
import { Payments } from "./Payments.ts"

const pay = (firstUsed: string, keyFirstUsedAt: number) =>
  Effect.gen(function* () {
    const payments = yield* Payments
    const options = { idempotencyKey: "order-1", keyFirstUsedAt }
    const { id } = yield* payments.charge({ payload: { amount: 1999 } }, options)
    return `key first used ${firstUsed}: ${id}`
  }).pipe(
    Effect.catchTag("NotAttempted", ({ reason }) => Effect.succeed(`key first used ${firstUsed}: ${reason._tag}`))
  )

const hour = 60 * 60 * 1000
const bank = FakePayments.make(FaultScript.of(Fault.resetAfter))
console.log("A key: the provider remembers it for 24 hours")
for (const [told, hours] of [
  ["now", 0],
  ["1 h ago, before a restart", 1],
  ["25 h ago", 25]
] as const) {
  console.log(" ", await Effect.runPromise(Effect.provide(pay(told, Date.now() - hours * hour), bank.layer)))
}
console.log(`  ${bank.log.count()} requests, ${bank.charges.length} charge`)

const ticket = Effect.gen(function* () {
  const desk = yield* Desk
  const { metadata } = yield* desk.open.detailed({ payload: { text: "Printer on fire" } })
  return metadata.reconciled ? "found by lookup" : "answered"
})

const report = async (name: string, script: FaultScript.FaultScript) => {
  const desk = FakeDesk.make(script)
  const told = await Effect.runPromise(Effect.provide(ticket, desk.layer))
  const methods = desk.log.entries.map(({ method }) => method).join(" ")
  console.log(`  ${name.padEnd(20)} ${told.padEnd(16)} ${methods.padEnd(14)} tickets: ${desk.tickets.length}`)
}

console.log("A lookup: the provider has no keys")
await report("all well", FaultScript.none)
await report("opened, answer lost", FaultScript.of(Fault.resetAfter))
await report("lost before opening", FaultScript.of(Fault.resetBefore))
