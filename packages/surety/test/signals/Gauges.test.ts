/** Gauges, waits and keys: what is read when somebody looks. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { FakeExchange, FakeServer, Fault, FaultScript } from "surety/testing"
import { Events } from "../../src/engine/Events.ts"
import { LostCalls } from "../../src/engine/LostCalls.ts"
import { fromClock } from "../../src/engine/Time.ts"
import { series, steady } from "../engine/Scripted.ts"
import { Booth, layerOf, settle, told } from "./Booth.ts"

const serve = (script: FaultScript.FaultScript, headers: Readonly<Record<string, string>> = {}) =>
  FakeServer.make({
    handle: ({ method }) => FakeExchange.json(method === "POST" ? 201 : 200, { id: "a" }, headers),
    script
  })

describe("integration.outcome.unknown", () => {
  it.effect("is 1 after a lost mutation, with its age, and 0 again when a call under its key goes well", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      const add = settle(booth.add({ payload: { id: "a" } }, { idempotencyKey: "order-1" }))
      yield* add
      assert.strictEqual(yield* series("integration.outcome.unknown"), 1)
      const lostAt = yield* series("integration.outcome.unknown.oldest.age")
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual(yield* series("integration.outcome.unknown.oldest.age"), (lostAt ?? 0) + 60)
      yield* add
      assert.strictEqual(yield* series("integration.outcome.unknown"), 0)
      assert.strictEqual(yield* series("integration.outcome.unknown.calls"), 1)
    }).pipe(
      Effect.provide(layerOf(serve(FaultScript.of(Fault.resetAfter, Fault.resetAfter, Fault.resetAfter)))),
      steady(0.5)
    )
  )

  it.effect("is settled by an answer that proves that nothing was applied", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      const add = settle(booth.add({ payload: { id: "a" } }, { idempotencyKey: "order-1" }))
      yield* add
      yield* add
      assert.strictEqual(yield* series("integration.outcome.unknown"), 0)
    }).pipe(
      Effect.provide(
        layerOf(
          serve(
            FaultScript.of(
              Fault.resetAfter,
              Fault.resetAfter,
              Fault.resetAfter,
              Fault.respond(FakeExchange.json(410, {}))
            )
          )
        )
      ),
      steady(0.5)
    )
  )

  it("forgets a key after its retention, one without a key after a day, and never holds more than 10,000", () => {
    const time = fromClock(Effect.runSync(Effect.clockWith(Effect.succeed)))
    const calls = new LostCalls(new Events(Context.empty(), "acme"), "add", time)
    calls.add("a", 0, 3_600_000)
    calls.add(undefined, 1000, Infinity)
    assert.deepStrictEqual([calls.count(2000), calls.oldestMillis(2000)], [2, 2000])
    assert.deepStrictEqual([calls.count(3_600_000), calls.oldestMillis(3_600_000)], [1, 3_599_000])
    assert.strictEqual(calls.count(86_401_000), 0)
    for (let at = 0; at < 10_500; at++) calls.add(`key-${at}`, 0, Infinity)
    assert.strictEqual(calls.count(1), 10_000)
  })
})

describe("integration.idempotency.keys", () => {
  it.effect("counts 1 new key for a call of 3 attempts, none for one that was used before, and 1 conflict", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      yield* settle(booth.add({ payload: { id: "a" } }))
      yield* settle(booth.add({ payload: { id: "a" } }, { idempotencyKey: "k", keyFirstUsedAt: 0 }))
      assert.deepStrictEqual(yield* told("integration.idempotency.keys", "integration.operation.name"), [
        "result=conflict 1",
        "result=new 1"
      ])
    }).pipe(
      Effect.provide(
        layerOf(
          serve(FaultScript.of(Fault.resetAfter, Fault.resetAfter, Fault.ok, Fault.respond(FakeExchange.json(409, {}))))
        )
      ),
      steady(0.5)
    )
  )
})

describe("integration.idempotency.keys of a provider that says more", () => {
  const keys = told("integration.idempotency.keys", "integration.operation.name")
  const stored = { "x-replayed": "true" }

  it.effect("counts 1 answer that was replayed, also one that failed, and none where it says false", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      const add = (idempotencyKey: string) => settle(booth.add({ payload: { id: "a" } }, { idempotencyKey }))
      yield* Effect.all([add("a"), add("b"), add("c"), add("d")], { concurrency: 1 })
      assert.deepStrictEqual(yield* keys, ["result=new 4", "result=replayed 2"])
    }).pipe(
      Effect.provide(
        layerOf(
          serve(
            FaultScript.of(
              Fault.respond(FakeExchange.json(201, { id: "a" }, stored)),
              Fault.respond(FakeExchange.json(402, {}, stored)),
              Fault.respond(FakeExchange.json(201, { id: "a" }, { "x-replayed": "false" })),
              Fault.respond(FakeExchange.json(201, { id: "a" }))
            )
          )
        )
      ),
      steady(0.5)
    )
  )

  it.effect("counts each of 2 answers that an earlier request with the key is still at work, and no conflict", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      yield* settle(booth.add({ payload: { id: "a" } }))
      assert.deepStrictEqual(yield* keys, ["result=in_progress 2", "result=new 1"])
    }).pipe(
      Effect.provide(
        layerOf(
          serve(
            FaultScript.of(
              Fault.respond(FakeExchange.json(425, {})),
              Fault.respond(FakeExchange.json(425, {})),
              Fault.respond(FakeExchange.json(201, { id: "a" }))
            )
          )
        )
      ),
      steady(0.5)
    )
  )

  it.effect("counts 1 key that the provider has forgotten, of which nothing is sent", () => {
    const server = serve(FaultScript.none)
    return Effect.gen(function* () {
      const booth = yield* Booth
      yield* TestClock.adjust("2 hours")
      yield* settle(booth.add({ payload: { id: "a" } }, { idempotencyKey: "k", keyFirstUsedAt: 0 }))
      yield* settle(booth.add({ payload: { id: "a" } }, { idempotencyKey: "" }))
      assert.deepStrictEqual(yield* keys, ["result=expired 1"])
      assert.strictEqual(server.log.count(), 0)
    }).pipe(Effect.provide(layerOf(server)), steady(0.5))
  })
})

describe("integration.cache.requests", () => {
  it.effect("counts 1 hit and 2 misses of a conditional read: the first answer, and one that has changed", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      const get = settle(booth.get({ params: { id: "a" }, query: {} }))
      yield* Effect.replicateEffect(get, 3)
      yield* settle(booth.plain())
      assert.deepStrictEqual(yield* told("integration.cache.requests"), [
        "integration.operation.name=get result=hit 1",
        "integration.operation.name=get result=miss 2"
      ])
    }).pipe(
      Effect.provide(
        layerOf(
          serve(
            FaultScript.of(
              Fault.respond(FakeExchange.json(200, { id: "a" }, { etag: '"1"' })),
              Fault.respond({ status: 304, headers: {}, body: "" }),
              Fault.respond(FakeExchange.json(200, { id: "b" }, { etag: '"2"' })),
              Fault.respond(FakeExchange.json(200, { id: "c" }))
            )
          )
        )
      ),
      steady(0.5)
    )
  )
})

describe("integration.retry.delay", () => {
  it.effect("has the 2 waits of a call of 3 attempts: 50 ms and 100 ms", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      yield* settle(booth.plain())
      assert.strictEqual(yield* series("integration.retry.delay"), 2)
    }).pipe(Effect.provide(layerOf(serve(FaultScript.repeat(Fault.unavailable())))), steady(0.5))
  )
})

describe("integration.retry.suppressed", () => {
  it.effect("counts 1 call whose 3 attempts are used up, and 1 that the circuit stops after its 4th failure", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      yield* settle(booth.plain())
      assert.deepStrictEqual(yield* told("integration.retry.suppressed"), [
        "integration.operation.name=plain reason=attempts 1"
      ])
      yield* settle(booth.plain())
      assert.deepStrictEqual(yield* told("integration.retry.suppressed"), [
        "integration.operation.name=plain reason=attempts 1",
        "integration.operation.name=plain reason=circuit 1"
      ])
    }).pipe(Effect.provide(layerOf(serve(FaultScript.repeat(Fault.unavailable())))), steady(0.5))
  )
})

describe("integration.rate_limit", () => {
  it.effect("measures the wait of the 21st call of 20 a second, and no other", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      const fibers = yield* Effect.forEach(Array.from({ length: 21 }), () => Effect.forkChild(booth.plain()))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.joinAll(fibers)
      assert.deepStrictEqual(yield* told("integration.rate_limit.wait.duration"), ["limit.name=calls 1"])
      assert.deepStrictEqual(yield* told("integration.rate_limit.rejections"), [])
    }).pipe(Effect.provide(layerOf(serve(FaultScript.none))))
  )

  it.effect("counts 3 answers of 429 as the provider's refusals", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      yield* settle(booth.plain())
      assert.deepStrictEqual(yield* told("integration.rate_limit.rejections"), ["source=provider 3"])
    }).pipe(Effect.provide(layerOf(serve(FaultScript.repeat(Fault.respond(FakeExchange.json(429, {})))))), steady(0.5))
  )

  it.effect("says when a bucket starts afresh as soon as a response does, and 0 before", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      assert.strictEqual(yield* series("integration.rate_limit.reset.time", { "limit.name": "daily" }), 0)
      yield* booth.plain()
      assert.strictEqual(yield* series("integration.rate_limit.reset.time", { "limit.name": "daily" }), 3600)
      assert.strictEqual(yield* series("integration.rate_limit.reset.time", { "limit.name": "calls" }), 0)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* series("integration.rate_limit.reset.time", { "limit.name": "daily" }), 0)
    }).pipe(Effect.provide(layerOf(serve(FaultScript.none, { "x-left": "900" }))))
  )
})

describe("integration.quota", () => {
  it.effect("has used, limit and reset time of the bucket of a day, and of no bucket of a second", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      assert.deepStrictEqual(yield* told("integration.quota.limit"), ["quota.name=daily 1000"])
      assert.deepStrictEqual(yield* told("integration.quota.used"), [])
      yield* booth.plain()
      assert.deepStrictEqual(yield* told("integration.quota.used"), ["quota.name=daily 100"])
      assert.deepStrictEqual(yield* told("integration.quota.reset.time"), ["quota.name=daily 3600"])
    }).pipe(Effect.provide(layerOf(serve(FaultScript.none, { "x-left": "900" }))))
  )
})

describe("what does not change", () => {
  it.effect("is there all the same: the limit of concurrency, and the contract that runs", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* series("integration.concurrency.limit"), 7)
      const [info] = yield* told("integration.contract.info")
      assert.match(info ?? "", /^criticality=high hash=[0-9a-f]{14} owner=team-tests version=7 1$/)
    }).pipe(Effect.provide(layerOf(serve(FaultScript.none))))
  )
})
