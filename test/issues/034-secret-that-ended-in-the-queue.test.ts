// A call that waited for a permit or for tokens is sent with the secret that is good when it is sent.
//
// It was sent with the one that was good when it began to wait: after its end, after its replacement, and after it was
// revoked.
import { assert, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { TestClock } from "effect/testing"
import { Credential, Degradation, Provider, RateLimit, RetryMatrix } from "surety"
import { Lifecycle, Source } from "surety/credential"
import * as HttpOperation from "surety/http/HttpOperation"
import { Transport } from "surety/http/Transport"
import { idle, answer } from "./Shop.ts"

const declared = {
  baseUrl: "https://api.narrow.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  credentials: Credential.bearer({ scopes: [], expires: "after 20 seconds" }),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/narrow",
  operations: {
    get: HttpOperation.read(HttpApiEndpoint.get("get", "/a", { success: Schema.Struct({ id: Schema.String }) }), {
      timeout: { attempt: "30 seconds", total: "2 minutes" },
      failures: [],
      retry: RetryMatrix.transportNever
    })
  }
} as const

class OnePermit extends Provider.Service<OnePermit>()("tests/OnePermit", {
  ...declared,
  limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 1 }
}) {}

class OneToken extends Provider.Service<OneToken>()("tests/OneToken", {
  ...declared,
  limits: { rate: { calls: RateLimit.tokenBucket({ limit: 1, per: "25 seconds" }) }, concurrency: 10 }
}) {}

/** Gives `key-1`, `key-2`, … of 20 s each, as often as it may. */
const issuer = (times: number) => {
  let given = 0
  return {
    name: "issuer",
    issue: () =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        given++ < times
          ? Effect.succeed({
              secret: Redacted.make(`key-${given}-0123456789`),
              version: String(given),
              issuedAtMillis: now,
              expiresAtMillis: now + 20_000
            })
          : Effect.fail(new Source.SourceFailure({ reason: "unavailable", detail: "no more" }))
      )
  } satisfies Source.Source
}

/** Answers each request after 25 s; `refusals` of them at once, with a 401. */
const slow = (sent: Array<string>, refusals = 0) =>
  Layer.effect(
    Transport,
    Effect.map(Effect.context<never>(), (context) => ({
      send: (request, handler) => {
        sent.push((request.authorize?.()["authorization"] ?? "").slice(7, 12))
        if (sent.length <= refusals) {
          queueMicrotask(() => {
            handler.onHead(401, {})
            handler.onEnd()
          })
          return idle
        }
        const fiber = Effect.runForkWith(context)(
          Effect.andThen(
            Effect.sleep("25 seconds"),
            Effect.sync(() => answer(handler))
          )
        )
        return { ...idle, cancel: () => fiber.interruptUnsafe() }
      }
    }))
  )

interface Narrow {
  readonly get: OnePermit["Service"]["get"] & OneToken["Service"]["get"]
  readonly inFlight: () => number | undefined
}
type Use = (narrow: Narrow) => Effect.Effect<void, unknown>
const narrowOf = ({ get }: OnePermit["Service"] | OneToken["Service"], inFlight: Narrow["inFlight"]): Narrow => ({
  get: get as Narrow["get"],
  inFlight
})

const permit = (sent: Array<string>, source: Source.Source, use: Use, refusals = 0) =>
  Effect.flatMap(OnePermit, (it) => use(narrowOf(it, () => Provider.control(it)?.inFlight()))).pipe(
    Effect.provide(
      OnePermit.layer.pipe(Layer.provide(Layer.merge(Lifecycle.layer(OnePermit, source), slow(sent, refusals))))
    )
  )
const token = (sent: Array<string>, source: Source.Source, use: Use) =>
  Effect.flatMap(OneToken, (it) => use(narrowOf(it, () => Provider.control(it)?.inFlight()))).pipe(
    Effect.provide(OneToken.layer.pipe(Layer.provide(Layer.merge(Lifecycle.layer(OneToken, source), slow(sent)))))
  )

for (const [what, over] of [
  ["permit", permit],
  ["token", token]
] as const) {
  it.effect(`S14: 25 s after it began to wait for a ${what}, a call is sent with key-2`, () => {
    const sent: Array<string> = []
    return over(sent, issuer(9), (narrow) =>
      Effect.gen(function* () {
        const calls = yield* Effect.forkChild(Effect.all([narrow.get(), narrow.get()], { concurrency: 2 }), {
          startImmediately: true
        })
        yield* TestClock.adjust("50 seconds")
        assert.strictEqual((yield* Fiber.join(calls)).length, 2)
        assert.deepStrictEqual(sent, ["key-1", "key-2"])
        assert.strictEqual(narrow.inFlight(), 0)
      })
    )
  })

  it.effect(`S14: a call that waits for a ${what} while the source ends is not sent`, () => {
    const sent: Array<string> = []
    return over(sent, issuer(1), (narrow) =>
      Effect.gen(function* () {
        yield* Effect.forkChild(narrow.get(), { startImmediately: true })
        const second = yield* Effect.forkChild(narrow.get(), { startImmediately: true })
        yield* TestClock.adjust("50 seconds")
        const exit = yield* Fiber.await(second)
        const error = Exit.isFailure(exit)
          ? exit.cause.reasons.find((reason) => reason._tag === "Fail")?.error
          : undefined
        assert.strictEqual(error?._tag === "NotAttempted" && error.reason._tag, "CredentialUnavailable")
        assert.deepStrictEqual(sent, ["key-1"])
        assert.strictEqual(narrow.inFlight(), 0)
      })
    )
  })

  it.effect(`S14: a call that left while it looked for its secret again gives its ${what} back`, () => {
    const sent: Array<string> = []
    const source = issuer(9)
    let asked = 0
    const stalling: Source.Source = { ...source, issue: () => (asked++ === 1 ? Effect.never : source.issue()) }
    return over(sent, stalling, (narrow) =>
      Effect.gen(function* () {
        yield* Effect.forkChild(narrow.get(), { startImmediately: true })
        const second = yield* Effect.forkChild(narrow.get(), { startImmediately: true })
        yield* TestClock.adjust("26 seconds")
        yield* Fiber.interrupt(second)
        assert.strictEqual(narrow.inFlight(), 0)
        // the question that stalls is cut off by then
        yield* TestClock.adjust("15 seconds")
        const third = yield* Effect.forkChild(narrow.get(), { startImmediately: true })
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(third)
        assert.deepStrictEqual(sent, ["key-1", "key-2"])
      })
    )
  })
}

it.effect("S14: a call whose key-1 was refused, and that waits 25 s for its permit again, is sent with key-3", () => {
  const sent: Array<string> = []
  return permit(
    sent,
    issuer(9),
    (narrow) =>
      Effect.gen(function* () {
        const calls = yield* Effect.forkChild(Effect.all([narrow.get(), narrow.get()], { concurrency: 2 }), {
          startImmediately: true
        })
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(calls)
        assert.deepStrictEqual(sent, ["key-1", "key-1", "key-3"])
        assert.strictEqual(narrow.inFlight(), 0)
      }),
    1
  )
})
