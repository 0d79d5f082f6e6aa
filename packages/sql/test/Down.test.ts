import { assert, describe, it } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createServer, type Server, type Socket } from "node:net"
import { type AddressInfo } from "node:net"
import { SqlAudit, SqlGrantStore } from "@surety/sql"
import { afterAll, beforeAll } from "vitest"
import { isSkipped, Postgres, title } from "./Postgres.ts"

const secret = Redacted.make("refresh-9f3c1a")

/** Every operation of both stores, and how long each may take. */
const operations = (timeout: "400 millis") =>
  Effect.gen(function* () {
    const store = yield* SqlGrantStore.make({ timeout })
    const sink = yield* SqlAudit.sink({ timeout })
    const record = {
      version: 1,
      state: "live",
      payload: secret,
      refreshStartedAtMillis: undefined,
      announced: "no"
    } as const
    return [
      store.read("acme"),
      store.acquire("acme", 1000),
      store.commit("acme", 1, 0, record),
      store.release("acme", 1),
      store.put("acme", secret),
      sink.append([
        {
          id: "a",
          kind: "granted",
          actor: "a",
          purpose: "p",
          provider: "acme",
          credential: "c",
          wallMillis: 0,
          monotonicMillis: 0
        }
      ]),
      SqlAudit.trail({ provider: "acme", credential: "c" }, { timeout }),
      SqlGrantStore.migrate({ timeout }),
      SqlAudit.migrate({ timeout })
    ]
  })

const tags = [
  ...Array.from({ length: 5 }, () => "GrantStoreFailure"),
  "SinkFailure",
  "SinkFailure",
  "MigrationFailure",
  "MigrationFailure"
]

const fails = Effect.gen(function* () {
  const details: Array<string> = []
  const seen: Array<string> = []
  for (const operation of yield* operations("400 millis")) {
    const start = performance.now()
    const error = yield* Effect.flip(
      operation as Effect.Effect<unknown, { _tag: string; detail: string; cause?: unknown }>
    )
    assert.isAtMost(performance.now() - start, 1500)
    assert.isUndefined(error.cause)
    seen.push(error._tag)
    details.push(error.detail)
  }
  assert.deepStrictEqual(seen, tags)
  return [...new Set(details)]
})

describe("a database that is down", () => {
  it.live("refuses the connection: 9 operations fail with their type within 400 ms", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* fails, ["no connection"])
    }).pipe(Effect.provide(PgClient.layer({ host: "127.0.0.1", port: 1, database: "d", username: "u" })))
  )

  const sockets: Array<Socket> = []
  let server: Server
  beforeAll(
    () =>
      new Promise<void>((resolve) => {
        server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1", resolve)
      })
  )
  afterAll(() => {
    sockets.forEach((socket) => socket.destroy())
    server.close()
  })
  it.live("takes the connection and says nothing: 9 operations fail with their type at 400 ms", () =>
    Effect.gen(function* () {
      const { port } = server.address() as AddressInfo
      const client = PgClient.layer({ host: "127.0.0.1", port, database: "d", username: "u" })
      const details = yield* Effect.provide(fails, client)
      assert.deepStrictEqual(details, ["no answer within 400 ms"])
    })
  )
})

describe.skipIf(isSkipped)(`a ${title} that dies`, () => {
  const postgres = new Postgres()
  beforeAll(() => postgres.start(), 60_000)
  afterAll(() => postgres.stop(), 30_000)
  it.live("with connections open: 9 operations fail with their type within 400 ms", () =>
    Effect.gen(function* () {
      yield* SqlGrantStore.migrate()
      const store = yield* SqlGrantStore.make()
      assert.strictEqual(yield* store.put("acme", secret), 1)
      yield* Effect.promise(() => postgres.stop())
      for (const detail of yield* fails)
        assert.match(detail, /^(no connection|the database refused the statement)( \(SQLSTATE 57P0.\))?$/)
    }).pipe(Effect.provide(postgres.client()))
  )
})
