import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { StreamOperation, type TransportFailure } from "surety"
import { Control } from "../../src/engine/Control.ts"
import { declare, declined, failures, lost, retry, steady, timeout } from "./Scripted.ts"

type Source = Stream.Stream<number, TransportFailure.ConnectionLost>

/** An operation whose nth attempt opens the nth source; later ones the last. */
const streaming = (...sources: ReadonlyArray<Source>) => {
  const opened: Array<number> = []
  const closed: Array<number> = []
  const open = StreamOperation.read("open", {
    timeout,
    failures,
    retry,
    idle: "500 millis",
    attempt: (_: string, { attempt }) =>
      Stream.unwrap(
        Effect.map(Clock.currentTimeMillis, (at) => {
          opened.push(at)
          return sources[Math.min(attempt, sources.length) - 1] ?? Stream.empty
        })
      ).pipe(Stream.ensuring(Effect.sync(() => void closed.push(attempt))))
  })
  return { open, opened, closed }
}
const broken: Source = Stream.fail(lost)

describe("invariant 12: a stream is retried only before its first element", () => {
  it.effect("opens 3 times when the first 2 attempts fail before an element, and gives every element once", () =>
    Effect.gen(function* () {
      const { open, opened } = streaming(broken, broken, Stream.make(1, 2, 3))
      const Acme = declare({ open })
      const seen = yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(Effect.flatMap(acme.open("a"), Stream.runCollect))
        yield* TestClock.adjust("1 second")
        return yield* Fiber.join(fiber)
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
      assert.deepStrictEqual([...seen], [1, 2, 3])
      assert.deepStrictEqual(opened, [0, 50, 150])
    })
  )

  it.effect("opens once when it fails after 2 elements, and the failure is the stream's own", () =>
    Effect.gen(function* () {
      const { open, opened } = streaming(Stream.concat(Stream.make(1, 2), broken))
      const Acme = declare({ open })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const seen: Array<number> = []
        const error = yield* Effect.flip(
          Stream.runForEach(yield* acme.open("a"), (element) => Effect.sync(() => void seen.push(element)))
        )
        assert.strictEqual(error._tag, "ConnectionLost")
        assert.deepStrictEqual(seen, [1, 2])
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
      }).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(opened.length, 1)
    })
  )

  it.effect("times out an attempt without an element after 1,000 ms and opens again", () =>
    Effect.gen(function* () {
      const { closed, open, opened } = streaming(Stream.never, Stream.make(7))
      const Acme = declare({ open })
      const seen = yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(Effect.flatMap(acme.open("a"), Stream.runCollect))
        yield* TestClock.adjust("5 seconds")
        return yield* Fiber.join(fiber)
      }).pipe(Effect.provide(Acme.layer), steady(0.5))
      assert.deepStrictEqual([...seen], [7])
      assert.deepStrictEqual(opened, [0, 1050])
      assert.deepStrictEqual(closed, [1, 2])
    })
  )
})

describe("StreamOperation.read", () => {
  it.effect("fails after 500 ms of silence between two elements", () =>
    Effect.gen(function* () {
      const { closed, open } = streaming(Stream.concat(Stream.make(1), Stream.never))
      const Acme = declare({ open })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(Effect.flip(Stream.runDrain(yield* acme.open("a"))))
        yield* TestClock.adjust("500 millis")
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error._tag === "AttemptTimeout" && error.timeoutMillis, 500)
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(closed, [1])
    })
  )

  it.effect("keeps its permit until the last element was read, and gives it back when the reader stops early", () =>
    Effect.gen(function* () {
      const { closed, open } = streaming(Stream.make(1, 2, 3))
      const Acme = declare({ open })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const stream = yield* acme.open("a")
        assert.strictEqual(Control.of(acme)?.inFlight(), 1)
        yield* Stream.runDrain(stream)
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
        yield* Stream.runDrain(Stream.take(yield* acme.open("b"), 1))
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
      }).pipe(Effect.provide(Acme.layer))
      assert.strictEqual(closed.length, 2)
    })
  )

  it.effect("closes a stream that nobody read for 500 ms, and says so to a reader that comes later", () =>
    Effect.gen(function* () {
      const { closed, open } = streaming(Stream.concat(Stream.make(1), Stream.never))
      const Acme = declare({ open })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const stream = yield* acme.open("a")
        yield* TestClock.adjust("500 millis")
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
        assert.strictEqual((yield* Effect.flip(Stream.runDrain(stream)))._tag, "AttemptTimeout")
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(closed, [1])
    })
  )

  it.effect("gives an empty stream as it is, and a declared failure by its tag", () =>
    Effect.gen(function* () {
      const { open } = streaming(Stream.empty)
      const Acme = declare({
        open,
        refuse: StreamOperation.read("refuse", {
          timeout,
          failures,
          retry,
          idle: "500 millis",
          attempt: (_: string) => Stream.fail(declined)
        })
      })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        assert.deepStrictEqual([...(yield* Stream.runCollect(yield* acme.open("a")))], [])
        assert.strictEqual((yield* Effect.flip(acme.refuse("a")))._tag, "Declined")
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
      }).pipe(Effect.provide(Acme.layer))
    })
  )

  it.effect("gives the permit back when the caller is interrupted before the first element", () =>
    Effect.gen(function* () {
      const { closed, open } = streaming(Stream.never)
      const Acme = declare({ open })
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(acme.open("a"))
        yield* TestClock.adjust(10)
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(Control.of(acme)?.inFlight(), 0)
      }).pipe(Effect.provide(Acme.layer))
      assert.deepStrictEqual(closed, [1])
    })
  )
})
