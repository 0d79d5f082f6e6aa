import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as AuditBuffer from "../../src/credential/AuditBuffer.ts"
import { event, logged, metrics, opened, sink, used } from "./Trail.ts"

const ids = (events: ReadonlyArray<{ readonly id: string }>) => events.map(({ id }) => id)

/** `buffer` behind a scope of its own, its log, and the clock moved until its fiber waits. */
const started = (to: ReturnType<typeof sink>, options?: AuditBuffer.Options) =>
  Effect.gen(function* () {
    const log = logged()
    const { close, made: buffer } = yield* Effect.provide(opened(AuditBuffer.make(to, options)), log.layer)
    yield* TestClock.adjust(0)
    return { buffer, close, lines: log.lines }
  })

describe("AuditBuffer", () => {
  it.effect("B7: gives a sink 3 events of one second in one append, in order, and nothing twice", () =>
    Effect.gen(function* () {
      const to = sink()
      const { buffer } = yield* started(to)
      buffer.record(event(1))
      yield* TestClock.adjust("400 millis")
      buffer.record(used(2))
      buffer.record(event(3))
      assert.strictEqual(to.asked.length, 0)
      yield* TestClock.adjust("600 millis")
      assert.deepStrictEqual(to.asked.map(ids), [["e1", "e2", "e3"]])
      assert.strictEqual(buffer.size(), 0)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(to.asked.length, 1)
    })
  )

  it.effect("does not wait for the second when 1000 events are there, and gives 2500 in 3 appends", () =>
    Effect.gen(function* () {
      const to = sink()
      const { buffer } = yield* started(to)
      for (let i = 0; i < 2500; i++) buffer.record(event(i))
      for (let i = 0; i < 9; i++) yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(
        to.asked.map(({ length }) => length),
        [1000, 1000, 500]
      )
      assert.deepStrictEqual(ids(to.kept), ids(Array.from({ length: 2500 }, (_, i) => event(i))))
    })
  )

  it.effect("has 4 series at 0 for each sink once it is made, and none after it is closed", () =>
    Effect.gen(function* () {
      const { close } = yield* started(sink("series"))
      assert.deepStrictEqual(yield* metrics("series"), { buffered: 0, dropped: 0, merged: 0, errors: 0 })
      yield* close
      assert.deepStrictEqual((yield* metrics("series")).buffered, undefined)
    })
  )

  it.effect("B7: keeps events of an outage of 10 minutes in order, warns once, and says when it is over", () =>
    Effect.gen(function* () {
      const to = sink()
      const { buffer, lines } = yield* started(to)
      to.state = "down"
      for (let i = 0; i < 600; i++) {
        buffer.record(event(i))
        yield* TestClock.adjust("1 second")
      }
      assert.strictEqual(buffer.size(), 600)
      assert.deepStrictEqual(lines, [
        "Warn The audit sink scripted took nothing: status 503; 1 events are kept, and asked again until it takes them"
      ])
      const { buffered, dropped, errors } = yield* metrics()
      assert.deepStrictEqual([buffered, dropped], [600, 0])
      assert.strictEqual(errors, to.asked.length)
      // the wait grows to at most 30 s, under full jitter: 40 is what an average of 15 s makes of 10 minutes
      assert.isAbove(to.asked.length, 20)
      assert.isBelow(to.asked.length, 120)
      to.state = "up"
      yield* TestClock.adjust("40 seconds")
      assert.deepStrictEqual(ids(to.kept), ids(Array.from({ length: 600 }, (_, i) => event(i))))
      assert.deepStrictEqual(lines.slice(1), ["Info The audit sink scripted takes events again; 0 were lost"])
      assert.strictEqual((yield* metrics()).buffered, 0)
    })
  )

  it.effect("gives the same events again, unchanged, when the answer was lost", () =>
    Effect.gen(function* () {
      const to = sink()
      const { buffer } = yield* started(to, { capacity: 4 })
      to.state = "lost answer"
      buffer.record(used(1, "charge", 5))
      buffer.record(used(2, "charge", 7))
      yield* TestClock.adjust("2 seconds")
      // full: nothing that the sink may have may change
      for (let i = 3; i < 10; i++) buffer.record(used(i, "charge", 1))
      to.state = "up"
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(
        to.kept.map(({ count, id }) => [id, count]),
        [
          ["e1", 5],
          ["e2", 7],
          ["e3", 1],
          ["e4", 6]
        ]
      )
    })
  )

  it.effect("B7: a full buffer of 6 adds up uses first, drops the oldest use next, and another kind last", () =>
    Effect.gen(function* () {
      const to = sink()
      const { buffer, lines } = yield* started(to, { capacity: 6, batch: 1 })
      to.state = "down"
      buffer.record(event(0))
      yield* TestClock.adjust("1 second")
      buffer.record(used(1, "charge", 10))
      buffer.record(event(2))
      buffer.record(used(3, "refund", 1))
      buffer.record(used(4, "charge", 2))
      buffer.record(event(5))
      assert.strictEqual(buffer.size(), 6)
      // a use of what is there is added to it
      buffer.record(used(6, "charge", 3))
      // another kind: the oldest use is added to the newest of its operation
      buffer.record(event(7))
      assert.deepStrictEqual(yield* metrics(), { buffered: 6, dropped: 0, merged: 2, errors: to.asked.length })
      // then the oldest uses go, and the oldest of the others when there are none
      for (let i = 8; i < 11; i++) buffer.record(event(i))
      buffer.record(used(11, "charge", 1))
      assert.strictEqual((yield* metrics()).dropped, 4)
      to.state = "up"
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(ids(to.kept), ["e0", "e5", "e7", "e8", "e9", "e10"])
      assert.deepStrictEqual(
        lines.map((line) => line.split(" ")[0]),
        ["Warn", "Error", "Info"]
      )
      assert.include(lines[1], "keeps 6 at most")
      assert.include(lines[2], "4 were lost")
    })
  )

  it.effect("B7: 100 000 events against a sink that is down stay 10000, and every one of the others is counted", () =>
    Effect.gen(function* () {
      const to = sink()
      const { buffer } = yield* started(to)
      to.state = "down"
      for (let i = 0; i < 100_000; i++) buffer.record(i % 2 === 0 ? used(i, `operation-${i % 50}`) : event(i))
      const { buffered, dropped, merged } = yield* metrics()
      assert.strictEqual(buffered, 10_000)
      assert.strictEqual((dropped ?? 0) + (merged ?? 0), 90_000)
    })
  )

  it.effect(
    "finds the 1 event of 100 that a sink will never take, drops that one, counts it, and keeps the order",
    () =>
      Effect.gen(function* () {
        const to = sink()
        const { buffer, lines } = yield* started(to, { batch: 100 })
        to.state = "full"
        for (let i = 0; i < 100; i++) buffer.record(event(i))
        for (let i = 0; i < 9; i++) yield* TestClock.adjust("100 millis")
        assert.deepStrictEqual(
          ids(to.kept),
          Array.from({ length: 100 }, (_, i) => `e${i}`).filter((id) => id !== "e13")
        )
        assert.strictEqual((yield* metrics()).dropped, 1)
        assert.deepStrictEqual(lines, [
          "Error The audit sink scripted took nothing: status 413, and never will: the event that it refused is dropped"
        ])
      })
  )

  it.effect("counts an append that takes longer than 10 s as failed, and a sink that dies too, quoting neither", () =>
    Effect.gen(function* () {
      const to = sink()
      const { buffer, lines } = yield* started(to)
      to.state = "deaf"
      buffer.record(event(1))
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* metrics()).errors, 1)
      assert.include(lines[0], "no answer in 10000 ms")
      to.state = "up"
      yield* TestClock.adjust("1 second")
      to.state = "dies"
      buffer.record(event(2))
      yield* TestClock.adjust("1 second")
      assert.include(lines.join(), "it died")
      assert.notInclude(lines.join(), "hunter2")
    })
  )

  it.effect("gives the sink what is left when the scope closes, without waiting for the second", () =>
    Effect.gen(function* () {
      const to = sink()
      const { buffer, close } = yield* started(to)
      buffer.record(event(1))
      yield* close
      assert.deepStrictEqual(ids(to.kept), ["e1"])
    })
  )

  it.effect(
    "B7: holds up the end by 3 s at most when the sink does not answer, and says how many events are lost",
    () =>
      Effect.gen(function* () {
        for (const state of ["down", "hangs", "deaf"] as const) {
          const to = sink(state)
          const { buffer, close, lines } = yield* started(to)
          to.state = state
          buffer.record(event(1))
          buffer.record(event(2))
          const closing = yield* Effect.forkChild(close)
          yield* TestClock.adjust("2900 millis")
          assert.strictEqual(closing.pollUnsafe(), undefined, state)
          yield* TestClock.adjust("100 millis")
          yield* Fiber.join(closing)
          assert.include(
            lines.at(-1),
            `Error The audit sink ${state} did not take 2 events before the end: they are lost`
          )
          assert.strictEqual(buffer.size(), 0)
        }
      })
  )

  it.effect("takes a sink that comes back within the 3 s of the end", () =>
    Effect.gen(function* () {
      const to = sink()
      const { buffer, close } = yield* started(to)
      to.state = "down"
      buffer.record(event(1))
      const closing = yield* Effect.forkChild(close)
      yield* TestClock.adjust("1 second")
      to.state = "up"
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(closing)
      assert.deepStrictEqual(ids(to.kept), ["e1"])
    })
  )

  it.effect("refuses a capacity of 1, of 2.5 and a batch of 0", () =>
    Effect.gen(function* () {
      for (const options of [{ capacity: 1 }, { capacity: 2.5 }, { batch: 0 }]) {
        const exit = yield* Effect.exit(Effect.scoped(AuditBuffer.make(sink(), options)))
        assert.include(String(exit), "must be a whole number of at least")
      }
    })
  )
})
