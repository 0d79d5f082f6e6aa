import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeSqlite } from "@surety/sql"
import { afterAll } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "surety-sqlite-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
const newFile = () => join(folder, `${files++}.db`)

const on =
  (filename: string, busyTimeout?: NodeSqlite.Options["busyTimeout"]) =>
  <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
    Effect.provide(effect, NodeSqlite.layer({ filename, ...(busyTimeout === undefined ? {} : { busyTimeout }) }), {
      local: true
    })

const counter = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE counter (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)`
  yield* sql`INSERT INTO counter VALUES (1, 0)`
  return sql
})

const count = (sql: SqlClient.SqlClient) =>
  Effect.map(sql<{ readonly n: number }>`SELECT n FROM counter`, ([row]) => row?.n)

describe("SQLite without a server", () => {
  it.live("A14: a commit is on the disk when it returns: a write-ahead log with synchronous = FULL", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      assert.deepStrictEqual(yield* sql`PRAGMA journal_mode`.values, [["wal"]])
      assert.deepStrictEqual(yield* sql`PRAGMA synchronous`.values, [[2]])
    }).pipe(on(newFile()))
  )

  it.live("a file that it makes is its owner's, with the log beside it: mode 600", () => {
    const file = newFile()
    return counter.pipe(
      Effect.map(() => {
        assert.strictEqual(statSync(file).mode & 0o777, 0o600)
        assert.strictEqual(statSync(`${file}-wal`).mode & 0o777, 0o600)
      }),
      on(file)
    )
  })

  it.live("a transaction that fails leaves nothing, and one inside it takes back its own part only", () =>
    Effect.gen(function* () {
      const sql = yield* counter
      const add = sql`UPDATE counter SET n = n + 1`
      yield* Effect.flip(sql.withTransaction(Effect.andThen(add, Effect.fail("undo"))))
      assert.strictEqual(yield* count(sql), 0)
      const inner = Effect.ignore(sql.withTransaction(Effect.andThen(add, Effect.fail("undo"))))
      yield* sql.withTransaction(Effect.andThen(add, inner))
      assert.strictEqual(yield* count(sql), 1)
    }).pipe(on(":memory:"))
  )

  it.live("4 connections that read and then write 25 times each in transactions lose none of 100", () => {
    const file = newFile()
    const turns = Effect.flatMap(SqlClient.SqlClient, (sql) =>
      Effect.forEach(
        Array.from({ length: 25 }),
        () => sql.withTransaction(Effect.flatMap(count(sql), (n = 0) => sql`UPDATE counter SET n = ${n + 1}`)),
        { concurrency: 5 }
      )
    )
    return Effect.gen(function* () {
      const sql = yield* counter
      yield* Effect.all(
        Array.from({ length: 4 }, () => on(file)(turns)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(yield* count(sql), 100)
    }).pipe(on(file))
  })

  it.live(
    "a lock of another connection is waited for 200 ms without blocking the thread, then it is a LockTimeoutError",
    () => {
      const file = newFile()
      return Effect.gen(function* () {
        const sql = yield* counter
        let ticks = 0
        const timer = setInterval(() => ticks++, 10)
        const start = performance.now()
        const error = yield* sql.withTransaction(
          Effect.flip(
            Effect.flatMap(SqlClient.SqlClient, (other) => other`UPDATE counter SET n = 9`).pipe(on(file, "200 millis"))
          )
        )
        clearInterval(timer)
        assert.strictEqual(error._tag === "SqlError" && error.reason._tag, "LockTimeoutError")
        assert.isAtLeast(performance.now() - start, 195)
        assert.isAtLeast(ticks, 5)
        assert.strictEqual(yield* count(sql), 0)
      }).pipe(on(file))
    }
  )

  it.live(
    "values come back as SQLite keeps them: null, 1, an ISO date, bytes, and big integers when they are asked for",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const bytes = new Uint8Array([1, 2])
        const [row] = yield* sql`SELECT ${undefined} AS a, ${true} AS b, ${new Date(0)} AS c, ${bytes} AS d`
        assert.deepStrictEqual({ ...row }, { a: null, b: 1, c: "1970-01-01T00:00:00.000Z", d: bytes })
        const big = yield* Effect.provideService(sql`SELECT 9007199254740993 AS n`.values, SqlClient.SafeIntegers, true)
        assert.deepStrictEqual(big, [[9007199254740993n]])
        const streamed = yield* Stream.runCollect(sql`SELECT 1 AS n UNION SELECT 2`.stream)
        assert.deepStrictEqual(
          streamed.map(({ n }) => n),
          [1, 2]
        )
      }).pipe(on(":memory:"))
  )

  it.live("says which constraint was violated, and that a folder that is not there cannot be opened", () =>
    Effect.gen(function* () {
      const sql = yield* counter
      const twice = yield* Effect.flip(sql`INSERT INTO counter VALUES (1, 0)`)
      assert.strictEqual(twice.reason._tag, "ConstraintError")
      const nowhere = yield* Effect.flip(on(join(folder, "missing", "x.db"))(SqlClient.SqlClient))
      assert.strictEqual(nowhere._tag === "SqlError" && nowhere.reason._tag, "ConnectionError")
      const text = newFile()
      writeFileSync(text, "this is a letter, not a database".repeat(100))
      const letter = yield* Effect.flip(on(text)(SqlClient.SqlClient))
      assert.strictEqual(letter._tag, "SqlError")
    }).pipe(on(":memory:"))
  )
})
