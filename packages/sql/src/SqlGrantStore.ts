/**
 * The store of shared grants in SQL: one row per grant, in Postgres for processes on many machines, in SQLite for those
 * on one.
 *
 * Each change is one statement that says in its own condition what must be true, so that no isolation level matters. The
 * fence is a column that only grows. Leases end by the clock of the database.
 *
 * Effect's SQL-backed `Persistence` lacks compare-and-set.
 *
 * Neighbours: `surety/credential/GrantStore` is the port, and `surety/testing` has the suite that this passes;
 * `NodeSqlite` or `@effect/sql-pg` is the client; `SqlAudit` keeps the trail.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { GrantStore, GrantStoreFailure, type GrantRecord } from "surety/credential/GrantStore"
import * as Boundary from "./internal/Boundary.ts"
import * as Schema from "./internal/Schema.ts"
import type { MigrationFailure } from "./MigrationFailure.ts"

/**
 * **Details**   `table`: default `surety_grants`; `schema.table` in Postgres. `timeout` of each operation: default 5
 * seconds; it ends.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly table?: string
  readonly timeout?: Duration.Input
}

/**
 * The table, for those who run their own migrations. `migrate` runs the same.
 *
 * **Details**   `version` 0: nobody has put a grant there yet. The columns carry no constraint on their values:
 * a database that refuses a row writes the row, tokens and all, into its log.
 *
 * @category rules
 * @since 0.1.0
 */
export const statements = (options?: Pick<Options, "table">): ReadonlyArray<string> => [
  `CREATE TABLE IF NOT EXISTS ${Schema.quote(options?.table ?? defaultTable)} (
  key TEXT NOT NULL PRIMARY KEY,
  fence INTEGER NOT NULL DEFAULT 0,
  lease_ends_at_millis DOUBLE PRECISION NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 0,
  state TEXT,
  payload TEXT,
  refresh_started_at_millis DOUBLE PRECISION,
  announced TEXT
)`
]

/**
 * Makes the table unless it is there.
 *
 * **Gotchas**   In Postgres run it as the table's owner, and give the program's own role
 * `SELECT, INSERT, UPDATE` and nothing else.
 *
 * @category running
 * @since 0.1.0
 */
export const migrate = (options?: Options): Effect.Effect<void, MigrationFailure, SqlClient.SqlClient> =>
  Schema.apply(options?.table ?? defaultTable, options?.timeout, () => statements(options))

/**
 * The store over the `SqlClient` of the context.
 *
 * **Details**   Operations never take part in the caller's transaction: what it rolls back, the provider has rotated all
 * the same. They are not traced. `fence` and `version` are 32-bit integers: at a lease per second they last 68 years.
 *
 * **Failures**   `GrantStoreFailure`, within `timeout`, with the class and the code of the database's answer and no
 * text of it. After a failed `commit` or `acquire` the database may have done it.
 *
 * **Gotchas**   A committed grant must survive the server: no `synchronous_commit = off`, and a failover to a replica
 * that lags loses tokens as it loses rows. The database's own log holds parameters when it is told to
 * (`log_statement`, `auto_explain`): seal the payload (`SealedGrantStore`). On SQLite an operation inside a
 * transaction of the same client fails at once.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options?: Options): Effect.Effect<GrantStore, never, SqlClient.SqlClient> =>
  Effect.map(SqlClient.SqlClient, (client) => {
    const sql = client.withoutTransforms()
    const ask = Boundary.make(client, options?.timeout)
    const table = sql.literal(Schema.quote(options?.table ?? defaultTable))
    const now = sql.literal(Schema.nowMillis[Schema.dialectOf(client)])
    const columns = sql.literal("fence, version, state, payload, refresh_started_at_millis, announced")

    const find = (key: string): Effect.Effect<Row | undefined, SqlError> =>
      Effect.map(
        sql<Row>`SELECT ${columns}, lease_ends_at_millis - ${now} AS left_millis FROM ${table} WHERE key = ${key}`,
        (rows) => rows[0]
      )
    const held = (row: Row | undefined) =>
      row === undefined || row.left_millis <= 0
        ? Effect.undefined
        : Effect.map(toRecord(row), (record) => ({ _tag: "Held" as const, leftMillis: row.left_millis, record }))

    const acquire = (key: string, leaseMillis: number) =>
      Effect.gen(function* () {
        // Those who wait ask again and again: they only read.
        const before = yield* Effect.flatMap(find(key), held)
        if (before !== undefined) return before
        const [won] = yield* sql<Row>`INSERT INTO ${table} AS kept (key, fence, lease_ends_at_millis)
          VALUES (${key}, 1, ${now} + ${leaseMillis})
          ON CONFLICT (key) DO UPDATE SET fence = kept.fence + 1, lease_ends_at_millis = ${now} + ${leaseMillis}
          WHERE kept.lease_ends_at_millis <= ${now}
          RETURNING ${columns}, 0 AS left_millis`
        if (won !== undefined) {
          return { _tag: "Acquired" as const, fence: won.fence, record: yield* toRecord(won) }
        }
        const winner = yield* find(key)
        const record = winner === undefined ? undefined : yield* toRecord(winner)
        return { _tag: "Held" as const, leftMillis: Math.max(0, winner?.left_millis ?? 0), record }
      })

    const commit = (key: string, fence: number, expected: number, next: GrantRecord) =>
      Effect.gen(function* () {
        const changed = yield* sql`UPDATE ${table} SET
            version = ${next.version}, state = ${next.state}, payload = ${Redacted.value(next.payload)},
            refresh_started_at_millis = ${next.refreshStartedAtMillis ?? null}, announced = ${next.announced}
          WHERE key = ${key} AND fence = ${fence} AND version = ${expected} AND lease_ends_at_millis > ${now}
          RETURNING fence`
        if (changed.length > 0) return "committed" as const
        const row = yield* find(key)
        return row?.fence === fence && row.left_millis > 0 && row.version !== expected ? "conflict" : "fenced"
      })

    const put = (key: string, payload: Redacted.Redacted<string>) =>
      Effect.flatMap(
        sql<Pick<Row, "version">>`INSERT INTO ${table} AS kept (key, version, state, payload, announced)
          VALUES (${key}, 1, 'live', ${Redacted.value(payload)}, 'no')
          ON CONFLICT (key) DO UPDATE SET version = kept.version + 1, state = 'live', payload = excluded.payload,
            refresh_started_at_millis = NULL, announced = 'no', lease_ends_at_millis = 0
          RETURNING version`,
        ([row]) =>
          row === undefined ? Effect.fail(Boundary.trouble("nothing was written")) : Effect.succeed(row.version)
      )

    const at =
      (operation: GrantStoreFailure["operation"]) =>
      <A>(asked: Effect.Effect<A, SqlError | Boundary.Trouble>): Effect.Effect<A, GrantStoreFailure> =>
        Effect.mapError(
          ask(asked),
          ({ detail, fault }) =>
            new GrantStoreFailure({ operation, detail, reason: fault === "value" ? "unreadable" : "unavailable" })
        )
    return {
      read: (key) => at("read")(Effect.flatMap(find(key), (row) => (row ? toRecord(row) : Effect.undefined))),
      acquire: (key, leaseMillis) => at("acquire")(acquire(key, leaseMillis)),
      commit: (key, fence, expected, next) => at("commit")(commit(key, fence, expected, next)),
      release: (key, fence) =>
        at("release")(
          Effect.asVoid(sql`UPDATE ${table} SET lease_ends_at_millis = 0 WHERE key = ${key} AND fence = ${fence}`)
        ),
      put: (key, payload) => at("put")(put(key, payload))
    }
  })

/**
 * The store as a layer.
 *
 * **Example** (A grant that a person puts there, and a lease on it)
 *
 * ```ts import.meta.vitest
 * import { Effect, Layer, Redacted } from "effect"
 * import { NodeSqlite, SqlGrantStore } from "@surety/sql"
 * import { GrantStore } from "surety/credential/GrantStore"
 *
 * const database = NodeSqlite.layer({ filename: ":memory:" })
 * const grants = SqlGrantStore.layer().pipe(
 *   Layer.merge(Layer.effectDiscard(SqlGrantStore.migrate())),
 *   Layer.provide(database)
 * )
 * const program = Effect.gen(function*() {
 *   const store = yield* GrantStore
 *   const version = yield* store.put("acme/orders", Redacted.make("{}"))
 *   const mine = yield* store.acquire("acme/orders", 30_000)
 *   const theirs = yield* store.acquire("acme/orders", 30_000)
 *   return [version, mine._tag, theirs._tag]
 * })
 * await Effect.runPromise(Effect.provide(program, grants)) // => [1, "Acquired", "Held"]
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<GrantStore, never, SqlClient.SqlClient> =>
  Layer.effect(GrantStore, make(options))

const defaultTable = "surety_grants"

interface Row {
  readonly fence: number
  readonly version: number
  readonly state: string | null
  readonly payload: string | null
  readonly refresh_started_at_millis: number | null
  readonly announced: string | null
  readonly left_millis: number
}

const toRecord = (row: Row): Effect.Effect<GrantRecord | undefined, Boundary.Trouble> => {
  const { announced, payload, state, version } = row
  if (version === 0) return Effect.undefined
  if (
    payload === null ||
    (state !== "live" && state !== "refreshing" && state !== "dead") ||
    (announced !== "yes" && announced !== "no")
  ) {
    return Effect.fail(Boundary.trouble("a row that is no grant", "value"))
  }
  return Effect.succeed({
    version,
    state,
    payload: Redacted.make(payload),
    refreshStartedAtMillis: row.refresh_started_at_millis ?? undefined,
    announced
  })
}
