import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import * as Tracer from "effect/Tracer"
import * as fc from "fast-check"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { SqlGrantStore } from "@surety/sql"
import { type GrantRecord, GrantStore, type GrantStoreFailure } from "surety/credential/GrantStore"
import * as MemoryGrantStore from "surety/credential/MemoryGrantStore"
import * as GrantStoreSuite from "surety/testing/GrantStoreSuite"
import { type Database, newTable, onEach } from "./Database.ts"

const secret = "refresh-9f3c1a"

const record = (version: number, state: GrantRecord["state"] = "live"): GrantRecord => ({
  version,
  state,
  payload: Redacted.make(secret),
  refreshStartedAtMillis: state === "refreshing" ? 1_700_000_000_123 : undefined,
  announced: "no"
})

/** A store on a table of its own. */
const fresh = (database: Database, options?: SqlGrantStore.Options) => {
  const table = newTable()
  const store = Layer.merge(
    SqlGrantStore.layer({ table, ...options }),
    Layer.effectDiscard(SqlGrantStore.migrate({ table }))
  )
  return { table, layer: store.pipe(Layer.provideMerge(database.client())) }
}

/** A process that shares the grant, for as long as the test runs. */
const child = (database: Database, table: string, ...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const program = [join(import.meta.dirname, "holder.ts"), database.dialect, database.place, table, "acme", ...args]
      return spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] })
    }),
    (process_) => Effect.sync(() => process_.kill("SIGKILL"))
  )

const newFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "surety-turns-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

const exitOf = (process_: ChildProcess) =>
  Effect.promise(() => new Promise<number | null>((resolve) => process_.once("exit", (code) => resolve(code))))

/** One operation of the port; fences and versions are few, so that many are right. */
const operation = fc.oneof(
  fc.constant({ _tag: "acquire" } as const),
  fc.constant({ _tag: "put" } as const),
  fc.record({ _tag: fc.constant("release" as const), fence: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    _tag: fc.constant("commit" as const),
    fence: fc.integer({ min: 1, max: 3 }),
    expected: fc.integer({ min: 0, max: 3 }),
    state: fc.constantFrom("live" as const, "refreshing" as const, "dead" as const)
  })
)

const perform = (
  store: GrantStore,
  key: string,
  each: typeof operation extends fc.Arbitrary<infer A> ? A : never
): Effect.Effect<unknown, GrantStoreFailure> =>
  Effect.gen(function* () {
    const plain = (record_: GrantRecord | undefined) =>
      record_ && { ...record_, payload: Redacted.value(record_.payload) }
    switch (each._tag) {
      case "acquire": {
        const { record: kept, ...rest } = yield* store.acquire(key, 60_000)
        return { ...rest, leftMillis: undefined, record: plain(kept) }
      }
      case "put":
        return yield* store.put(key, Redacted.make(secret))
      case "release":
        return yield* store.release(key, each.fence)
      case "commit":
        return [
          yield* store.commit(key, each.fence, each.expected, record(each.expected + 1, each.state)),
          plain(yield* store.read(key))
        ]
    }
  })

onEach("grants", (database) => {
  const { layer: suited } = fresh(database)
  for (const [index, { check, name }] of GrantStoreSuite.suite(suited, "connection").entries()) {
    it.live(name, () => check(`suite/${process.pid}/${index}`))
  }

  it.live("migrate runs 8 times at once and again over what is there", () =>
    Effect.gen(function* () {
      const table = newTable()
      yield* Effect.all(
        Array.from({ length: 8 }, () => SqlGrantStore.migrate({ table })),
        { concurrency: "unbounded" }
      )
      const store = yield* SqlGrantStore.make({ table })
      assert.strictEqual(yield* store.put("acme", Redacted.make(secret)), 1)
      yield* SqlGrantStore.migrate({ table })
      assert.strictEqual((yield* store.read("acme"))?.version, 1)
    }).pipe(Effect.provide(database.client()))
  )

  it.live("A14: a committed record is there for the next connection, each of its 5 fields", () =>
    Effect.gen(function* () {
      const { layer, table } = fresh(database)
      yield* Effect.gen(function* () {
        const store = yield* GrantStore
        const lease = yield* store.acquire("acme", 30_000)
        assert(lease._tag === "Acquired" && lease.record === undefined)
        assert.strictEqual(yield* store.commit("acme", lease.fence, 0, record(1, "refreshing")), "committed")
      }).pipe(Effect.provide(layer))
      const kept = yield* Effect.flatMap(GrantStore, (store) => store.read("acme")).pipe(
        Effect.provide(SqlGrantStore.layer({ table }).pipe(Layer.provide(database.client())))
      )
      assert.deepStrictEqual(
        { ...kept, payload: kept && Redacted.value(kept.payload) },
        { ...record(1, "refreshing"), payload: secret }
      )
    })
  )

  it.live(
    "A15: 4 processes take the lease 25 times each: 1 holder at a time, 100 fences that only grow",
    () =>
      Effect.gen(function* () {
        const { layer, table } = fresh(database)
        yield* Effect.void.pipe(Effect.provide(layer))
        const folder = yield* newFolder
        const processes = yield* Effect.all(
          Array.from({ length: 4 }, () => child(database, table, "turns", folder, "25"))
        )
        const codes = yield* Effect.forEach(processes, exitOf, { concurrency: "unbounded" })
        assert.deepStrictEqual(codes, [0, 0, 0, 0])
        const turns = readFileSync(join(folder, "log"), "utf8").trim().split("\n")
        const fences = turns.map((line) => Number(line.split(" ")[0]))
        assert.deepStrictEqual(
          fences,
          Array.from({ length: 100 }, (_, index) => index + 1)
        )
        assert.strictEqual(new Set(turns.map((line) => line.split(" ")[1])).size, 4)
      }),
    60_000
  )

  it.live(
    "A15: the lease of a holder that is killed ends after its 1200 ms, not before, and the next fence is larger",
    () =>
      Effect.gen(function* () {
        const { layer, table } = fresh(database)
        yield* Effect.gen(function* () {
          const store = yield* GrantStore
          const holder = yield* child(database, table, "hold", "1200")
          const before = performance.now()
          yield* Effect.promise(() => new Promise((resolve) => holder.stdout.once("data", resolve)))
          const acquiredBy = performance.now()
          holder.kill("SIGKILL")
          const first = yield* store.acquire("acme", 1000)
          assert(first._tag === "Held" && first.leftMillis <= 1200 && first.leftMillis > 0)
          let answer = first as Effect.Success<ReturnType<typeof store.acquire>>
          while (answer._tag === "Held") {
            yield* Effect.sleep(10)
            answer = yield* store.acquire("acme", 1000)
          }
          const now = performance.now()
          assert.strictEqual(answer.fence, 2)
          assert.isAtLeast(now - before, 1195)
          assert.isAtMost(now - acquiredBy, 3000)
          assert.strictEqual(yield* store.commit("acme", 1, 0, record(1)), "fenced")
          assert.strictEqual(yield* store.commit("acme", 2, 0, record(1)), "committed")
        }).pipe(Effect.provide(layer))
      }),
    20_000
  )

  it.live("answers as the store in memory does to 40 random series of up to 25 operations", () => {
    const { layer } = fresh(database)
    let series = 0
    return Effect.gen(function* () {
      const store = yield* GrantStore
      const model = yield* MemoryGrantStore.make
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
            const key = `acme/${series++}`
            for (const each of operations) {
              const [told, expected] = await Effect.runPromise(
                Effect.all([perform(store, key, each), perform(model, key, each)])
              )
              assert.deepStrictEqual(told, expected)
            }
          }),
          { numRuns: 40 }
        )
      )
    }).pipe(Effect.provide(layer))
  })

  it.live("a lock that another connection holds is waited for 300 ms and no longer; then the failure is typed", () =>
    Effect.gen(function* () {
      const { layer, table } = fresh(database, { timeout: "300 millis" })
      yield* Effect.gen(function* () {
        const store = yield* GrantStore
        yield* store.put("acme", Redacted.make(secret))
        const locked = Effect.flatMap(SqlClient.SqlClient, (sql) =>
          sql.withTransaction(
            Effect.gen(function* () {
              yield* sql`UPDATE ${sql(table)} SET fence = fence WHERE key = 'acme'`
              const start = performance.now()
              const error = yield* Effect.flip(store.put("acme", Redacted.make(secret)))
              const millis = performance.now() - start
              assert.strictEqual(error._tag, "GrantStoreFailure")
              assert.strictEqual(error.message, "The grant store failed at put: no answer within 300 ms")
              assert.isAtLeast(millis, 290)
              assert.isAtMost(millis, 1500)
            })
          )
        )
        yield* Effect.provide(locked, database.client(), { local: true })
        // the put that was given up may have been made
        assert.isAtLeast(yield* store.put("acme", Redacted.make(secret)), 2)
      }).pipe(Effect.provide(layer))
    })
  )

  it.live("B12: no failure quotes a value or the database's text, and no span sees the statement", () =>
    Effect.gen(function* () {
      const store = yield* SqlGrantStore.make({ table: newTable() })
      const spans: Array<string> = []
      const tracer = Tracer.make({
        span: (options) => {
          spans.push(options.name)
          return new Tracer.NativeSpan(options)
        }
      })
      const errors = yield* Effect.all([
        Effect.flip(store.put(secret, Redacted.make(secret))),
        Effect.flip(store.acquire(secret, 1000)),
        Effect.flip(store.read(secret))
      ]).pipe(Effect.withSpan("refresh"), Effect.withTracer(tracer))
      assert.deepStrictEqual(spans, ["refresh"])
      for (const error of errors) {
        assert.match(
          error.detail,
          /^the tables are not as expected; has migrate run\? \(SQL(STATE 42P01|ite 1)\)$|^the database refused the statement \(SQLite 1\)$/
        )
        assert.notInclude(JSON.stringify(error), secret)
        assert.isUndefined(error.cause)
      }
    }).pipe(Effect.provide(database.client()))
  )

  it.live("B12: a row that the database refuses for its values leaves nothing of them in the failure", () =>
    Effect.gen(function* () {
      const { layer, table } = fresh(database)
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* database.dialect === "pg"
          ? sql`ALTER TABLE ${sql(table)} ADD CHECK (payload IS NULL)`
          : sql`CREATE TRIGGER refuses BEFORE INSERT ON ${sql(table)} BEGIN SELECT RAISE(ABORT, 'no'); END`
        const store = yield* GrantStore
        const error = yield* Effect.flip(store.put("acme", Redacted.make(secret)))
        assert.match(error.detail, /^a constraint was violated \((SQLSTATE 23514|SQLite 1811)\)$/)
        assert.notInclude(JSON.stringify([error, error.stack]), secret)
      }).pipe(Effect.provide(layer))
    })
  )

  if (database.dialect === "pg") {
    it.live("40 leases and 20 puts at once come out right under serializable isolation, over 2 pools of 4", () => {
      const { layer, table } = fresh(database)
      const strict = SqlGrantStore.layer({ table }).pipe(
        Layer.provide(database.client("postgres", { default_transaction_isolation: "serializable" }))
      )
      const half = Effect.gen(function* () {
        const store = yield* GrantStore
        const leases = Effect.all(
          Array.from({ length: 20 }, () => store.acquire("leased", 30_000)),
          { concurrency: "unbounded" }
        )
        const puts = Effect.all(
          Array.from({ length: 10 }, () => store.put("put", Redacted.make(secret))),
          { concurrency: "unbounded" }
        )
        return yield* Effect.all([leases, puts], { concurrency: 2 })
      }).pipe(Effect.provide(Layer.fresh(strict), { local: true }))
      return Effect.gen(function* () {
        const halves = yield* Effect.all([half, half], { concurrency: 2 })
        const leases = halves.flatMap(([answers]) => answers.map(({ _tag }) => _tag))
        assert.strictEqual(leases.filter((tag) => tag === "Acquired").length, 1)
        const versions = halves.flatMap(([, answers]) => answers).sort((a, b) => a - b)
        assert.deepStrictEqual(
          versions,
          Array.from({ length: 20 }, (_, index) => index + 1)
        )
      }).pipe(Effect.provide(layer))
    })
  }

  it.live("a row that somebody else wrote is unreadable, not a grant", () =>
    Effect.gen(function* () {
      const { layer, table } = fresh(database)
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`INSERT INTO ${sql(table)} (key, version, state, payload, announced) VALUES ('acme', 1, 'alive', '{}', 'no')`
        const error = yield* Effect.flip(Effect.flatMap(GrantStore, (store) => store.read("acme")))
        assert.deepStrictEqual([error.reason, error.detail], ["unreadable", "a row that is no grant"])
      }).pipe(Effect.provide(layer))
    })
  )

  it.live("a caller that leaves does not wait for the database", () =>
    Effect.gen(function* () {
      const { layer, table } = fresh(database)
      yield* Effect.gen(function* () {
        const store = yield* GrantStore
        yield* store.put("acme", Redacted.make(secret))
        const locked = Effect.flatMap(SqlClient.SqlClient, (sql) =>
          sql.withTransaction(
            Effect.gen(function* () {
              yield* sql`UPDATE ${sql(table)} SET fence = fence WHERE key = 'acme'`
              const fiber = yield* Effect.forkChild(store.put("acme", Redacted.make(secret)))
              yield* Effect.sleep(50)
              const start = performance.now()
              yield* Fiber.interrupt(fiber)
              assert.isAtMost(performance.now() - start, 200)
            })
          )
        )
        yield* Effect.provide(locked, database.client(), { local: true })
      }).pipe(Effect.provide(layer))
    })
  )

  it.live("a caller's transaction that is rolled back takes no grant with it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const store = yield* GrantStore
      const inside = yield* sql
        .withTransaction(Effect.flatMap(Effect.exit(store.put("acme", Redacted.make(secret))), Effect.fail))
        .pipe(Effect.flip)
      assert("_tag" in inside)
      if (database.dialect === "pg") {
        assert.strictEqual(inside._tag, "Success")
        assert.strictEqual((yield* store.read("acme"))?.version, 1)
      } else {
        assert.include(String(inside), "asked inside a transaction of the same SQLite connection")
      }
    }).pipe(Effect.provide(fresh(database).layer))
  )
})
