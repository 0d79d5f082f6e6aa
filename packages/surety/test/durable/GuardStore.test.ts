import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redis from "effect/persistence/Redis"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll } from "vitest"
import { CircuitBreaker, Operation, RateLimit } from "surety"
import * as MemoryBreaker from "../../src/durable/MemoryBreaker.ts"
import * as RedisBreaker from "../../src/durable/RedisBreaker.ts"
import * as SharedLimiter from "../../src/durable/SharedLimiter.ts"
import { Control } from "../../src/engine/Control.ts"
import { BreakerStore, breakerStore, LimiterStore, limiterStore } from "../../src/engine/GuardStore.ts"
import * as GuardStoreSuite from "../../src/testing/GuardStoreSuite.ts"
import { broken, declare, failures, retry, Scripted, series, timeout } from "../engine/Scripted.ts"

let runs = 0
const suites = (
  name: string,
  limiter: Layer.Layer<LimiterStore, unknown>,
  breaker: Layer.Layer<BreakerStore, unknown>
) => {
  for (const { check, name: promise } of GuardStoreSuite.limiter) {
    it.live(`${name} limiter ${promise}`, () => check(`limiter/${process.pid}/${runs++}`).pipe(Effect.provide(limiter)))
  }
  for (const { check, name: promise } of GuardStoreSuite.breaker) {
    it.live(`${name} breaker ${promise}`, () => check(`breaker/${process.pid}/${runs++}`).pipe(Effect.provide(breaker)))
  }
}

describe("stores in memory", () => {
  suites(
    "a memory",
    SharedLimiter.layer.pipe(Layer.provide(RateLimiter.layer), Layer.provide(RateLimiter.layerStoreMemory)),
    MemoryBreaker.layer
  )
})

// Debian: apt-get install redis-server. CI installs it and may not go without.
const isInstalled = spawnSync("redis-server", ["--version"]).status === 0
describe.skipIf(!isInstalled && process.env["CI"] === undefined)("stores in Redis", () => {
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
  const limiter = SharedLimiter.layer.pipe(
    Layer.provide(RateLimiter.layer),
    Layer.provide(RateLimiter.layerStoreRedis()),
    Layer.provide(redis)
  )
  suites("a Redis", limiter, RedisBreaker.layer().pipe(Layer.provide(redis)))

  it.live("2 processes that share a bucket of 5 send 5 requests between them", () =>
    Effect.gen(function* () {
      const script = new Scripted({})
      const Acme = declare(
        { read: Operation.read("read", { timeout, failures, retry, attempt: script.attempt<string> }) },
        { rate: { [`calls-${process.pid}`]: RateLimit.tokenBucket({ limit: 5, per: "1 hour" }) } }
      )
      const process_ = Effect.flatMap(Acme, (acme) =>
        Effect.forEach(Array(5).fill("a"), (name) => Effect.exit(acme.read(name)))
      ).pipe(Effect.provide(Acme.layer.pipe(Layer.provide(limiter)), { local: true }))
      yield* Effect.all([process_, process_], { concurrency: 2 })
      assert.strictEqual(script.log.length, 5)
    })
  )
})

describe("invariant 5: a store that is down does what the contract says, and is seen", () => {
  const down = new Redis.RedisError({ cause: new Error("connection refused") })
  const stores = {
    fails: Layer.merge(
      Layer.succeed(LimiterStore, limiterStore({ take: () => Effect.fail(down) })),
      Layer.succeed(BreakerStore, breakerStore({ openUntil: () => Effect.fail(down), opened: () => Effect.fail(down) }))
    ),
    hangs: Layer.merge(
      Layer.succeed(LimiterStore, limiterStore({ take: () => Effect.never })),
      Layer.succeed(BreakerStore, breakerStore({ openUntil: () => Effect.succeed(0), opened: () => Effect.void }))
    ),
    dies: Layer.succeed(LimiterStore, limiterStore({ take: () => Effect.die("bug") }))
  }
  for (const [how, store] of Object.entries(stores)) {
    for (const onStoreError of ["open", "closed"] as const) {
      it.effect(
        `${how}: ${onStoreError} ${onStoreError === "open" ? "sends 1 request" : "sends 0"} within 250 ms`,
        () =>
          Effect.gen(function* () {
            const script = new Scripted({})
            const Acme = declare(
              { read: Operation.read("read", { timeout, failures, retry, attempt: script.attempt<string> }) },
              { onStoreError, rate: { calls: RateLimit.tokenBucket({ limit: 5, per: "1 second" }) } }
            )
            yield* Effect.gen(function* () {
              const acme = yield* Acme
              const fiber = yield* Effect.forkChild(Effect.flip(Effect.flip(Effect.exit(acme.read("a")))))
              yield* TestClock.adjust("250 millis")
              const exit = yield* Fiber.join(fiber)
              assert.strictEqual(exit._tag, onStoreError === "open" ? "Success" : "Failure")
              assert.isAtLeast((yield* series("integration.guard_store.errors")) ?? 0, 1)
              assert.strictEqual(Control.of(acme)?.inFlight(), 0)
              if (onStoreError === "open") return
              const rejected = { "error.type": "store_unavailable", "integration.outcome": "rejected" }
              assert.strictEqual(yield* series("integration.operation.duration", rejected), 1)
            }).pipe(Effect.provide(Acme.layer.pipe(Layer.provide(store as Layer.Layer<LimiterStore | BreakerStore>))))
            assert.strictEqual(script.log.length, onStoreError === "open" ? 1 : 0)
          })
      )
    }
  }
})

describe("shared guards", () => {
  it.effect("a trip in one layer opens the circuit of the other, which then probes for itself", () =>
    Effect.gen(function* () {
      const breaker = CircuitBreaker.consecutive({ failures: 1, openMin: "1 second", openMax: "1 second" })
      const one = new Scripted({ fail: broken })
      const two = new Scripted({})
      const First = declare(
        { read: Operation.read("read", { timeout, failures, retry, attempt: one.attempt<string> }) },
        { breaker }
      )
      const Second = declare(
        { read: Operation.read("read", { timeout, failures, retry, attempt: two.attempt<string> }) },
        { breaker }
      )
      const context = yield* Layer.build(MemoryBreaker.layer)
      yield* Effect.gen(function* () {
        const first = yield* First
        const second = yield* Effect.provide(Second, Second.layer.pipe(Layer.provide(Layer.succeedContext(context))))
        const fiber = yield* Effect.forkChild(Effect.exit(first.read("trips")))
        yield* TestClock.adjust(0)
        const error = yield* Effect.flip(second.read("refused"))
        assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "CircuitOpen")
        assert.strictEqual(two.log.length, 0)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* second.read("probe"), "done")
        yield* Fiber.interrupt(fiber)
      }).pipe(Effect.provide(First.layer.pipe(Layer.provide(Layer.succeedContext(context)))))
    })
  )

  it.effect("waits as long as the shared bucket asks, 300 ms, and asks again", () =>
    Effect.gen(function* () {
      const waits = [300, 0]
      const asked: Array<string> = []
      const store = Layer.succeed(
        LimiterStore,
        limiterStore({
          take: ({ cost, key }) =>
            Effect.sync(() => {
              asked.push(`${key} ${cost}`)
              return waits.shift() ?? 0
            })
        })
      )
      const script = new Scripted({})
      const Acme = declare(
        {
          read: Operation.read("read", {
            timeout,
            failures,
            retry,
            cost: { calls: 3 },
            attempt: script.attempt<string>
          })
        },
        { rate: { calls: RateLimit.tokenBucket({ limit: 5, per: "1 second" }) } }
      )
      yield* Effect.gen(function* () {
        const acme = yield* Acme
        const fiber = yield* Effect.forkChild(acme.read("a"))
        yield* TestClock.adjust("300 millis")
        yield* Fiber.join(fiber)
      }).pipe(Effect.provide(Acme.layer.pipe(Layer.provide(store))))
      assert.deepStrictEqual(script.times, [300])
      assert.deepStrictEqual(asked, ["acme/calls 3", "acme/calls 3"])
    })
  )
})
