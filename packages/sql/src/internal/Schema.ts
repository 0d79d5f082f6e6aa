/**
 * Makes the tables of a store, once, whoever else does the same at that moment.
 *
 * Effect's `Migrator` keeps a list of numbered migrations of one application; a store has one table that is there or
 * not. Inside a `Migrator` it is one step: it takes part in the caller's transaction.
 *
 * Neighbours: the stores say what their tables are; `Boundary` has the words of what went wrong.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Statement from "effect/sql/Statement"
import { MigrationFailure } from "../MigrationFailure.ts"
import * as Boundary from "./Boundary.ts"

/** The two that the stores speak. @category models @since 0.1.0 */
export type Dialect = "pg" | "sqlite"

/** A name as SQL has it; a dot parts a Postgres schema from its table. @category rules @since 0.1.0 */
export const quote: (name: string) => string = Statement.defaultEscape('"')

/** The name of something that belongs to a table and may not name a schema. @category rules @since 0.1.0 */
export const beside = (table: string, suffix: string): string =>
  quote(`${table.slice(table.lastIndexOf(".") + 1)}_${suffix}`)

/**
 * Dies for a database that is neither Postgres nor SQLite: no failure of today, a mistake of the program.
 *
 * @category rules
 * @since 0.1.0
 */
export const dialectOf = (client: SqlClient.SqlClient): Dialect =>
  client.onDialectOrElse({
    pg: () => "pg" as const,
    sqlite: () => "sqlite" as const,
    orElse: () => {
      throw new TypeError("@surety/sql speaks Postgres and SQLite")
    }
  })

/** Milliseconds since the epoch by the database's own clock, also in the middle of a transaction. @category rules @since 0.1.0 */
export const nowMillis: Readonly<Record<Dialect, string>> = {
  pg: "(extract(epoch from clock_timestamp()) * 1000)::double precision",
  sqlite: "(unixepoch('subsec') * 1000.0)"
}

/**
 * @category running
 * @since 0.1.0
 */
export const apply = (
  table: string,
  timeout: Duration.Input | undefined,
  statements: (dialect: Dialect) => ReadonlyArray<string>
): Effect.Effect<void, MigrationFailure, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (client) => {
    const dialect = dialectOf(client)
    const limit = Boundary.finite(timeout ?? Boundary.defaultTimeout)
    const lock = dialect === "pg" ? [`SELECT pg_advisory_xact_lock(hashtext('@surety/sql'))`] : []
    return Effect.forEach([...lock, ...statements(dialect)], (sql) => client.unsafe(sql), { discard: true }).pipe(
      client.withTransaction,
      Effect.timeoutOrElse({ duration: limit, orElse: () => Effect.fail(Boundary.late(limit)) }),
      Boundary.told,
      Effect.mapError(({ detail }) => new MigrationFailure({ table, detail }))
    )
  })
