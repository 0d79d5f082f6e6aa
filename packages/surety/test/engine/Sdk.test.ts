import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Backoff, Operation, Sdk } from "surety"
import { Control } from "../../src/engine/Control.ts"
import { declare, failures, keyed, lost, retry, steady, timeout } from "./Scripted.ts"

interface Pending {
  readonly context: Sdk.SdkContext
  readonly resolve: (value: string) => void
  readonly reject: (error: unknown) => void
}

/** A client whose promises the test settles. */
const client = () => {
  const calls: Array<Pending> = []
  const call = (_: string, context: Sdk.SdkContext): Promise<string> =>
    new Promise((resolve, reject) => void calls.push({ context, resolve, reject }))
  return { calls, call }
}
const settle = Effect.andThen(
  Effect.promise(() => new Promise((done) => setImmediate(done))),
  TestClock.adjust(0)
)
const once = { ...retry, AttemptTimeout: Backoff.never }
const classify = () => lost

describe("Sdk.promise", () => {
  it.effect("gives the client the key, the attempt number and a signal on each of 2 attempts", () =>
    Effect.gen(function* () {
      const { call, calls } = client()
      const Acme = declare({
        write: Operation.mutation("write", {
          timeout,
          failures,
          retry,
          idempotency: keyed,
          attempt: Sdk.promise({ call, classify, cancellation: "abortable" })
        })
      })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(acme.write("a", { idempotencyKey: "order-1" }))
        yield* TestClock.adjust(0)
        calls[0]?.reject(new Error("socket hang up, secret inside"))
        yield* settle
        yield* TestClock.adjust(50)
        calls[1]?.resolve("done")
        yield* settle
        assert.strictEqual(yield* Fiber.join(fiber), "done")
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
      assert.deepStrictEqual(
        calls.map(({ context }) => [context.attempt, context.idempotencyKey, context.signal.aborted]),
        [
          [1, "order-1", false],
          [2, "order-1", false]
        ]
      )
    })
  )

  it.effect("aborts an abortable client at the timeout of 1,000 ms and frees its permit", () =>
    Effect.gen(function* () {
      const { call, calls } = client()
      const Acme = declare({
        read: Operation.read("read", {
          timeout,
          failures,
          retry: once,
          attempt: Sdk.promise({ call, classify, cancellation: "abortable" })
        })
      })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(Effect.flip(acme.read("a")))
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "AttemptTimeout")
        assert.isTrue(calls[0]?.context.signal.aborted)
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
      }).pipe(Effect.provide(Acme.layer))
    })
  )

  it.effect("keeps the permit of a detached client after an interruption, until its promise settles", () =>
    Effect.gen(function* () {
      const { call, calls } = client()
      const Acme = declare({
        read: Operation.read("read", {
          timeout,
          failures,
          retry: once,
          attempt: Sdk.promise({ call, classify, cancellation: "detached" })
        })
      })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(acme.read("a"))
        yield* TestClock.adjust(0)
        yield* Fiber.interrupt(fiber)
        assert.isFalse(calls[0]?.context.signal.aborted)
        assert.strictEqual(Control.of(acme)?.inFlight(), 1)
        calls[0]?.reject(new Error("too late to matter"))
        yield* settle
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
      }).pipe(Effect.provide(Acme.layer))
    })
  )

  it("refuses an operation that contradicts its binding", () => {
    const attempt = Sdk.promise({ call: client().call, classify, cancellation: "detached" })
    assert.throws(
      () => Operation.read("read", { timeout, failures, retry, cancellation: "abortable", attempt }),
      "read: cancellation is 'abortable', but the SDK binding says 'detached'"
    )
  })
})
