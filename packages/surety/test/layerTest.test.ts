/** Handlers in place of a provider: no engine, no policy, nothing needed. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import {
  Backoff,
  Credential,
  Degradation,
  Failure,
  Idempotency,
  Paging,
  Provider,
  RateLimit,
  RetryMatrix
} from "surety"
import { HttpOperation } from "surety/http"

class Declined extends Failure.Tagged<Declined>()("Declined", { retry: "never", fault: "caller" }) {}

const quick = Backoff.exponential({ base: "50 millis", cap: "1 second", maxAttempts: 2, jitter: "full" })
const policy = { timeout: { attempt: "1 second", total: "4 seconds" }, retry: RetryMatrix.transport(quick) } as const
const Page = Schema.Struct({ items: Schema.Array(Schema.Int), next: Schema.optional(Schema.Int) })

class Till extends Provider.Service<Till>()("test/Till", {
  baseUrl: "https://till.example",
  owner: "team-till",
  criticality: "low",
  degradation: Degradation.fail,
  slo: { availability: 0.9, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 1, queue: 0 },
  credentials: Credential.bearer({ scopes: ["charge"], rotateEvery: "90 days" }),
  version: { unversioned: "a test", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/till",
  operations: {
    charge: HttpOperation.mutation(
      HttpApiEndpoint.post("charge", "/charges", {
        payload: Schema.Struct({ amount: Schema.Int }),
        success: Schema.Int
      }),
      {
        ...policy,
        failures: [Declined.wire(402)],
        idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "1 hour" }),
        retry: { ...policy.retry, Declined: Backoff.never }
      }
    ),
    list: HttpOperation.read(
      HttpApiEndpoint.get("list", "/charges", { query: { from: Schema.optional(Schema.Int) }, success: Page }),
      {
        ...policy,
        failures: [],
        pages: Paging.rule({
          items: (page) => page.items,
          next: (page) => (page.next === undefined ? undefined : { query: { from: page.next } })
        })
      }
    )
  }
}) {}

const key = { idempotencyKey: "order-1" }

describe("layerTest", () => {
  it.effect("answers 3 calls at once from 1 handler, where the contract allows 1", () =>
    Effect.gen(function* () {
      const till = yield* Till
      const charge = (amount: number) => till.charge({ payload: { amount } }, key)
      const answers = yield* Effect.all([charge(1), charge(2), charge(3)], { concurrency: "unbounded" })
      assert.deepStrictEqual(answers, [10, 20, 30])
      const { metadata, value } = yield* till.charge.detailed({ payload: { amount: 4 } }, key)
      assert.deepStrictEqual([value, metadata.operation, metadata.attempts], [40, "charge", 0])
    }).pipe(
      Effect.provide(Till.layerTest({ charge: ({ payload }) => Effect.as(Effect.yieldNow, payload.amount * 10) }))
    )
  )

  it.effect("fails with what the handler fails with, by its tag, after 1 try", () => {
    let tried = 0
    return Effect.gen(function* () {
      const till = yield* Till
      const caught = till
        .charge({ payload: { amount: 1 } }, key)
        .pipe(Effect.catchTag("Declined", () => Effect.succeed(-1)))
      assert.strictEqual(yield* caught, -1)
      assert.strictEqual(tried, 1)
    }).pipe(
      Effect.provide(
        Till.layerTest({
          charge: () =>
            Effect.suspend(() => {
              tried++
              return Effect.fail(new Declined())
            })
        })
      )
    )
  })

  it.effect("walks 2 pages of a handler", () =>
    Effect.gen(function* () {
      const till = yield* Till
      assert.deepStrictEqual(yield* Stream.runCollect(till.list.items({ query: {} })), [1, 2, 3])
    }).pipe(
      Effect.provide(
        Till.layerTest({
          list: ({ query }) => Effect.succeed(query.from === undefined ? { items: [1, 2], next: 2 } : { items: [3] })
        })
      )
    )
  )

  it.effect("dies, and names the operation, where there is no handler", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.flatMap(Till, (till) => till.list({ query: {} })))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      assert.include(
        Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "",
        "test/Till.list: layerTest was given no handler"
      )
    }).pipe(Effect.provide(Till.layerTest({})))
  )
})
