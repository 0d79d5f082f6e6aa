/** A shared store as a process reaches it by its address. */
import { NodeRedis } from "@effect/platform-node"
import * as PgClient from "@effect/sql-pg/PgClient"
import { NodeSqlite, SqlGrantStore } from "@surety/sql"
import * as Layer from "effect/Layer"
import type { GrantStore } from "surety/credential"
import * as RedisGrantStore from "surety/durable/RedisGrantStore"
import type { Address } from "./Stores.ts"

export const layer = (address: Address): Layer.Layer<GrantStore.GrantStore, unknown> => {
  switch (address._tag) {
    case "Redis":
      return RedisGrantStore.layer().pipe(
        Layer.provide(NodeRedis.layer({ socket: { path: address.path, tls: false } }))
      )
    case "Postgres":
      return sql.pipe(Layer.provide(PgClient.layer({ host: address.host, username: "proof", database: "postgres" })))
    case "Sqlite":
      return sql.pipe(Layer.provide(NodeSqlite.layer({ filename: address.filename })))
  }
}

/** Every process makes the table, at the same time as the others. */
const sql = Layer.merge(SqlGrantStore.layer(), Layer.effectDiscard(SqlGrantStore.migrate()))
