import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Audit from "../../src/credential/Audit.ts"
import * as Auditor from "../../src/credential/Auditor.ts"
import * as LiveSecrets from "../../src/credential/LiveSecrets.ts"
import { event, sink } from "./Trail.ts"

const key = Redacted.make("a key that all processes share")

describe("Auditor", () => {
  it.effect("B7: gives 1 event to each of 2 sinks, and what is left when its scope closes", () =>
    Effect.gen(function* () {
      const sinks = [sink("log"), sink("sql")]
      const record = Effect.flatMap(Audit.Audit, (audit) => Effect.sync(() => audit.record(event(1))))
      yield* Effect.provide(record, Auditor.layer({ sinks }))
      for (const { kept } of sinks) assert.deepStrictEqual(kept, [event(1)])
    })
  )

  it.effect("B7: 2 sinks that are down keep nothing from the third, and hold up the end by 3 s together", () =>
    Effect.gen(function* () {
      const sinks = [sink("down"), sink("up"), sink("also down")] as const
      sinks[0].state = "down"
      sinks[2].state = "hangs"
      const record = Effect.flatMap(Audit.Audit, (audit) => Effect.sync(() => audit.record(event(1))))
      const running = yield* Effect.forkChild(Effect.provide(record, Auditor.layer({ sinks })))
      yield* TestClock.adjust("3 seconds")
      assert.isTrue(running.pollUnsafe() !== undefined)
      assert.deepStrictEqual(sinks[1].kept, [event(1)])
      assert.deepStrictEqual(sinks[0].kept, [])
    })
  )

  it.effect("takes a sink that has to be made, and fails as its making does", () =>
    Effect.gen(function* () {
      const made = sink("made")
      const record = Effect.flatMap(Audit.Audit, (audit) => Effect.sync(() => audit.record(event(1))))
      yield* Effect.provide(record, Auditor.layer({ sinks: [Effect.succeed(made)] }))
      assert.strictEqual(made.kept.length, 1)
      const exit = yield* Effect.exit(Layer.build(Auditor.layer({ sinks: [Effect.fail("no table")] })))
      assert.include(String(exit), "no table")
    })
  )

  it.effect("B7: 2 processes with the same key make the same fingerprint, 2 with keys of their own do not", () =>
    Effect.gen(function* () {
      const of = (options: { readonly key?: Redacted.Redacted<string> }) =>
        Effect.map(Auditor.make({ sinks: [sink()], ...options }), ({ fingerprint }) => fingerprint("sk_live_51Habc"))
      assert.strictEqual(yield* of({ key }), yield* of({ key }))
      assert.notStrictEqual(yield* of({}), yield* of({}))
      assert.match(yield* of({}), /^[0-9a-f]{16}$/)
    })
  )

  it.effect("B7: names the process when nobody does, in the same way each time", () =>
    Effect.gen(function* () {
      const first = yield* Auditor.make({ sinks: [sink()] })
      const second = yield* Auditor.make({ sinks: [sink()] })
      const named = yield* Auditor.make({ sinks: [sink()], actor: "checkout-7" })
      assert.match(first.actor, /^process-[0-9a-f]{8}$/)
      assert.strictEqual(first.actor, second.actor)
      assert.strictEqual(named.actor, "checkout-7")
    })
  )

  it.effect("B12: takes a secret that is held out of each of the 9 texts of an event", () =>
    Effect.gen(function* () {
      const secret = Redacted.make("CANARY-b12-audit-0001")
      LiveSecrets.hold(secret)
      const to = sink()
      const leaky = `seen ${Redacted.value(secret)}`
      const texts = ["id", "actor", "purpose", "provider", "credential", "version", "operation", "traceId", "detail"]
      const record = Effect.flatMap(Audit.Audit, (audit) =>
        Effect.sync(() => {
          audit.record(event(1, Object.fromEntries(texts.map((name) => [name, leaky]))))
          audit.record(event(2))
        })
      )
      yield* Effect.provide(record, Auditor.layer({ sinks: [to] }))
      LiveSecrets.release(secret)
      assert.notInclude(JSON.stringify(to.kept), "CANARY")
      for (const name of texts) assert.strictEqual(to.kept[0]?.[name as "detail"], "seen <redacted>", name)
      assert.deepStrictEqual(to.kept[1], event(2))
    })
  )

  it.effect("takes 2 sinks that need different services, and asks for both", () =>
    Effect.gen(function* () {
      class Disk extends Context.Service<Disk, Audit.Sink>()("tests/Disk") {}
      class Wire extends Context.Service<Wire, Audit.Sink>()("tests/Wire") {}
      const disk = sink()
      const wire = { ...sink(), name: "wire" }
      const made = yield* Auditor.make({ sinks: [Disk, Wire, { ...sink(), name: "third" }], actor: "checkout-7" }).pipe(
        Effect.provideService(Disk, disk),
        Effect.provideService(Wire, wire)
      )
      assert.strictEqual(made.actor, "checkout-7")
    })
  )

  it.effect("refuses a key of 15 characters, 2 sinks of one name, and none, and quotes no key", () =>
    Effect.gen(function* () {
      const refused = (options: Auditor.Options<Audit.Sink>) =>
        Effect.map(Effect.exit(Effect.scoped(Auditor.make(options))), String)
      assert.include(yield* refused({ sinks: [sink()], key: Redacted.make("123456789012345") }), "has 15 characters")
      assert.notInclude(yield* refused({ sinks: [sink()], key: Redacted.make("123456789012345") }), "12345678901")
      assert.include(yield* refused({ sinks: [sink(), sink()] }), "two sinks are called scripted")
      assert.include(yield* refused({ sinks: [] }), "no sink")
    })
  )

  it.effect("without one, nothing is recorded and nothing fails", () =>
    Effect.gen(function* () {
      const audit = yield* Audit.Audit
      audit.record(event(1))
      assert.strictEqual(audit.fingerprint("sk_live_51Habc"), "")
    })
  )
})
