// Credentials that are written without types may give anything, and every call ends all the same, with our words only.
//
// What `rejected` threw, or gave instead of a verdict, ended nothing: the call hung for ever. An error of another type
// became the reason of the call's own error, with whatever it quoted.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { TestClock } from "effect/testing"
import { Provider } from "surety"
import { Transport } from "surety/http/Transport"
import { idle, looking, Shop } from "./Shop.ts"

const secret = Redacted.make("sk_live_0123456789")
const refusing = Layer.succeed(Transport, {
  send: (_, handler) => {
    queueMicrotask(() => {
      handler.onHead(401, {})
      handler.onEnd()
    })
    return idle
  }
})
const call = (credentials: object) =>
  Effect.gen(function* () {
    const shop = yield* Shop
    const fiber = yield* Effect.forkChild(shop.look(looking()), { startImmediately: true })
    yield* TestClock.adjust("1 minute")
    assert.isDefined(fiber.pollUnsafe(), "the call hangs")
    assert.strictEqual(Provider.control(shop)?.inFlight(), 0)
    return yield* Fiber.await(fiber)
  }).pipe(
    Effect.provide(
      Shop.layer.pipe(Layer.provide(Layer.merge(Layer.succeed(Shop.Credentials, credentials as never), refusing)))
    )
  )
const refusalOf = (exit: Exit.Exit<unknown, { readonly _tag: string; readonly reason?: unknown }>): unknown => {
  assert.notInclude(inspect(exit, { depth: 9 }), "sk_live")
  const error = Exit.isFailure(exit) ? exit.cause.reasons.find((reason) => reason._tag === "Fail")?.error : undefined
  return (error?.reason as { readonly _tag?: string } | undefined)?._tag
}

for (const [what, rejected] of [
  [
    "throws",
    () => {
      throw new Error("sk_live_0123456789")
    }
  ],
  ["gives no effect", () => undefined],
  ["dies", () => Effect.die(new Error("sk_live_0123456789"))],
  ["gives no verdict", () => Effect.succeed(undefined)],
  ["gives a verdict without a secret", () => Effect.succeed({ _tag: "Replay" })],
  ["waits for ever", () => Effect.never]
] as const) {
  it.effect(`a call ends when \`rejected\` ${what}`, () =>
    Effect.gen(function* () {
      const refusal = refusalOf(yield* call({ current: Effect.succeed(secret), rejected }))
      assert.oneOf(refusal, ["CredentialRejected", "CredentialUnavailable", "BudgetExhausted"])
    })
  )
}

for (const [what, current] of [
  ["an error of its own", Effect.fail(new Error("sk_live_0123456789"))],
  ["such an error, later", Effect.andThen(Effect.yieldNow, Effect.fail(new Error("sk_live_0123456789")))],
  ["a text", Effect.succeed("sk_live_0123456789")],
  ["nothing", Effect.succeed(undefined)],
  ["a number", Effect.succeed(Redacted.make(7))]
] as const) {
  it.effect(`a call is refused when \`current\` gives ${what}`, () =>
    Effect.gen(function* () {
      assert.strictEqual(refusalOf(yield* call({ current })), "CredentialUnavailable")
    })
  )
}
