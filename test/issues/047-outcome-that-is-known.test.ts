// A mutation whose outcome somebody has found out no longer counts as unknown.
//
// A call without a key could be settled by nothing: `integration.outcome.unknown`, and the page over it, stayed for a day
// after somebody had looked. An operation that may simply be sent again was counted just as long.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import {
  Backoff,
  Credential,
  Degradation,
  Idempotency,
  Operation,
  Provider,
  RateLimit,
  RetryMatrix,
  TransportFailure
} from "surety"

const once = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 1, jitter: "full" })
const declared = {
  timeout: { attempt: "1 second", total: "2 seconds" },
  failures: [],
  attempt: (_id: string) => Effect.fail(new TransportFailure.ConnectionLost({ code: "reset" }))
} as const

class Post extends Provider.Service<Post>()("tests/Post", {
  baseUrl: "https://api.post.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 10 },
  credentials: Credential.none("a test"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/post",
  operations: {
    mail: Operation.mutation("mail", {
      ...declared,
      retry: RetryMatrix.transportNever,
      idempotency: Idempotency.acceptRisk("a lost mail is written again")
    }),
    pay: Operation.mutation("pay", {
      ...declared,
      retry: RetryMatrix.transport(once),
      idempotency: Idempotency.key({ header: "Idempotency-Key", source: "generated", retainedFor: "7 days" })
    }),
    move: Operation.mutation("move", {
      ...declared,
      retry: RetryMatrix.transport(once),
      idempotency: Idempotency.natural("whoever has moved has moved")
    })
  }
}) {}

const unknown = Effect.map(Metric.snapshot, (all) =>
  Object.fromEntries(
    all
      .filter(({ id }) => id === "integration.outcome.unknown")
      .map(({ attributes, state }) => [
        attributes?.["integration.operation.name"],
        "value" in state ? Number(state.value) : undefined
      ])
  )
)

it.effect(
  "counts 2 lost mails and 2 lost payments until each is settled, and no operation that may be sent again",
  () =>
    Effect.gen(function* () {
      const post = yield* Post
      const control = Provider.control(post)
      const calls: ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string }>> = [
        post.mail("a"),
        post.mail("b"),
        post.pay("a", { idempotencyKey: "a" }),
        post.pay("b"),
        post.move("a")
      ]
      for (const call of calls) assert.strictEqual((yield* Effect.flip(call))._tag, "OutcomeUnknown")
      assert.deepStrictEqual(yield* unknown, { mail: 2, pay: 2 })
      assert.strictEqual(control?.settle("pay", "a"), 1)
      assert.strictEqual(control?.settle("pay", "a"), 0)
      assert.deepStrictEqual(yield* unknown, { mail: 2, pay: 1 })
      assert.strictEqual(control?.settleAll("mail"), 2)
      assert.strictEqual(control?.settleAll("pay"), 1)
      assert.strictEqual(control?.settleAll("move"), 0)
      assert.deepStrictEqual(yield* unknown, { mail: 0, pay: 0 })
      // @ts-expect-error the contract has no such operation
      assert.strictEqual(control?.settleAll("mial"), 0)
    }).pipe(Effect.provide(Post.layer), Effect.provideService(Metric.MetricRegistry, new Map()))
)
