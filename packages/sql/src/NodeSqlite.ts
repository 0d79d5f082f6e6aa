/**
 * An embedded SQL database without a server: Effect's `SqlClient` on the `node:sqlite` of Node 22.19 and newer. One file,
 * any number of processes on one machine.
 *
 * On npm, the 4.x betas of `@effect/sql-sqlite-node` crash at import under effect 4.1 (they load paths that are gone),
 * and they need a native build; this needs nothing.
 *
 * A commit is on the disk when it returns (`synchronous = FULL`): a rotated refresh token that only the page cache had
 * would end its grant at the next power cut. What waits for another process waits without blocking the thread:
 * SQLite's own busy handler sleeps on it.
 *
 * Neighbours: `SqlGrantStore` and `SqlAudit` work over this or over any Postgres `SqlClient`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite"

/**
 * **Details**   `filename`: a path, or `:memory:` for a database that ends with its scope. A file that is not there is
 * made, readable by its owner only. `busyTimeout`: how long a statement waits for another process's transaction,
 * default 5 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly filename: string
  readonly busyTimeout?: Duration.Input
}

/**
 * Opens the file, and closes it with the scope.
 *
 * **Details**   One connection, one statement or transaction of this process at a time. Transactions begin as
 * `IMMEDIATE`: they take the write lock at once, so none fails in its middle because another process wrote. Values:
 * `undefined` is `NULL`, a boolean is 0 or 1, a `Date` its ISO form. Statements run on this thread.
 *
 * **Failures**   `SqlError` with `ConnectionError` when the file cannot be opened, `LockTimeoutError` when another
 * process held its lock for all of `busyTimeout`.
 *
 * **Gotchas**   The file must not lie on a network filesystem: SQLite's write-ahead log shares memory.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  options: Options
): Effect.Effect<SqlClient.SqlClient, SqlError, Scope.Scope | Reactivity.Reactivity> =>
  Effect.gen(function* () {
    const patience = Schedule.upTo(Schedule.jittered(Schedule.spaced("8 millis")), {
      duration: options.busyTimeout ?? "5 seconds"
    })
    const db = yield* Effect.acquireRelease(open(options.filename), (db) => Effect.sync(() => db.close()))
    const run = <A>(operation: string, work: () => A): Effect.Effect<A, SqlError> =>
      Effect.retry(attempt(operation, work), {
        while: (error) => error.reason._tag === "LockTimeoutError" && !db.isTransaction,
        schedule: patience
      })
    for (const pragma of ["journal_mode = WAL", "synchronous = FULL"]) {
      yield* run("open", () => db.exec(`PRAGMA ${pragma}`))
    }
    return yield* SqlClient.make({
      ...SqlClient.makeSqliteAcquirers({
        connection: Effect.succeed(connect(db, run)),
        semaphore: yield* Semaphore.make(1),
        isTransaction: () => db.isTransaction
      }),
      compiler: Statement.makeCompilerSqlite(),
      beginTransaction: "BEGIN IMMEDIATE",
      releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
      driver: "node:sqlite",
      spanAttributes: [["db.system.name", "sqlite"]]
    })
  })

/**
 * The client as a layer.
 *
 * **Example** (A database that ends with the program)
 *
 * ```ts import.meta.vitest
 * import { Effect } from "effect"
 * import { SqlClient } from "effect/sql"
 * import { NodeSqlite } from "@surety/sql"
 *
 * const program = Effect.gen(function*() {
 *   const sql = yield* SqlClient.SqlClient
 *   yield* sql`CREATE TABLE fruit (name TEXT PRIMARY KEY)`
 *   yield* sql`INSERT INTO fruit ${sql.insert([{ name: "fig" }, { name: "pear" }])}`
 *   return yield* sql<{ readonly name: string }>`SELECT name FROM fruit WHERE name > ${"g"}`
 * })
 * await Effect.runPromise(Effect.provide(program, NodeSqlite.layer({ filename: ":memory:" }))) // => [{ name: "pear" }]
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<SqlClient.SqlClient, SqlError> =>
  Layer.effect(SqlClient.SqlClient, make(options)).pipe(Layer.provide(Reactivity.layer))

/** Nobody but the owner may read a new file; SQLite gives the files beside it the same rights. */
const open = (filename: string): Effect.Effect<DatabaseSync, SqlError> =>
  Effect.gen(function* () {
    const { DatabaseSync } = yield* Effect.promise(() => import("node:sqlite"))
    const fs = yield* Effect.promise(() => import("node:fs"))
    return yield* attempt("open", () => {
      if (filename !== ":memory:") fs.closeSync(fs.openSync(filename, "a", 0o600))
      return new DatabaseSync(filename, { timeout: 0 })
    })
  })

const attempt = <A>(operation: string, work: () => A): Effect.Effect<A, SqlError> =>
  Effect.try({
    try: work,
    catch: (cause) => new SqlError({ reason: classifySqliteError(withNumber(cause), { operation }) })
  })

/** `node:sqlite` says `errcode` where Effect reads `errno`; what the filesystem refuses is a file that cannot be opened. */
const withNumber = (cause: unknown): unknown => {
  if (!(cause instanceof Error)) return cause
  const number = "errcode" in cause ? cause.errcode : "syscall" in cause ? 14 : undefined
  return number === undefined ? cause : Object.defineProperty(cause, "errno", { value: number })
}

const toInput = (value: unknown): SQLInputValue => {
  if (value === undefined) return null
  if (typeof value === "boolean") return value ? 1 : 0
  // what SQLite cannot take, it refuses itself
  return value instanceof Date ? value.toISOString() : (value as SQLInputValue)
}

type Run = <A>(operation: string, work: () => A) => Effect.Effect<A, SqlError>

/** One row, as far as `Connection` lets its type be known. */
type Rows = ReadonlyArray<Record<string, unknown>>

const connect = (db: DatabaseSync, run: Run): Connection => {
  const prepared = <A>(sql: string, read: (statement: StatementSync) => A): Effect.Effect<A, SqlError> =>
    Effect.withFiber((fiber) =>
      run("execute", () => {
        const statement = db.prepare(sql)
        if (Context.get(fiber.context, SqlClient.SafeIntegers)) statement.setReadBigInts(true)
        return read(statement)
      })
    )
  const rows = (sql: string, params: ReadonlyArray<unknown>) =>
    prepared(sql, (statement): Rows => statement.all(...params.map(toInput)))
  const values = (sql: string, params: ReadonlyArray<unknown>) =>
    prepared(sql, (statement) => {
      statement.setReturnArrays(true)
      // node:sqlite's type does not follow `setReturnArrays`
      return statement.all(...params.map(toInput)) as unknown as ReadonlyArray<ReadonlyArray<unknown>>
    })
  const execute: Connection["execute"] = (sql, params, transformRows) =>
    transformRows === undefined ? rows(sql, params) : Effect.map(rows(sql, params), transformRows)
  return {
    execute,
    executeUnprepared: execute,
    executeRaw: rows,
    executeValues: values,
    executeValuesUnprepared: values,
    executeStream: (sql, params, transformRows) =>
      Stream.unwrap(Effect.map(execute(sql, params, transformRows), Stream.fromIterable))
  }
}
