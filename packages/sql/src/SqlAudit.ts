/**
 * The trail of credentials in SQL: a table that takes events and gives none of them up. The database refuses to change,
 * delete or replace one, also when the program asks.
 *
 * An event that arrives twice is one row: its id is the primary key, and the second is passed over.
 *
 * Neighbours: `surety/credential/Audit` has the event and the port `Sink`; `AuditBuffer` stands before the sink and
 * tries again; `SqlGrantStore` keeps the grants.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { decodeUnknownEffect } from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Audit from "surety/credential/Audit"
import * as Boundary from "./internal/Boundary.ts"
import * as Schema from "./internal/Schema.ts"
import type { MigrationFailure } from "./MigrationFailure.ts"

/**
 * **Details**   `table`: default `surety_audit`; `schema.table` in Postgres. `timeout` of each batch and each query:
 * default 5 seconds; it ends.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly table?: string
  readonly timeout?: Duration.Input
}

/**
 * The table and what guards it, for those who run their own migrations. `migrate` runs the same.
 *
 * **Details**   `recorded_at`: by the database's clock, beside the writer's own two. Postgres: one trigger refuses `UPDATE`,
 * `DELETE` and `TRUNCATE` with SQLSTATE 42501, in replication sessions too, and the rights to them are taken from
 * `PUBLIC`. SQLite: triggers refuse `UPDATE` and `DELETE`, and pass over an `INSERT OR REPLACE` of what is there.
 *
 * @category rules
 * @since 0.1.0
 */
export const statements = (dialect: Schema.Dialect, options?: Pick<Options, "table">): ReadonlyArray<string> => {
  const name = options?.table ?? defaultTable
  const table = Schema.quote(name)
  const index = Schema.beside(name, "credential")
  if (dialect === "pg") {
    const refuse = Schema.quote(`${name}_append_only`)
    return [
      `CREATE TABLE IF NOT EXISTS ${table} (
  seq BIGINT GENERATED ALWAYS AS IDENTITY,
  recorded_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  ${columnTypes}
)`,
      `CREATE INDEX IF NOT EXISTS ${index} ON ${table} (provider, credential, seq)`,
      `CREATE OR REPLACE FUNCTION ${refuse}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = '42501';
END $$`,
      `CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
FOR EACH STATEMENT EXECUTE FUNCTION ${refuse}()`,
      `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only`,
      `REVOKE UPDATE, DELETE, TRUNCATE ON ${table} FROM PUBLIC`
    ]
  }
  const refuse = (what: string) =>
    `CREATE TRIGGER IF NOT EXISTS ${Schema.beside(name, `no_${what}`)} BEFORE ${what} ON ${table}
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END`
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (
  recorded_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
  ${columnTypes}
)`,
    `CREATE INDEX IF NOT EXISTS ${index} ON ${table} (provider, credential)`,
    refuse("update"),
    refuse("delete"),
    // REPLACE deletes without asking the trigger on deletes; what comes before an insert runs before that.
    `CREATE TRIGGER IF NOT EXISTS ${Schema.beside(name, "no_replace")} BEFORE INSERT ON ${table}
WHEN EXISTS (SELECT 1 FROM ${table} WHERE id = NEW.id OR rowid = NEW.rowid)
BEGIN SELECT RAISE(IGNORE); END`
  ]
}

/**
 * Makes the table and what guards it, unless they are there.
 *
 * **Gotchas**   In Postgres run it as the table's owner and give the program's own role `INSERT`, and `SELECT` where
 * it reads the trail. An owner can drop the trigger: a program that runs as owner can be made to change its past.
 *
 * @category running
 * @since 0.1.0
 */
export const migrate = (options?: Options): Effect.Effect<void, MigrationFailure, SqlClient.SqlClient> =>
  Schema.apply(options?.table ?? defaultTable, options?.timeout, (dialect) => statements(dialect, options))

/**
 * The sink over the `SqlClient` of the context.
 *
 * **Details**   At most 500 events per statement, in their order. A zero byte in a text, which Postgres takes in none,
 * becomes `U+FFFD`: one such event would hold up all that follow. The role needs `INSERT` only. Nothing is traced, and
 * nothing takes part in the caller's transaction: what it rolls back has happened all the same.
 *
 * **Failures**   `SinkFailure`, within `timeout`, with the class and the code of the database's answer and no text of
 * it; `retry: "never"` when these values would be refused again. Events may be given again, whatever became of them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sink = (options?: Options): Effect.Effect<Audit.Sink, never, SqlClient.SqlClient> =>
  Effect.map(SqlClient.SqlClient, (client) => {
    const ask = Boundary.make(client, options?.timeout)
    const sql = client.withoutTransforms()
    const table = sql.literal(Schema.quote(options?.table ?? defaultTable))
    Schema.dialectOf(client)
    const names = sql.literal(columns.join(", "))
    const insert = (events: ReadonlyArray<Audit.Event>) =>
      ask(
        sql`INSERT INTO ${table} (${names}) VALUES ${sql.csv(events.map((event) => sql`${sql.in(toRow(event))}`))}
          ON CONFLICT DO NOTHING`
      )
    return {
      name: "sql",
      append: (events) => Effect.forEach(batches(events), insert, { discard: true }).pipe(Effect.mapError(toFailure))
    }
  })

/**
 * What was recorded of one credential, oldest first.
 *
 * **Details**   `last`: how many of the newest events; default 1000.
 *
 * **Failures**   As `sink`.
 *
 * @category running
 * @since 0.1.0
 */
export const trail = (
  of: { readonly provider: string; readonly credential: string; readonly last?: number },
  options?: Options
): Effect.Effect<ReadonlyArray<Audit.Event>, Audit.SinkFailure, SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (client) => {
    const ask = Boundary.make(client, options?.timeout)
    const sql = client.withoutTransforms()
    const table = sql.literal(Schema.quote(options?.table ?? defaultTable))
    const order = sql.literal(Schema.dialectOf(client) === "pg" ? "seq" : "rowid")
    const rows = sql<Readonly<Record<string, unknown>>>`SELECT ${sql.literal(columns.join(", "))} FROM ${table}
      WHERE provider = ${of.provider} AND credential = ${of.credential}
      ORDER BY ${order} DESC LIMIT CAST(${of.last ?? 1000} AS INTEGER)`
    return ask(rows).pipe(
      Effect.flatMap((rows) => Effect.forEach(rows.toReversed(), fromRow)),
      Effect.mapError(toFailure)
    )
  })

const toFailure = ({ detail, fault }: Boundary.Trouble): Audit.SinkFailure =>
  new Audit.SinkFailure({ sink: "sql", detail, ...(fault === "value" ? { retry: "never" } : {}) })

const defaultTable = "surety_audit"

const batchSize = 500

/** The fields of an event, each in its column. */
const fields = {
  id: ["id", "TEXT NOT NULL PRIMARY KEY"],
  kind: ["kind", "TEXT NOT NULL"],
  actor: ["actor", "TEXT NOT NULL"],
  purpose: ["purpose", "TEXT NOT NULL"],
  provider: ["provider", "TEXT NOT NULL"],
  credential: ["credential", "TEXT NOT NULL"],
  version: ["version", "TEXT"],
  fingerprint: ["fingerprint", "TEXT"],
  operation: ["operation", "TEXT"],
  count: ["uses", "INTEGER"],
  traceId: ["trace_id", "TEXT"],
  wallMillis: ["wall_millis", "DOUBLE PRECISION NOT NULL"],
  monotonicMillis: ["monotonic_millis", "DOUBLE PRECISION NOT NULL"],
  detail: ["detail", "TEXT"]
} as const satisfies Readonly<Record<keyof Audit.Event, readonly [column: string, type: string]>>

const names = Object.keys(fields) as ReadonlyArray<keyof Audit.Event>
const columns = names.map((name) => fields[name][0])
const columnTypes = names.map((name) => fields[name].join(" ")).join(",\n  ")

const batches = (events: ReadonlyArray<Audit.Event>): ReadonlyArray<ReadonlyArray<Audit.Event>> =>
  Array.from({ length: Math.ceil(events.length / batchSize) }, (_, index) =>
    events.slice(index * batchSize, (index + 1) * batchSize)
  )

const toRow = (event: Audit.Event): ReadonlyArray<string | number | null> =>
  names.map((name) => {
    const value = event[name] ?? null
    return typeof value === "string" ? value.replaceAll("\0", "\uFFFD") : value
  })

const fromRow = (row: Readonly<Record<string, unknown>>): Effect.Effect<Audit.Event, Boundary.Trouble> =>
  Effect.mapError(
    decodeUnknownEffect(Audit.Event)(
      Object.fromEntries(
        names.flatMap((name) => ((value) => (value === null ? [] : [[name, value]]))(row[fields[name][0]]))
      )
    ),
    () => Boundary.trouble("a row that is no event", "value")
  )
