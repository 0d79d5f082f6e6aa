/** One wide line for each call that is sampled. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { CallLog } from "surety/telemetry"
import { FakeExchange, FakeServer, FaultScript } from "surety/testing"
import { steady } from "../engine/Scripted.ts"
import { Booth, collecting, layerOf, logging, secret, settle } from "../signals/Booth.ts"

const answers = (status: number, body: unknown = {}) =>
  FakeServer.make({ handle: () => FakeExchange.json(status, body), script: FaultScript.none })

const logged = <A, E>(
  server: FakeServer.FakeServer,
  options: CallLog.Options,
  run: Effect.Effect<A, E, Booth>,
  random = 0.5
) =>
  Effect.gen(function* () {
    const { layer, lines } = logging()
    yield* run.pipe(Effect.provide(Layer.provideMerge(layerOf(server), CallLog.over(layer, options))), steady(random))
    return lines.filter(({ message }) => message === "integration.call")
  })
const plain = Effect.flatMap(Booth, (booth) => settle(booth.plain()))

describe("integration.call", () => {
  it.effect("has everything that the span of a call says, in one line, and no payload and no key", () =>
    Effect.gen(function* () {
      const [line, ...others] = yield* logged(
        answers(409),
        {},
        Effect.flatMap(Booth, (booth) =>
          settle(booth.add({ payload: { id: "CANARY" } }, { idempotencyKey: "order-1" }))
        )
      )
      assert.strictEqual(others.length, 0)
      const {
        "trace.id": trace,
        "span.id": span,
        "integration.idempotency.key_hash": key,
        ...rest
      } = line?.annotations ?? {}
      assert.strictEqual(line?.level, "Info")
      assert.match(`${String(trace)} ${String(span)} ${String(key)}`, /^[0-9a-f]{32} [0-9a-f]{16} [0-9a-f]{14}$/)
      assert.deepInclude(rest, {
        "integration.provider.name": "tests/Booth",
        "integration.operation.name": "add",
        "integration.outcome": "failure",
        "integration.attempts": 1,
        "error.type": "Twice",
        "sample.rate": 1
      })
      assert.isNumber(rest["duration_ms"])
      for (const word of ["CANARY", "order-1", secret]) assert.notInclude(JSON.stringify(line), word)
    })
  )

  it.effect("is written for 1 of 100 calls that went well, by default, and says so", () =>
    Effect.gen(function* () {
      const well = answers(200, { id: "a" })
      assert.strictEqual((yield* logged(well, {}, plain)).length, 0)
      const [line] = yield* logged(well, {}, plain, 0.005)
      assert.strictEqual(line?.annotations["sample.rate"], 0.01)
      assert.strictEqual((yield* logged(well, { successes: 1 }, plain)).length, 1)
      assert.strictEqual((yield* logged(answers(402), { others: 0 }, plain)).length, 0)
    })
  )

  it.effect("is written 2 times a second at most, and the next line says that 3 were left out", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        answers(200, { id: "a" }),
        { successes: 1, maxPerSecond: 2 },
        Effect.flatMap(Booth, (booth) =>
          Effect.andThen(
            Effect.replicateEffect(booth.local("x"), 5),
            Effect.andThen(TestClock.adjust("1 second"), booth.local("x"))
          )
        )
      )
      assert.deepStrictEqual(
        lines.map(({ annotations }) => annotations["omitted"]),
        [undefined, undefined, 3]
      )
    })
  )

  it.effect("leaves a tracer that is there its spans, and says nothing of spans that are no call", () =>
    Effect.gen(function* () {
      const { spans, tracer } = collecting()
      const { layer, lines } = logging()
      yield* plain.pipe(
        Effect.withSpan("checkout"),
        Effect.provide(
          Layer.provideMerge(
            layerOf(answers(200, { id: "a" })),
            CallLog.layer({ successes: 1 }).pipe(Layer.provideMerge(layer))
          )
        ),
        Effect.withTracer(tracer),
        steady(0.5)
      )
      assert.deepStrictEqual(
        spans.map(({ name, status }) => [name, status._tag]),
        [
          ["checkout", "Ended"],
          ["tests/Booth.plain", "Ended"],
          ["GET /v1/plain", "Ended"]
        ]
      )
      assert.deepStrictEqual(
        lines.map(({ annotations }) => annotations["span.id"]),
        [spans[1]?.spanId]
      )
    })
  )

  it("is refused with a part that is none", () => {
    assert.throws(() => CallLog.layer({ successes: 2 }), /successes must be from 0 to 1, got 2/)
    assert.throws(() => CallLog.layer({ others: Number.NaN }), /others must be from 0 to 1, got NaN/)
    assert.throws(() => CallLog.layer({ maxPerSecond: 0 }), /maxPerSecond must be above 0, got 0/)
  })
})
