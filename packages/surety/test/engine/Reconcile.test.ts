import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Degradation, Idempotency, Operation } from "surety"
import {
  broken,
  declare,
  declined,
  failures,
  lost,
  refused,
  retry,
  Scripted,
  series,
  type Step,
  steady,
  timeout
} from "./Scripted.ts"

interface Note {
  readonly text: string
  readonly marker?: string
}

/** A mutation that is looked up with `find`, and what the lookup answers: a list of markers, as text. */
const reconciled = (
  steps: { readonly write: ReadonlyArray<Step>; readonly find: ReadonlyArray<Step> },
  plan: {
    readonly absent?: "not-applied" | "unknown"
    readonly settle?: "300 millis" | "900 millis"
    readonly stale?: "yes"
  } = {}
) => {
  const writes = new Scripted(...steps.write)
  const finds = new Scripted(...steps.find)
  const find = Operation.read("find", {
    timeout: { attempt: "500 millis", total: "2 seconds" },
    failures,
    retry,
    ...(plan.stale === "yes" ? { fallback: Degradation.constant("nothing") } : {}),
    attempt: finds.attempt<{ readonly like: string }>
  })
  const write = Operation.mutation("write", {
    timeout,
    failures,
    retry,
    idempotency: Idempotency.reconcile({
      source: "caller",
      via: find,
      embed: (request: Note, marker) => ({ ...request, marker }),
      ask: (_: Note, marker) => ({ like: marker }),
      find: (result: string, _: Note, marker) => (result === marker ? `found ${marker}` : undefined),
      absent: plan.absent ?? "not-applied",
      settle: plan.settle ?? "0 millis"
    }),
    attempt: writes.attempt<Note>
  })
  const Acme = declare({ write, find })
  const runAnd = <B>(look: Effect.Effect<B>) =>
    Effect.gen(function* () {
      const acme = yield* Acme
      const fiber = yield* Effect.forkChild(Effect.exit(acme.write.detailed({ text: "hi" }, { idempotencyKey: "m-1" })))
      yield* TestClock.adjust("6 seconds")
      return [yield* Fiber.join(fiber), yield* look] as const
    }).pipe(Effect.provide(Acme.layer), steady(0.5))
  const run = Effect.flatMap(runAnd(Effect.void), ([exit]) => exit)
  const redeliver = Effect.gen(function* () {
    const acme = yield* Acme
    yield* TestClock.adjust("1 hour")
    const options = { idempotencyKey: "m-1", keyFirstUsedAt: 0 }
    const fiber = yield* Effect.forkChild(Effect.exit(acme.write.detailed({ text: "hi" }, options)))
    yield* TestClock.adjust("6 seconds")
    return yield* yield* Fiber.join(fiber)
  }).pipe(Effect.provide(Acme.layer), steady(0.5))
  return { writes, finds, run, runAnd, redeliver }
}

describe("Reconcile", () => {
  it.effect("writes the marker into the request of both attempts and looks up before the second", () =>
    Effect.gen(function* () {
      const { finds, run, writes } = reconciled({ write: [{ fail: lost }, {}], find: [{ answer: "nothing" }] })
      const { metadata, value } = yield* run
      assert.strictEqual(value, "done")
      assert.isFalse(metadata.reconciled)
      assert.deepStrictEqual(
        writes.log.map((sent) => sent.request),
        Array(2).fill({ text: "hi", marker: "m-1" })
      )
      assert.deepStrictEqual(
        finds.log.map((sent) => [sent.atMillis, sent.request]),
        [[50, { like: "m-1" }]]
      )
    })
  )

  it.effect("succeeds without a second write when the lookup finds the first, and says it was reconciled", () =>
    Effect.gen(function* () {
      const { run, writes } = reconciled({ write: [{ fail: lost }], find: [{ answer: "m-1" }] })
      const { metadata, value } = yield* run
      assert.strictEqual(value, "found m-1")
      assert.isTrue(metadata.reconciled)
      assert.strictEqual(writes.log.length, 1)
    })
  )

  it.effect("looks nothing up after a failure that proves nothing was sent", () =>
    Effect.gen(function* () {
      const { finds, run, writes } = reconciled({ write: [{ fail: refused }, {}], find: [{}] })
      yield* run
      assert.deepStrictEqual([writes.log.length, finds.log.length], [2, 0])
    })
  )

  it.effect("ends as unknown after 1 write when nothing is found and the plan forbids a resend", () =>
    Effect.gen(function* () {
      const { run, writes } = reconciled(
        { write: [{ fail: lost }], find: [{ answer: "nothing" }] },
        { absent: "unknown" }
      )
      const error = yield* Effect.flip(run)
      assert.strictEqual(error._tag, "OutcomeUnknown")
      if (error._tag !== "OutcomeUnknown") return
      assert.deepStrictEqual([error.stopped, error.reconcile, error.idempotencyKey], ["absent", "lookup", "m-1"])
      assert.strictEqual(writes.log.length, 1)
    })
  )

  it.effect("never writes again when the lookup fails 3 times, or answers from a fallback", () =>
    Effect.gen(function* () {
      for (const stale of ["no", "yes"] as const) {
        const { finds, run, writes } = reconciled(
          { write: [{ fail: lost }], find: [{ fail: broken }] },
          stale === "yes" ? { stale } : {}
        )
        const error = yield* Effect.flip(run)
        assert.strictEqual(error._tag === "OutcomeUnknown" && error.stopped, "lookup")
        assert.deepStrictEqual([writes.log.length, finds.log.length], [1, 3])
      }
    })
  )

  it.effect("counts 1 retry that was held back because the lookup failed, and 1 because it found nothing", () =>
    Effect.gen(function* () {
      const write: ReadonlyArray<Step> = [{ fail: lost }]
      const failing = reconciled({ write, find: [{ fail: broken }] })
      const empty = reconciled({ write, find: [{ answer: "nothing" }] }, { absent: "unknown" })
      for (const [calls, reason] of [
        [failing, "lookup"],
        [empty, "absent"]
      ] as const) {
        const held = series("integration.retry.suppressed", { "integration.operation.name": "write", reason })
        const [exit, count] = yield* calls.runAnd(held)
        assert.strictEqual(exit._tag, "Failure")
        assert.strictEqual(count, 1, reason)
      }
    })
  )

  it.effect("looks up a last time when 3 writes were lost, and not again after the deadline", () =>
    Effect.gen(function* () {
      const found = reconciled({
        write: [{ fail: lost }],
        find: [{ answer: "nothing" }, { answer: "nothing" }, { answer: "m-1" }]
      })
      assert.strictEqual((yield* found.run).value, "found m-1")
      assert.deepStrictEqual([found.writes.log.length, found.finds.log.length], [3, 3])
      const late = reconciled({ write: [{ fail: lost }], find: [{ hang: "for ever" }] })
      const error = yield* Effect.flip(late.run)
      assert.strictEqual(error._tag === "OutcomeUnknown" && error.elapsedMillis <= 5000, true)
      assert.strictEqual(late.writes.log.length, 1)
    })
  )

  it.effect("waits 300 ms for the write to settle before it looks, in the loop and at its end", () =>
    Effect.gen(function* () {
      const { finds, run } = reconciled(
        { write: [{ fail: lost }], find: [{ answer: "nothing" }] },
        { settle: "300 millis" }
      )
      const error = yield* Effect.flip(run)
      assert.strictEqual(error._tag === "OutcomeUnknown" && error.stopped, "attempts")
      assert.deepStrictEqual(finds.times, [300, 600, 900])
    })
  )

  it.effect("looks at once, at 4,770 ms, when the total of 5,000 ms leaves no 900 ms for the write to settle", () =>
    Effect.gen(function* () {
      const { finds, run, writes } = reconciled(
        { write: [{ after: 990, fail: lost }], find: [{ answer: "nothing" }] },
        { settle: "900 millis" }
      )
      const error = yield* Effect.flip(run)
      assert.strictEqual(error._tag === "OutcomeUnknown" && error.stopped, "attempts")
      assert.deepStrictEqual(writes.times, [0, 1890, 3780])
      assert.deepStrictEqual(finds.times, [1890, 3780, 4770])
    })
  )

  it.effect("gives a decline of the second write by its tag, because the lookup found the first absent", () =>
    Effect.gen(function* () {
      const { run } = reconciled({ write: [{ fail: lost }, { fail: declined }], find: [{ answer: "nothing" }] })
      assert.strictEqual((yield* Effect.flip(run))._tag, "Declined")
    })
  )

  describe("a call whose key an earlier process may have sent", () => {
    it.effect("is answered by the lookup, with 0 writes, when the earlier write is found", () =>
      Effect.gen(function* () {
        const { redeliver, writes } = reconciled({ write: [{}], find: [{ answer: "m-1" }] })
        const { metadata, value } = yield* redeliver
        assert.deepStrictEqual([value, metadata.reconciled, metadata.attempts], ["found m-1", true, 0])
        assert.strictEqual(writes.log.length, 0)
      })
    )

    it.effect("is sent once when nothing is found and that proves it was not applied", () =>
      Effect.gen(function* () {
        const { redeliver, writes } = reconciled({ write: [{}], find: [{ answer: "nothing" }] })
        const { metadata, value } = yield* redeliver
        assert.deepStrictEqual([value, metadata.reconciled, writes.log.length], ["done", false, 1])
      })
    )

    it.effect("is refused, with 0 writes, when nothing is found and that proves nothing", () =>
      Effect.gen(function* () {
        const { redeliver, writes } = reconciled({ write: [{}], find: [{ answer: "nothing" }] }, { absent: "unknown" })
        const error = yield* Effect.flip(redeliver)
        if (error._tag !== "NotAttempted") return assert.fail(error._tag)
        assert.strictEqual(error.reason._tag, "KeyRefused")
        assert.include(error.message, "an earlier process may have sent it")
        assert.strictEqual(writes.log.length, 0)
      })
    )

    it.effect("is refused, with 0 writes, when the lookup fails or does not end", () =>
      Effect.gen(function* () {
        const failing = reconciled({ write: [{}], find: [{ fail: refused }] })
        const failed = yield* Effect.flip(failing.redeliver)
        assert.strictEqual(failed._tag, "NotAttempted")
        const hanging = reconciled({ write: [{}], find: [{ hang: "for ever" }] })
        const late = yield* Effect.flip(hanging.redeliver)
        assert.strictEqual(late._tag, "NotAttempted")
        assert.deepStrictEqual([failing.writes.log.length, hanging.writes.log.length], [0, 0])
      })
    )
  })
})
