/**
 * A process that shares a grant: `node holder.ts DIALECT PLACE TABLE KEY COMMAND`.
 *
 * `turns FOLDER N`: takes the lease N times; while it holds it, nobody else may be in the folder. Each turn appends
 * `FENCE PID` to FOLDER/log. `hold MILLIS`: takes the lease, says so, and never comes back.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { appendFileSync, closeSync, openSync, rmSync } from "node:fs"
import { join } from "node:path"
import { NodeSqlite, SqlGrantStore } from "@surety/sql"
import { GrantStore } from "surety/credential/GrantStore"

const [dialect, place = "", table = "", key = "", command, ...rest] = process.argv.slice(2)
const client =
  dialect === "pg"
    ? PgClient.layer({ host: place, port: 5432, database: "postgres", username: "postgres", maxConnections: 2 })
    : NodeSqlite.layer({ filename: place })

const take = (leaseMillis: number) =>
  Effect.gen(function* () {
    const store = yield* GrantStore
    for (;;) {
      const answer = yield* store.acquire(key, leaseMillis)
      if (answer._tag === "Acquired") return answer.fence
      yield* Effect.sleep(1 + Math.random() * 4)
    }
  })

const turns = (folder: string, count: number) =>
  Effect.gen(function* () {
    const store = yield* GrantStore
    for (let turn = 0; turn < count; turn++) {
      const fence = yield* take(30_000)
      closeSync(openSync(join(folder, "inside"), "wx"))
      appendFileSync(join(folder, "log"), `${fence} ${process.pid}\n`)
      yield* Effect.sleep(1)
      rmSync(join(folder, "inside"))
      yield* store.release(key, fence)
    }
  })

const hold = (leaseMillis: number) =>
  Effect.gen(function* () {
    const fence = yield* take(leaseMillis)
    process.stdout.write(`${fence}\n`)
    // a timer keeps the process
    yield* Effect.sleep("1 hour")
  })

const program = command === "turns" ? turns(rest[0] ?? "", Number(rest[1])) : hold(Number(rest[0]))
await Effect.runPromise(program.pipe(Effect.provide(SqlGrantStore.layer({ table }).pipe(Layer.provide(client)))))
