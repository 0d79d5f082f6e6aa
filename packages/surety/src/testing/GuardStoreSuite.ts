/**
 * What every store of shared guards has to keep, as cases that any test runner can run:
 * one list per port.
 *
 * Neighbours: `engine/GuardStore` declares the ports. Cases use real time, at most 200 ms,
 * because a store past one process has no other.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { BreakerStore, LimiterStore } from "../engine/GuardStore.ts"
import * as RateLimit from "../RateLimit.ts"

/**
 * One promise of a port: it succeeds, or dies with what was wrong.
 *
 * @category models
 * @since 0.1.0
 */
export interface Case<out R> {
  readonly name: string
  readonly check: (key: string) => Effect.Effect<void, unknown, R>
}

/**
 * The promises of a limiter store. `key` must be new for each run.
 *
 * @category suites
 * @since 0.1.0
 */
export const limiter: ReadonlyArray<Case<LimiterStore>> = [
  {
    name: "gives 3 tokens of a burst of 3 at once and asks the 4th caller to wait for up to 100 ms",
    check: (key) =>
      Effect.gen(function* () {
        const store = yield* LimiterStore
        const limit = RateLimit.tokenBucket({ limit: 10, per: "1 second", burst: 3 })
        for (let i = 0; i < 3; i++) yield* expect(yield* store.take({ key, limit, cost: 1 }), (wait) => wait === 0)
        yield* expect(yield* store.take({ key, limit, cost: 1 }), (wait) => wait > 0 && wait <= 100)
      })
  },
  {
    name: "keeps nothing for a caller that is told to wait: 10 refusals do not move the next token",
    check: (key) =>
      Effect.gen(function* () {
        const store = yield* LimiterStore
        const limit = RateLimit.tokenBucket({ limit: 10, per: "1 second", burst: 1 })
        yield* store.take({ key, limit, cost: 1 })
        for (let i = 0; i < 10; i++) yield* store.take({ key, limit, cost: 1 })
        yield* Effect.sleep("110 millis")
        yield* expect(yield* store.take({ key, limit, cost: 1 }), (wait) => wait === 0)
      })
  },
  {
    name: "counts a cost of 5 as 5, a cost of 0 as nothing, and lets a cost above the burst through when it is full",
    check: (key) =>
      Effect.gen(function* () {
        const store = yield* LimiterStore
        const limit = RateLimit.tokenBucket({ limit: 5, per: "1 hour" })
        yield* expect(yield* store.take({ key, limit, cost: 0 }), (wait) => wait === 0)
        yield* expect(yield* store.take({ key, limit, cost: 7 }), (wait) => wait === 0)
        yield* expect(yield* store.take({ key, limit, cost: 1 }), (wait) => wait > 0)
      })
  },
  {
    name: "gives 5 of 20 concurrent callers a token of 5",
    check: (key) =>
      Effect.gen(function* () {
        const store = yield* LimiterStore
        const limit = RateLimit.tokenBucket({ limit: 5, per: "1 hour" })
        const waits = yield* Effect.forEach(Array(20).fill(limit), () => store.take({ key, limit, cost: 1 }), {
          concurrency: "unbounded"
        })
        yield* expect(waits.filter((wait) => wait === 0).length, (granted) => granted === 5)
      })
  },
  {
    name: "keeps 2 keys apart",
    check: (key) =>
      Effect.gen(function* () {
        const store = yield* LimiterStore
        const limit = RateLimit.tokenBucket({ limit: 1, per: "1 hour" })
        yield* store.take({ key, limit, cost: 1 })
        yield* expect(yield* store.take({ key: `${key}/other`, limit, cost: 1 }), (wait) => wait === 0)
      })
  }
]

/**
 * The promises of a breaker store. `key` must be new for each run.
 *
 * @category suites
 * @since 0.1.0
 */
export const breaker: ReadonlyArray<Case<BreakerStore>> = [
  {
    name: "answers 0 for a circuit that nobody opened",
    check: (key) =>
      Effect.gen(function* () {
        const store = yield* BreakerStore
        yield* expect(yield* store.openUntil(key), (until) => until === 0)
      })
  },
  {
    name: "tells of a trip of 150 ms, to within 20 ms, and of none once it is over",
    check: (key) =>
      Effect.gen(function* () {
        const store = yield* BreakerStore
        const until = (yield* Clock.currentTimeMillis) + 150
        yield* store.opened(key, until)
        yield* expect(yield* store.openUntil(key), (told) => Math.abs(told - until) <= 20)
        yield* Effect.sleep("170 millis")
        const now = yield* Clock.currentTimeMillis
        yield* expect(yield* store.openUntil(key), (told) => told <= now)
      })
  },
  {
    name: "keeps the longer of 2 trips, whichever is told first",
    check: (key) =>
      Effect.gen(function* () {
        const store = yield* BreakerStore
        const now = yield* Clock.currentTimeMillis
        yield* store.opened(key, now + 60_000)
        yield* store.opened(key, now + 1000)
        yield* expect(yield* store.openUntil(key), (told) => Math.abs(told - now - 60_000) <= 200)
      })
  },
  {
    name: "keeps 2 keys apart, and takes a trip that is over already as none",
    check: (key) =>
      Effect.gen(function* () {
        const store = yield* BreakerStore
        const now = yield* Clock.currentTimeMillis
        yield* store.opened(`${key}/other`, now + 60_000)
        yield* store.opened(key, now - 1)
        yield* expect(yield* store.openUntil(key), (told) => told <= now)
      })
  }
]

const expect = (value: number, holds: (value: number) => boolean): Effect.Effect<void> =>
  holds(value) ? Effect.void : Effect.die(new Error(`got ${value}, which ${holds.toString()} refuses`))
