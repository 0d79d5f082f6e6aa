/** A shared store as a process reaches it by its address. */
import { NodeRedis } from "@effect/platform-node"
import * as PgClient from "@effect/sql-pg/PgClient"
import { NodeSqlite, SqlAudit, SqlGrantStore } from "@surety/sql"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as SqlClient from "effect/sql/SqlClient"
import { type Audit, Auditor, type GrantStore } from "surety/credential"
import * as RedisGrantStore from "surety/durable/RedisGrantStore"
import type { Address } from "./Stores.ts"

export const layer = (address: Address): Layer.Layer<GrantStore.GrantStore, unknown> => {
  switch (address._tag) {
    case "Redis":
      return RedisGrantStore.layer().pipe(
        Layer.provide(NodeRedis.layer({ socket: { path: address.path, tls: false } }))
      )
    case "Postgres":
    case "Sqlite":
      return grants.pipe(Layer.provide(clientOf(address)))
  }
}

/** The audit trail in the same database, and what is in it; `undefined` where the store is none. */
export interface SqlTrail {
  readonly audit: Audit.Audit
  readonly countOf: (event: { readonly key: string; readonly kind: Audit.Kind }) => Effect.Effect<number, unknown>
}

export const trail = (address: Address, actor: string): Effect.Effect<SqlTrail | undefined, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    if (address._tag === "Redis") return undefined
    const client = yield* Layer.build(clientOf(address))
    yield* Effect.provideContext(SqlAudit.migrate(), client)
    const audit = yield* Effect.provideContext(Auditor.make({ actor, sinks: [SqlAudit.sink()] }), client)
    return {
      audit,
      countOf: ({ key, kind }) =>
        SqlAudit.trail({ provider: "proof/Api", credential: "proof", last: 100_000 }).pipe(
          Effect.map(
            (events) => events.filter((event) => event.kind === kind && event.id.startsWith(`${key}/`)).length
          ),
          Effect.provideContext(client)
        )
    }
  })

const clientOf = (address: Exclude<Address, { readonly _tag: "Redis" }>): Layer.Layer<SqlClient.SqlClient, unknown> =>
  address._tag === "Postgres"
    ? PgClient.layer({ host: address.host, username: "proof", database: "postgres" })
    : NodeSqlite.layer({ filename: address.filename })

/** Every process makes the table, at the same time as the others. */
const grants = Layer.merge(SqlGrantStore.layer(), Layer.effectDiscard(SqlGrantStore.migrate()))
