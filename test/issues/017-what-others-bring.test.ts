// A vault that has no such field, and a tracer that throws, end no process and hold no caller.
//
// A source that waited and then gave `undefined` threw where nobody caught it: the process died, and the call never
// ended. A tracer that threw on the end of a span took the result with it.
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import * as TestClock from "effect/testing/TestClock"
import { Transport } from "surety/http/Transport"
import { answer, idle, inFlight, looking, over, Shop } from "./Shop.ts"

const answering: Transport = {
  send: (_, handler) => {
    queueMicrotask(() => answer(handler))
    return idle
  }
}

describe("a source that gives", () => {
  // what a vault without types can answer
  const given: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    "a secret of nothing": Redacted.make(undefined),
    "a bare text": "sk_test_shop"
  }
  for (const [what, secret] of Object.entries(given)) {
    it.effect(`${what} after 10 ms is a credential that is not available`, () =>
      Effect.gen(function* () {
        const shop = yield* Shop
        const fiber = yield* Effect.forkChild(Effect.flip(shop.look(looking())))
        yield* TestClock.adjust("5 seconds")
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "CredentialUnavailable")
        assert.notInclude(String(error), "sk_test_shop")
        assert.strictEqual(yield* inFlight, 0)
      }).pipe(
        Effect.provide(
          Shop.layerAt("http://127.0.0.1:1").pipe(
            Layer.provide(
              Layer.merge(
                Shop.Credentials.layerFrom(
                  Effect.succeed({ current: Effect.delay(Effect.succeed(secret as Redacted.Redacted<string>), 10) })
                ),
                Layer.succeed(Transport, answering)
              )
            )
          )
        )
      )
    )
  }
})

describe("a tracer that throws", () => {
  const member = (name: "attribute" | "event" | "end"): Tracer.Tracer => ({
    span: (options) =>
      Object.assign(new Tracer.NativeSpan(options), {
        [name]: () => {
          throw new Error("the exporter is full")
        }
      })
  })
  const tracers: Readonly<Record<string, Tracer.Tracer>> = {
    "when a span begins": {
      span: () => {
        throw new Error("the exporter is full")
      }
    },
    "on an attribute": member("attribute"),
    "on an event": member("event"),
    "when a span ends": member("end")
  }
  for (const [when, tracer] of Object.entries(tracers)) {
    it.effect(`${when} loses 0 results`, () =>
      Effect.gen(function* () {
        const shop = yield* Shop
        assert.deepStrictEqual(yield* shop.look(looking()), { id: "a" })
        assert.strictEqual(yield* inFlight, 0)
      }).pipe(Effect.provide(over(answering)), Effect.provideService(Tracer.Tracer, tracer))
    )
  }
})
