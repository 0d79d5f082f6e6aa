/**
 * What every grant store has to keep, as cases that any test runner can run.
 *
 * Neighbours: `credential/GrantStore` declares the port. Cases use real time, at most 300 ms, because leases end by the
 * store's own clock.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type GrantRecord, GrantStore } from "../credential/GrantStore.ts"

/**
 * One promise of the port: it succeeds, or dies with what was wrong. `key` must be new for each run.
 *
 * @category models
 * @since 0.1.0
 */
export interface Case {
  readonly name: string
  readonly check: (key: string) => Effect.Effect<void, unknown>
}

/**
 * The promises of a grant store.
 *
 * **Details**   Each case builds the layer for itself. `outlives`: what the records of the store survive; `connection`
 * adds the cases that build the layer a second time and expect to find everything.
 *
 * @category suites
 * @since 0.1.0
 */
export const suite = (
  layer: Layer.Layer<GrantStore, unknown>,
  outlives: "connection" | "nothing"
): ReadonlyArray<Case> =>
  [...cases, ...(outlives === "connection" ? reconnecting(layer) : [])].map(({ check, name }) => ({
    name,
    check: (key) => Effect.provide(check(key), layer)
  }))

interface Promised {
  readonly name: string
  readonly check: (key: string) => Effect.Effect<void, unknown, GrantStore>
}

const promise = (
  name: string,
  check: (store: GrantStore, key: string) => Generator<Effect.Effect<unknown, unknown>, void>
): Promised => ({
  name,
  check: (key) => Effect.flatMap(GrantStore, (store) => Effect.gen(() => check(store, key)))
})

const cases: ReadonlyArray<Promised> = [
  promise(
    "has no record under a key that nobody used, and says so to a reader and to a holder",
    function* (store, key) {
      yield* same(yield* store.read(key), undefined)
      yield* same((yield* acquired(store, key)).record, undefined)
    }
  ),
  promise(
    "lets 1 of 50 concurrent callers have the lease, and tells the other 49 what is left of it",
    function* (store, key) {
      const answers = yield* Effect.all(
        Array.from({ length: 50 }, () => store.acquire(key, 60_000)),
        { concurrency: "unbounded" }
      )
      const left = answers.flatMap((answer) => (answer._tag === "Held" ? [answer.leftMillis] : []))
      yield* same(left.length, 49)
      yield* same(
        left.filter((millis) => !(millis > 50_000 && millis <= 60_000)),
        []
      )
    }
  ),
  promise(
    "gives a higher fence with each of 3 leases, also after a lease was released, has ended, or was put an end to",
    function* (store, key) {
      const first = yield* acquired(store, key)
      yield* store.release(key, first.fence)
      const second = yield* acquired(store, key, 50)
      yield* Effect.sleep("80 millis")
      const third = yield* acquired(store, key)
      yield* store.put(key, Redacted.make("{}"))
      const fourth = yield* acquired(store, key)
      const fences = [first.fence, second.fence, third.fence, fourth.fence]
      yield* same(
        fences.filter((fence, i) => i > 0 && !(fence > (fences[i - 1] ?? 0))),
        []
      )
    }
  ),
  promise("commits versions 1, 2 and 3 under one lease, and a reader sees each of them", function* (store, key) {
    const { fence } = yield* acquired(store, key)
    for (const version of [1, 2, 3]) {
      const next = recordOf(version, `payload ${version}`)
      yield* same(yield* store.commit(key, fence, version - 1, next), "committed")
      yield* sameRecord(yield* store.read(key), next)
    }
  }),
  promise(
    "keeps all of a record: 3 states, the start of a refresh to the millisecond, 2 values of announced",
    function* (store, key) {
      const { fence } = yield* acquired(store, key)
      const records: ReadonlyArray<GrantRecord> = [
        { ...recordOf(1, "a"), state: "refreshing", refreshStartedAtMillis: 1_793_000_123_457 },
        { ...recordOf(2, "b"), state: "live", refreshStartedAtMillis: undefined },
        { ...recordOf(3, "c"), state: "dead", announced: "no" },
        { ...recordOf(4, "d"), state: "dead", announced: "yes" }
      ]
      for (const record of records) {
        yield* same(yield* store.commit(key, fence, record.version - 1, record), "committed")
        yield* sameRecord(yield* store.read(key), record)
      }
      yield* store.release(key, fence)
      yield* sameRecord((yield* acquired(store, key)).record, records[3])
    }
  ),
  promise("answers fenced to an old fence, also when the version is right, and writes nothing", function* (store, key) {
    const old = yield* acquired(store, key)
    yield* store.commit(key, old.fence, 0, recordOf(1, "first"))
    yield* store.release(key, old.fence)
    const young = yield* acquired(store, key)
    yield* same(yield* store.commit(key, old.fence, 1, recordOf(2, "late")), "fenced")
    yield* same(yield* store.commit(key, old.fence, 7, recordOf(8, "late")), "fenced")
    yield* sameRecord(yield* store.read(key), recordOf(1, "first"))
    yield* same(yield* store.commit(key, young.fence, 1, recordOf(2, "second")), "committed")
  }),
  promise("answers fenced when the lease of 50 ms is over, although nobody else has taken it", function* (store, key) {
    const { fence } = yield* acquired(store, key, 50)
    yield* Effect.sleep("80 millis")
    yield* same(yield* store.commit(key, fence, 0, recordOf(1, "late")), "fenced")
    yield* same(yield* store.read(key), undefined)
  }),
  promise("answers conflict to another version, lower or higher, and writes nothing", function* (store, key) {
    const { fence } = yield* acquired(store, key)
    yield* same(yield* store.commit(key, fence, 1, recordOf(2, "no record yet")), "conflict")
    yield* store.commit(key, fence, 0, recordOf(1, "first"))
    yield* store.commit(key, fence, 1, recordOf(2, "second"))
    for (const expected of [0, 1, 3]) {
      yield* same(yield* store.commit(key, fence, expected, recordOf(expected + 1, "wrong")), "conflict")
    }
    yield* sameRecord(yield* store.read(key), recordOf(2, "second"))
  }),
  promise("ends a lease of 100 ms by itself, not before it is over", function* (store, key) {
    yield* acquired(store, key, 100)
    const soon = yield* store.acquire(key, 100)
    yield* same(soon._tag === "Held" && soon.leftMillis > 0 && soon.leftMillis <= 100, true)
    yield* Effect.sleep("150 millis")
    yield* acquired(store, key)
  }),
  promise(
    "releases for the holder only: 1 old and 1 made-up fence end nothing, the right one ends the lease at once",
    function* (store, key) {
      const old = yield* acquired(store, key)
      yield* store.release(key, old.fence)
      const young = yield* acquired(store, key)
      yield* store.release(key, old.fence)
      yield* store.release(key, young.fence + 1)
      yield* same((yield* store.acquire(key, 1000))._tag, "Held")
      yield* store.release(key, young.fence)
      yield* acquired(store, key)
    }
  ),
  promise(
    "a put makes version 1 where nothing was, then 3 after 2, live and unannounced, from a dead record too",
    function* (store, key) {
      yield* same(yield* store.put(key, Redacted.make("first")), 1)
      yield* sameRecord(yield* store.read(key), recordOf(1, "first"))
      const { fence } = yield* acquired(store, key)
      const dead: GrantRecord = { ...recordOf(2, "dead"), state: "dead", announced: "yes", refreshStartedAtMillis: 5 }
      yield* same(yield* store.commit(key, fence, 1, dead), "committed")
      yield* same(yield* store.put(key, Redacted.make("new")), 3)
      yield* sameRecord(yield* store.read(key), recordOf(3, "new"))
    }
  ),
  promise("a put ends the lease: its holder is fenced, the next caller has it at once", function* (store, key) {
    const { fence } = yield* acquired(store, key)
    yield* store.put(key, Redacted.make("new"))
    yield* same(yield* store.commit(key, fence, 1, recordOf(2, "late")), "fenced")
    yield* sameRecord((yield* acquired(store, key)).record, recordOf(1, "new"))
  }),
  promise("20 concurrent commits of one holder on version 0 write 1 record", function* (store, key) {
    const { fence } = yield* acquired(store, key)
    const done = yield* Effect.all(
      Array.from({ length: 20 }, (_, i) => store.commit(key, fence, 0, recordOf(1, `${i}`))),
      { concurrency: "unbounded" }
    )
    yield* same(done.filter((each) => each === "committed").length, 1)
    yield* same(done.filter((each) => each === "conflict").length, 19)
  }),
  promise("10 concurrent puts count to version 10", function* (store, key) {
    const versions = yield* Effect.all(
      Array.from({ length: 10 }, (_, i) => store.put(key, Redacted.make(`${i}`))),
      { concurrency: "unbounded" }
    )
    yield* same(
      [...versions].sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    )
  }),
  promise(
    "gives back a payload of 16 kB, one with every kind of character and an empty one as they were",
    function* (store, key) {
      const payloads = ["x".repeat(16_384), odd, ""]
      for (const [i, payload] of payloads.entries()) {
        yield* store.put(key, Redacted.make(payload))
        yield* sameRecord(yield* store.read(key), recordOf(i + 1, payload))
      }
      const { fence } = yield* acquired(store, key)
      yield* store.commit(key, fence, 3, recordOf(4, odd))
      yield* sameRecord(yield* store.read(key), recordOf(4, odd))
    }
  ),
  promise("keeps 7 keys with odd characters apart, their leases too", function* (store, key) {
    const keys = ["", "{}", "}{", "%7B%7D", " :lease", "/../☃ 𝔘", "' OR 1=1; --"].map((tail) => key + tail)
    for (const each of keys) yield* store.put(each, Redacted.make(`of ${each}`))
    for (const each of keys) {
      yield* same((yield* acquired(store, each)).record?.version, 1)
      yield* sameRecord(yield* store.read(each), recordOf(1, `of ${each}`))
    }
  }),
  promise("a record prints no payload: 0 of 2 ways show it", function* (store, key) {
    yield* store.put(key, Redacted.make("canary-6f1"))
    const record = yield* store.read(key)
    yield* same(
      [JSON.stringify(record), String(record?.payload)].filter((text) => text.includes("canary")),
      []
    )
  })
]

const reconnecting = (layer: Layer.Layer<GrantStore, unknown>): ReadonlyArray<Promised> => [
  {
    name: "has the record, the fence and the rest of the lease after a new connection",
    check: (key) =>
      Effect.gen(function* () {
        const before = yield* Effect.provide(
          Effect.gen(function* () {
            const store = yield* GrantStore
            const { fence } = yield* acquired(store, key)
            yield* store.commit(key, fence, 0, recordOf(1, odd))
            return fence
          }),
          Layer.fresh(layer)
        )
        yield* Effect.provide(
          Effect.gen(function* () {
            const store = yield* GrantStore
            yield* sameRecord(yield* store.read(key), recordOf(1, odd))
            yield* same((yield* store.acquire(key, 1000))._tag, "Held")
            yield* same(yield* store.commit(key, before, 1, recordOf(2, "second")), "committed")
            yield* store.release(key, before)
            yield* same((yield* acquired(store, key)).fence > before, true)
          }),
          Layer.fresh(layer)
        )
      })
  }
]

const odd = "žluťoučký ☃ 𝔘 \u0001\n\r\t\"'\\ {}%7B $1 ' OR 1=1; --"

const recordOf = (version: number, payload: string): GrantRecord => ({
  version,
  state: "live",
  payload: Redacted.make(payload),
  refreshStartedAtMillis: undefined,
  announced: "no"
})

const acquired = (store: GrantStore, key: string, leaseMillis = 60_000) =>
  Effect.flatMap(store.acquire(key, leaseMillis), (got) =>
    got._tag === "Acquired"
      ? Effect.succeed(got)
      : Effect.die(new Error(`the lease is held: ${got.leftMillis} ms left`))
  )

const sameRecord = (got: GrantRecord | undefined, expected: GrantRecord | undefined): Effect.Effect<void> =>
  same(plain(got), plain(expected))

const plain = (record: GrantRecord | undefined) =>
  record === undefined ? undefined : { ...record, payload: Redacted.value(record.payload) }

const same = (got: unknown, expected: unknown): Effect.Effect<void> =>
  Equal.equals(got, expected)
    ? Effect.void
    : Effect.die(new Error(`got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`))
