import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Degradation, Operation } from "surety"
import { Control } from "../../src/engine/Control.ts"
import { StaleValues } from "../../src/StaleValues.ts"
import {
  broken,
  declare,
  declined,
  failures,
  keyed,
  lost,
  refused,
  retry,
  Scripted,
  series,
  type Step,
  timeout
} from "./Scripted.ts"

const read = <const F extends Degradation.Fallback<string, string, never>>(
  fallback: F,
  ...steps: ReadonlyArray<Step>
) => {
  const script = new Scripted(...steps)
  const operation = Operation.read("read", { timeout, failures, retry, fallback, attempt: script.attempt<string> })
  return { script, Acme: declare({ read: operation }) }
}

const later = <A, E>(call: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.exit(call))
    yield* TestClock.adjust("5 seconds")
    return yield* yield* Fiber.join(fiber)
  })

describe("Fallback", () => {
  it.effect("serves the constant after 3 outages, says so in the metadata and counts 1", () =>
    Effect.gen(function* () {
      const { Acme, script } = read(Degradation.constant("made up"), { fail: broken })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const { metadata, value } = yield* later(acme.read.detailed("a"))
        assert.strictEqual(value, "made up")
        assert.deepStrictEqual(metadata.degraded, { by: "constant", ageMillis: 0, because: "RetriesExhausted" })
        assert.strictEqual(script.log.length, 3)
        assert.strictEqual(yield* series("integration.fallbacks", { to: "constant" }), 1)
        assert.strictEqual(yield* series("integration.operation.duration", { "integration.outcome": "degraded" }), 1)
      }).pipe(Effect.provide(Acme.layer))
    })
  )

  it.effect("serves the last good answer to the same request with its age, and none to another", () =>
    Effect.gen(function* () {
      const { Acme } = read(Degradation.stale({ maxAge: "1 minute" }), { answer: "fresh" }, { fail: broken })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        yield* acme.read("a")
        yield* TestClock.adjust("10 seconds")
        const { metadata, value } = yield* later(acme.read.detailed("a"))
        assert.strictEqual(value, "fresh")
        assert.strictEqual(metadata.degraded?.by, "stale")
        assert.strictEqual(yield* series("integration.fallbacks", { to: "stale" }), 1)
        assert.isAtLeast(metadata.degraded?.ageMillis ?? 0, 10_000)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(later(acme.read("b")))))
        yield* TestClock.adjust("1 minute")
        assert.isTrue(Exit.isFailure(yield* Effect.exit(later(acme.read("a")))))
        const cached = (result: string) => series("integration.cache.requests", { result })
        assert.deepStrictEqual([yield* cached("stale"), yield* cached("miss"), yield* cached("hit")], [1, 2, 0])
      }).pipe(Effect.provide(Acme.layer))
    })
  )

  it.effect("asks the other provider once every attempt failed, and gives the first error when it fails too", () =>
    Effect.gen(function* () {
      const other = read(
        Degradation.other((request: string) => Effect.delay(Effect.succeed(`other ${request}`), "1 second")),
        { fail: broken }
      )
      yield* Effect.gen(function* () {
        const acme = yield* other.Acme
        const { metadata, value } = yield* later(acme.read.detailed("a"))
        assert.strictEqual(value, "other a")
        assert.strictEqual(metadata.degraded?.by, "other")
      }).pipe(Effect.provide(other.Acme.layer))
      const { Acme } = read(
        Degradation.other((_: string): Effect.Effect<string> => {
          throw new Error("bug in the fallback")
        }),
        { fail: broken }
      )
      const [error, served] = yield* Effect.flatMap(Acme, (acme) => Effect.flip(later(acme.read("a")))).pipe(
        Effect.zip(series("integration.fallbacks", { to: "other" })),
        Effect.provide(Acme.layer)
      )
      assert.strictEqual(error._tag, "RetriesExhausted")
      assert.strictEqual(served, 0)
    })
  )

  it.effect("serves it for a call that was refused on our side, never for a decline", () =>
    Effect.gen(function* () {
      const { Acme } = read(Degradation.constant("made up"), { fail: declined })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        assert.strictEqual((yield* Effect.flip(acme.read("a")))._tag, "Declined")
        Control.of(acme)?.isolate()
        const { metadata } = yield* acme.read.detailed("a")
        assert.deepStrictEqual(metadata.degraded, { by: "constant", ageMillis: 0, because: "NotAttempted" })
      }).pipe(Effect.provide(Acme.layer))
    })
  )

  it.effect("asks no other provider for a mutation that may have been applied, nor for a key that is too old", () =>
    Effect.gen(function* () {
      let asked = 0
      const script = new Scripted({ fail: lost }, { fail: refused })
      const write = Operation.mutation("write", {
        timeout,
        failures,
        retry,
        idempotency: keyed,
        fallback: Degradation.other((_: string) => Effect.sync(() => `asked ${++asked}`)),
        attempt: script.attempt<string>
      })
      const Acme = declare({ write })
      yield* TestClock.setTime(100_000_000)
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        assert.strictEqual((yield* Effect.flip(later(acme.write("a"))))._tag, "OutcomeUnknown")
        const old = yield* Effect.flip(acme.write("a", { idempotencyKey: "order-1", keyFirstUsedAt: 0 }))
        assert.strictEqual(old._tag, "NotAttempted")
        assert.strictEqual(asked, 0)
        assert.strictEqual(yield* later(acme.write("b")), "asked 1")
      }).pipe(Effect.provide(Acme.layer))
    })
  )
})

describe("StaleValues", () => {
  it("keeps 2 values of 3, the most recently used", () => {
    const values = new StaleValues(1000, 2)
    values.put("a", 1, 0)
    values.put("b", 2, 0)
    values.get("a", 0)
    values.put("c", 3, 0)
    assert.deepStrictEqual([values.get("a", 0)?.value, values.get("b", 0)?.value], [1, undefined])
  })

  it("never serves one request's answer to another: secrets, bytes, maps and sets have no key", () => {
    const values = new StaleValues(1000, 10)
    for (const request of [{ token: Redacted.make("a") }, new Uint8Array(2), new Map(), { ids: new Set() }]) {
      values.put(request, "kept", 0)
      assert.strictEqual(values.get(request, 0), undefined)
    }
  })

  it("tells 1n from 1, NaN from null and takes a cyclic request as none", () => {
    const values = new StaleValues(1000, 10)
    for (const [one, other] of [
      [{ id: 1n }, { id: 1 }],
      [[Number.NaN], [null]]
    ]) {
      values.put(one, "kept", 0)
      assert.strictEqual(values.get(other, 0), undefined)
      assert.strictEqual(values.get(one, 0)?.value, "kept")
    }
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    values.put(cyclic, "kept", 0)
    assert.strictEqual(values.get(cyclic, 0), undefined)
  })
})
