import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { SqlAudit } from "@surety/sql"
import type { Event } from "surety/credential/Audit"
import { newTable, onEach } from "./Database.ts"

const event = (id: string, more?: Partial<Event>): Event => ({
  id,
  kind: "refreshed",
  actor: "checkout-7",
  purpose: "advisory refresh",
  provider: "acme",
  credential: "orders",
  wallMillis: 1_700_000_000_123.5,
  monotonicMillis: 42.25,
  ...more
})

const full = event("full", {
  kind: "used",
  version: "v7",
  fingerprint: "9f86d081884c7d65",
  operation: "charge",
  count: 12,
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  detail: "status 200"
})

const of = { provider: "acme", credential: "orders" }

onEach("the audit trail", (database) => {
  /** A trail on a table of its own. */
  const fresh = Effect.gen(function* () {
    const table = newTable()
    yield* SqlAudit.migrate({ table })
    const sql = yield* SqlClient.SqlClient
    return { table: sql(table), name: table, sql, sink: yield* SqlAudit.sink({ table }) }
  })
  const run = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) => Effect.provide(effect, database.client())

  it.live("B7: an event comes back with its 14 fields, in the order in which it was given", () =>
    Effect.gen(function* () {
      const { name, sink } = yield* fresh
      yield* sink.append([event("b"), full, event("a"), event("other", { credential: "refunds" })])
      yield* sink.append([event("0")])
      const trail = yield* SqlAudit.trail(of, { table: name })
      assert.deepStrictEqual(trail, [event("b"), full, event("a"), event("0")])
      const last = yield* SqlAudit.trail({ ...of, last: 2 }, { table: name })
      assert.deepStrictEqual(
        last.map(({ id }) => id),
        ["a", "0"]
      )
    }).pipe(run)
  )

  it.live("B7: the same event given twice, in 1 batch and in 2, is 1 row", () =>
    Effect.gen(function* () {
      const { name, sink } = yield* fresh
      yield* sink.append([event("a"), event("a", { detail: "again" }), event("b")])
      yield* sink.append([event("a", { detail: "again" }), event("c")])
      const trail = yield* SqlAudit.trail(of, { table: name })
      assert.deepStrictEqual(trail, [event("a"), event("b"), event("c")])
    }).pipe(run)
  )

  it.live("B7: UPDATE, DELETE and what else would change the past are refused, and the row stays", () =>
    Effect.gen(function* () {
      const { name, sink, sql, table } = yield* fresh
      yield* SqlAudit.migrate({ table: name })
      yield* sink.append([event("a")])
      const other = { id: "b", kind: "used", actor: "x", purpose: "", provider: "", credential: "" }
      const row = { ...other, wall_millis: 0, monotonic_millis: 0 }
      const upsert = sql`INSERT INTO ${table} ${sql.insert({ ...row, id: "a" })} ON CONFLICT (id) DO UPDATE SET actor = 'x'`
      const refused = [sql`UPDATE ${table} SET actor = 'nobody'`, sql`DELETE FROM ${table}`]
      if (database.dialect === "pg") {
        const replica = sql`SET LOCAL session_replication_role = replica`
        refused.push(sql`TRUNCATE ${table}`, upsert)
        const asReplica = sql.withTransaction(Effect.andThen(replica, sql`DELETE FROM ${table}`))
        assert.strictEqual((yield* Effect.flip(asReplica)).reason._tag, "AuthorizationError")
      } else {
        yield* upsert
        yield* sql`INSERT OR REPLACE INTO ${table} ${sql.insert({ ...row, id: "a" })}`
        yield* sql`INSERT OR REPLACE INTO ${table} ${sql.insert({ rowid: 1, ...row })}`
      }
      for (const statement of refused) {
        const error = yield* Effect.flip(statement)
        assert.strictEqual(error.reason._tag, database.dialect === "pg" ? "AuthorizationError" : "ConstraintError")
      }
      assert.lengthOf(yield* sql`SELECT id FROM ${table}`, 1)
      assert.deepStrictEqual(yield* SqlAudit.trail(of, { table: name }), [event("a")])
    }).pipe(run)
  )

  it.live("B7: 1201 events in one append are 1201 rows", () =>
    Effect.gen(function* () {
      const { name, sink } = yield* fresh
      yield* sink.append([])
      yield* sink.append(Array.from({ length: 1201 }, (_, index) => event(`${index}`)))
      const trail = yield* SqlAudit.trail({ ...of, last: 5000 }, { table: name })
      assert.deepStrictEqual(
        trail.map(({ id }) => Number(id)),
        Array.from({ length: 1201 }, (_, index) => index)
      )
    }).pipe(run)
  )

  it.live("a zero byte in a text holds up nothing", () =>
    Effect.gen(function* () {
      const { name, sink } = yield* fresh
      yield* sink.append([event("a", { detail: "before\0after \uD83D" }), event("b")])
      const [first] = yield* SqlAudit.trail(of, { table: name })
      assert.strictEqual(first?.detail, "before\uFFFDafter \uFFFD")
    }).pipe(run)
  )

  it.live("an event that the database would refuse again says so, and quotes nothing", () =>
    Effect.gen(function* () {
      const { sink, sql, table } = yield* fresh
      yield* database.dialect === "pg"
        ? sql`ALTER TABLE ${table} ADD CHECK (actor <> 'checkout-7')`
        : sql`CREATE TRIGGER refuses_all BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'no'); END`
      const error = yield* Effect.flip(sink.append([event("a")]))
      assert.strictEqual(error.retry, "never")
      assert.match(
        error.message,
        /^The audit sink sql took nothing: a constraint was violated \(SQL(STATE 23514|ite 1811)\)$/
      )
    }).pipe(run)
  )

  it.live("a caller's transaction that is rolled back takes no event with it", () =>
    Effect.gen(function* () {
      const { name, sink, sql } = yield* fresh
      yield* Effect.ignore(sql.withTransaction(Effect.andThen(sink.append([event("a")]), Effect.fail("undo"))))
      const kept = database.dialect === "pg" ? ["a"] : []
      assert.deepStrictEqual(
        (yield* SqlAudit.trail(of, { table: name })).map(({ id }) => id),
        kept
      )
    }).pipe(run)
  )

  if (database.dialect === "pg") {
    it.live("B11: a role with INSERT appends, twice the same too, and reads and changes nothing", () =>
      Effect.gen(function* () {
        const { name, sql, table } = yield* fresh
        const role = `writer_${name}`
        yield* sql`CREATE ROLE ${sql(role)} LOGIN`
        yield* sql`GRANT INSERT ON ${table} TO ${sql(role)}`
        yield* Effect.gen(function* () {
          const sink = yield* SqlAudit.sink({ table: name })
          yield* sink.append([event("a")])
          yield* sink.append([event("a"), event("b")])
          const refused = yield* Effect.flip(SqlAudit.trail(of, { table: name }))
          assert.strictEqual(refused.detail, "the user may not do this (SQLSTATE 42501)")
        }).pipe(Effect.provide(Layer.fresh(database.client(role)), { local: true }))
        assert.lengthOf(yield* SqlAudit.trail(of, { table: name }), 2)
      }).pipe(run)
    )
  }
})
