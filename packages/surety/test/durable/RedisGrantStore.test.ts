import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { afterAll, beforeAll } from "vitest"
import { GrantStore } from "../../src/credential/GrantStore.ts"
import * as RedisGrantStore from "../../src/durable/RedisGrantStore.ts"
import * as GrantStoreSuite from "../../src/testing/GrantStoreSuite.ts"

let runs = 0

// Debian: apt-get install redis-server. CI installs it and may not go without.
const isInstalled = spawnSync("redis-server", ["--version"]).status === 0
describe.skipIf(!isInstalled && process.env["CI"] === undefined)("a grant store in Redis", () => {
  const folder = mkdtempSync(join(tmpdir(), "surety-redis-"))
  const path = join(folder, "redis.sock")
  let server: ReturnType<typeof spawn> | undefined
  beforeAll(async () => {
    server = spawn("redis-server", ["--port", "0", "--unixsocket", path, "--save", "", "--dir", folder], {
      stdio: "ignore"
    })
    await Effect.runPromise(
      Effect.suspend(() => (existsSync(path) ? Effect.void : Effect.fail("redis-server did not start"))).pipe(
        Effect.retry(Schedule.upTo(Schedule.spaced("20 millis"), { times: 250 }))
      )
    )
  })
  afterAll(() => {
    server?.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  const redis = NodeRedis.layer({ socket: { path, tls: false } })
  const layer = RedisGrantStore.layer().pipe(Layer.provide(redis))
  for (const { check, name } of GrantStoreSuite.suite(layer, "connection")) {
    it.live(name, () => check(`grant/${process.pid}/${runs++}`))
  }

  it.live("keeps 2 prefixes apart, and a lease is a key with an end of its own", () =>
    Effect.gen(function* () {
      const one = RedisGrantStore.layer({ prefix: `one-${process.pid}/` }).pipe(Layer.provide(redis))
      const two = RedisGrantStore.layer({ prefix: `two-${process.pid}/` }).pipe(Layer.provide(redis))
      yield* Effect.provide(
        Effect.flatMap(GrantStore, (store) => store.acquire("k", 40_000)),
        one
      )
      const other = yield* Effect.provide(
        Effect.flatMap(GrantStore, (store) => store.acquire("k", 40_000)),
        two
      )
      assert.strictEqual(other._tag, "Acquired")
      const left = yield* Effect.provide(
        Effect.flatMap(Redis.Redis, (client) => client.send<number>("PTTL", `one-${process.pid}/{k}:lease`)),
        redis
      )
      assert.isTrue(left > 30_000 && left <= 40_000)
    })
  )
})

describe("a Redis that is down", () => {
  const down = (eval_: Redis.Redis["Service"]["eval"]): Layer.Layer<GrantStore> =>
    RedisGrantStore.layer().pipe(
      Layer.provide(
        Layer.succeed(Redis.Redis, {
          send: () => Effect.never,
          subscribe: () => Effect.never,
          reserve: Effect.never,
          eval: eval_
        })
      )
    )
  const operations = (store: GrantStore) => ({
    read: store.read("k"),
    acquire: store.acquire("k", 1000),
    commit: store.commit("k", 1, 0, {
      version: 1,
      state: "live",
      payload: Redacted.make("canary-payload"),
      refreshStartedAtMillis: undefined,
      announced: "no"
    }),
    release: store.release("k", 1),
    put: store.put("k", Redacted.make("canary-payload"))
  })

  it.effect("fails each of 5 operations after 2 s when it hangs", () =>
    Effect.gen(function* () {
      for (const [name, operation] of Object.entries(operations(yield* GrantStore))) {
        const fiber = yield* Effect.forkChild(Effect.flip<unknown, { readonly message: string }, never>(operation))
        yield* TestClock.adjust("1999 millis")
        assert.isUndefined(fiber.pollUnsafe(), name)
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(
          (yield* Fiber.join(fiber)).message,
          `The grant store failed at ${name}: Redis did not answer in 2000 ms`
        )
      }
    }).pipe(Effect.provide(down(() => () => Effect.never)))
  )

  it.effect("says nothing of what the driver said: 0 of 5 failures quote the payload", () =>
    Effect.gen(function* () {
      for (const [name, operation] of Object.entries(operations(yield* GrantStore))) {
        const failure = yield* Effect.flip<unknown, { readonly message: string }, never>(operation)
        assert.strictEqual(
          failure.message,
          `The grant store failed at ${name}: Redis answered with an error, or not at all`
        )
        assert.notInclude(inspect(failure, { depth: 9, showHidden: true }), "canary")
      }
    }).pipe(
      Effect.provide(
        down(
          () => () =>
            Effect.fail(new Redis.RedisError({ cause: new Error("EVALSHA … canary-payload: connection refused") }))
        )
      )
    )
  )
})
