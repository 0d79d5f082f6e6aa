import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { NotAttempted, OutcomeUnknown, reasonsToStop, RetriesExhausted, type Stopped } from "../../src/CallError.ts"
import * as CallErrorCodec from "../../src/CallErrorCodec.ts"
import * as Failure from "../../src/Failure.ts"
import * as Refusal from "../../src/Refusal.ts"
import { AttemptTimeout, ConnectionLost } from "../../src/TransportFailure.ts"

class RateLimited extends Failure.Tagged<RateLimited>()("RateLimited", {
  retry: "safe",
  fault: "provider",
  fields: { retryAfter: Schema.optional(Schema.Duration) }
}) {}

/** There and back through JSON text, as a queue or a workflow does it. */
const crossed = <A>(schema: Schema.Codec<A, unknown>, value: A): A => {
  const json = Schema.toCodecJson(schema)
  return Schema.decodeUnknownSync(json)(JSON.parse(JSON.stringify(Schema.encodeSync(json)(value)))) as A
}

const exhausted = (retryAt: number | undefined, stopped: Stopped = "attempts") =>
  new RetriesExhausted<RateLimited>({
    operation: "acme.charge",
    reason: new RateLimited({ retryAfter: Duration.seconds(7) }),
    attempts: 3,
    stopped,
    elapsedMillis: 151.4,
    retryAt
  })

const unknown = (last: unknown, attempts = 4) =>
  new OutcomeUnknown<ConnectionLost>({
    operation: "acme.charge",
    reason: new ConnectionLost({ code: "ECONNRESET" }),
    last,
    attempts,
    stopped: "deadline",
    elapsedMillis: 7999.6,
    idempotencyKey: "order-1",
    keyValidUntil: 86_400_000,
    reconcile: "same-key",
    retryAt: undefined
  })

describe("RetriesExhausted", () => {
  it("says how many attempts, how long, why it stopped, what failed last and until when to wait", () => {
    assert.strictEqual(
      exhausted(1_000_000_007_000, "server-wait").message,
      "acme.charge: gave up after 3 attempts in 151 ms (the provider asks for a wait beyond the deadline); not applied. " +
        "Last failure: RateLimited. The provider asks to wait until 2001-09-09T01:46:47.000Z"
    )
  })

  it("says a sentence of its own for each of the 13 reasons to stop", () => {
    const sentences = new Set(reasonsToStop.map((stopped) => exhausted(undefined, stopped).message))
    assert.strictEqual(sentences.size, 13)
    for (const sentence of sentences) assert.notInclude(sentence, "undefined")
  })

  it("has a message for a time that no calendar has", () => {
    assert.include(exhausted(1e18).message, "until +275760-09-13T00:00:00.000Z")
  })

  it("crosses JSON with its reason as a class, with and without retryAt", () => {
    for (const retryAt of [undefined, 5]) {
      const back = crossed(CallErrorCodec.retriesExhausted(RateLimited.schema), exhausted(retryAt))
      assert.instanceOf(back, RetriesExhausted)
      assert.instanceOf(back.reason, RateLimited)
      assert.deepStrictEqual(Duration.toMillis(back.reason.retryAfter ?? Duration.zero), 7000)
      assert.strictEqual(back.retryAt, retryAt)
      assert.strictEqual(back.message, exhausted(retryAt).message)
    }
  })

  it("crosses JSON for any numbers and each reason to stop", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.option(fc.nat(), { nil: undefined }),
        fc.constantFrom(...reasonsToStop),
        (attempts, elapsedMillis, retryAt, stopped) => {
          const reason = new RateLimited({})
          const error = new RetriesExhausted({
            operation: "o",
            reason,
            attempts,
            stopped,
            elapsedMillis: elapsedMillis + 0,
            retryAt
          })
          const back = crossed(CallErrorCodec.retriesExhausted(RateLimited.schema), error)
          assert.strictEqual(back.message, error.message)
          assert.strictEqual(back.attempts, attempts)
        }
      )
    )
  })

  it.effect("is handled by its reason with Effect.catchReason", () =>
    Effect.gen(function* () {
      const call: Effect.Effect<string, RetriesExhausted<RateLimited | ConnectionLost>> = Effect.fail(
        exhausted(undefined)
      )
      const handled = call.pipe(
        Effect.catchReason("RetriesExhausted", "RateLimited", (reason, error) =>
          Effect.succeed(`${reason._tag} after ${error.attempts}`)
        )
      )
      assert.strictEqual(yield* handled, "RateLimited after 3")
    })
  )

  it.effect("becomes its reason with Effect.unwrapReason", () =>
    Effect.gen(function* () {
      const call: Effect.Effect<string, RetriesExhausted<RateLimited>> = Effect.fail(exhausted(undefined))
      const error = yield* Effect.flip(Effect.unwrapReason(call, "RetriesExhausted"))
      assert.instanceOf(error, RateLimited)
    })
  )
})

describe("OutcomeUnknown", () => {
  it("says what may have happened and what to do next", () => {
    assert.strictEqual(
      unknown(undefined, 1).message,
      "acme.charge: the outcome is unknown after 1 attempt in 8000 ms (the next wait does not fit into the deadline). " +
        "The connection was lost after sending (ECONNRESET); the provider may have acted. " +
        "Send the same call again with the same idempotency key to learn the outcome"
    )
  })

  it("gives another advice for each of the 4 ways to reconcile", () => {
    const advice = (["same-key", "repeat", "lookup", "by-hand"] as const).map(
      (reconcile) => new OutcomeUnknown({ ...unknown(undefined), reconcile }).advice
    )
    assert.strictEqual(new Set(advice).size, 4)
  })

  it("crosses JSON with key, validity and a last failure that its codec knows", () => {
    const schema = CallErrorCodec.outcomeUnknown(Schema.Union([ConnectionLost.schema, RateLimited.schema]))
    const back = crossed(schema, unknown(new RateLimited({})))
    assert.instanceOf(back, OutcomeUnknown)
    assert.instanceOf(back.reason, ConnectionLost)
    assert.instanceOf(back.last, RateLimited)
    assert.deepStrictEqual([back.idempotencyKey, back.keyValidUntil, back.retryAt], ["order-1", 86_400_000, undefined])
  })

  it("crosses JSON with the tag and the message of a last failure that its codec does not know", () => {
    const schema = CallErrorCodec.outcomeUnknown(ConnectionLost.schema)
    const back = crossed(schema, unknown(new AttemptTimeout({ timeoutMillis: 2000 })))
    assert.deepStrictEqual(back.last, {
      _tag: "AttemptTimeout",
      message: "No complete answer within 2000 ms; the provider may have acted"
    })
  })

  it.effect("is handled by its reason with Effect.catchReason", () =>
    Effect.gen(function* () {
      const call: Effect.Effect<string, OutcomeUnknown<ConnectionLost | AttemptTimeout>> = Effect.fail(
        unknown(undefined)
      )
      const handled = call.pipe(
        Effect.catchReason("OutcomeUnknown", "ConnectionLost", (reason) => Effect.succeed(reason.code))
      )
      assert.strictEqual(yield* handled, "ECONNRESET")
    })
  )
})

describe("NotAttempted", () => {
  const refusals: ReadonlyArray<readonly [Refusal.Refusal, string]> = [
    [
      new Refusal.CircuitOpen({ retryAfterMillis: 99.2, isolated: false }),
      "The circuit is open; the next probe is allowed in 100 ms"
    ],
    [
      new Refusal.CircuitOpen({ retryAfterMillis: 0, isolated: true }),
      "The circuit was isolated by hand; close it to let calls through"
    ],
    [new Refusal.BulkheadFull({ concurrency: 25, queue: 100 }), "All 25 permits are taken and 100 calls are queued"],
    [
      new Refusal.RateLimitSaturated({ bucket: "account", retryAfterMillis: 9000.1 }),
      'Bucket "account" has no tokens for another 9001 ms, longer than this call may wait'
    ],
    [
      new Refusal.BudgetExhausted({ totalMillis: 8000, waitedFor: "bulkhead" }),
      "The deadline of 8000 ms passed while waiting for the bulkhead"
    ],
    [
      new Refusal.CredentialUnavailable({ credential: "key", why: "the source is down" }),
      'Credential "key" is not available: the source is down'
    ],
    [
      new Refusal.StoreUnavailable({ store: "breaker" }),
      'The breaker store does not answer, and the contract declares onStoreError: "closed"'
    ],
    [new Refusal.KeyRefused({ rule: "it is empty" }), "The idempotency key was refused: it is empty"]
  ]

  it("says that nothing was sent, and why, for each of the 7 refusals", () => {
    for (const [reason, text] of refusals) {
      assert.strictEqual(
        new NotAttempted({ operation: "acme.charge", reason }).message,
        `acme.charge: nothing was sent. ${text}`
      )
    }
  })

  it("crosses JSON with each of the 7 refusals", () => {
    for (const [reason] of refusals) {
      const error = new NotAttempted({ operation: "acme.charge", reason })
      const back = crossed(CallErrorCodec.notAttempted, error)
      assert.instanceOf(back, NotAttempted)
      assert.strictEqual(back.reason._tag, reason._tag)
      assert.strictEqual(back.message, error.message)
    }
  })

  it.effect("is handled by its reason with Effect.catchReason", () =>
    Effect.gen(function* () {
      const call: Effect.Effect<string, NotAttempted> = Effect.fail(
        new NotAttempted({ operation: "o", reason: new Refusal.BulkheadFull({ concurrency: 1, queue: 0 }) })
      )
      const handled = call.pipe(
        Effect.catchReason("NotAttempted", "BulkheadFull", (reason) => Effect.succeed(String(reason.concurrency)))
      )
      assert.strictEqual(yield* handled, "1")
    })
  )
})
