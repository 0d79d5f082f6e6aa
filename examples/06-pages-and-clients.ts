// Every item of every page, where each page is a guarded call of its own; and the same guards around a client that
// returns promises instead of an HTTP endpoint.
import { Effect, Stream } from "effect"
import { Fault, FaultScript } from "surety/testing"
import * as FakePayments from "./FakePayments.ts"
import { Mail, sent } from "./Mail.ts"
import { Payments } from "./Payments.ts"

// the answer with the second page is lost: only that page is asked for again
const fake = FakePayments.make(FaultScript.of(Fault.ok, Fault.resetAfter))
const ids = Effect.gen(function* () {
  const payments = yield* Payments
  return yield* payments.listCharges.items({ query: {} }).pipe(
    Stream.map((charge) => charge.id),
    Stream.runCollect
  )
})
console.log("items:   ", (await Effect.runPromise(Effect.provide(ids, fake.layer))).join(" "))
console.log("requests:", fake.log.statuses())

// pages are fetched when they are wanted
const lazy = FakePayments.make()
const first = Effect.gen(function* () {
  const payments = yield* Payments
  return yield* payments.listCharges.items({ query: {} }).pipe(Stream.take(2), Stream.runCollect)
})
await Effect.runPromise(Effect.provide(first, lazy.layer))
console.log("for two items:", lazy.log.count(), "request")

const mail = (to: string) =>
  Effect.gen(function* () {
    const service = yield* Mail
    const { id } = yield* service.send(to, { idempotencyKey: `welcome/${to}` })
    return id
  }).pipe(
    Effect.catchTag("Bounced", () => Effect.succeed(`${to} bounced`)),
    Effect.provide(Mail.layer)
  )
console.log("mail:    ", await Effect.runPromise(mail("ada@example.com")))
console.log("mail:    ", await Effect.runPromise(mail("nobody@example.com")))
console.log("client:  ", sent)
