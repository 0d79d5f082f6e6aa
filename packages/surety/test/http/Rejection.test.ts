import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { type Credential, Provider } from "surety"
import { accepting, Keyed, provide, renewing, Server } from "./Keyed.ts"

const look = Effect.flatMap(Keyed, (_) => _.look())
const fixed = (secret: string): Credential.Credentials => ({ current: Effect.succeed(Redacted.make(secret)) })
const attempts = (type: string) =>
  Effect.map(Metric.snapshot, (states) =>
    states
      .filter(({ attributes, id }) => id === "integration.attempts" && attributes?.["attempt.type"] === type)
      .map(({ state }) => (state as Metric.CounterState<number>).count)
      .reduce((sum, count) => sum + Number(count), 0)
  )

describe("a 401", () => {
  it.effect("B2: is followed by 1 renewal and 1 request with the new secret, without a retry", () =>
    Effect.gen(function* () {
      const server = accepting(() => "key-2")
      const { asked, source } = renewing("key-1", "key-2")
      const answer = yield* Effect.provide(look, provide(server, source))
      assert.deepStrictEqual(answer, { note: "x" })
      assert.deepStrictEqual(server.keys(), ["key-1", "key-2"])
      assert.deepStrictEqual(asked, ["look 401 allowed"])
    })
  )

  it.effect("sends a mutation again too, under the same idempotency key", () =>
    Effect.gen(function* () {
      const server = accepting(() => "key-2")
      const { source } = renewing("key-1", "key-2")
      const note = Effect.flatMap(Keyed, (_) => _.note({ payload: { note: "a" } }))
      yield* Effect.provide(note, provide(server, source))
      assert.deepStrictEqual(server.keys(), ["key-1", "key-2"])
      const keys = new Set(server.sent.map(({ headers }) => headers["idempotency-key"]))
      assert.strictEqual(keys.size, 1)
      assert.isDefined([...keys][0])
    })
  )

  it.effect("B2: is CredentialRejected after the 2nd one, and no 3rd request is made", () =>
    Effect.gen(function* () {
      const server = accepting(() => "key-9")
      const { asked, source } = renewing("key-1", "key-2", "key-3")
      const error = yield* Effect.provide(Effect.flip(look), provide(server, source))
      assert.deepStrictEqual(server.keys(), ["key-1", "key-2"])
      assert.deepStrictEqual(asked, ["look 401 allowed", "look 401 done"])
      assert.strictEqual(error._tag, "NotAttempted")
      assert.strictEqual(
        error.message,
        'tests/Keyed.look: turned away. The provider refuses credential "key" (status 401), also after it was renewed; check that it is the right one, and that it was not revoked'
      )
    })
  )

  it.effect("is CredentialRejected at once where nothing can be renewed", () =>
    Effect.gen(function* () {
      const server = accepting(() => "key-9")
      const error = yield* Effect.provide(Effect.flip(look), provide(server, fixed("key-1")))
      assert.strictEqual(server.sent.length, 1)
      assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "CredentialRejected")
      assert.notInclude(error.message, "renewed")
    })
  )

  it.effect("keeps its own tag where the operation declares one", () =>
    Effect.gen(function* () {
      const server = accepting(() => "key-9")
      const { source } = renewing("key-1", "key-2")
      const note = Effect.flatMap(Keyed, (_) => _.note({ payload: { note: "a" } }))
      const error = yield* Effect.provide(Effect.flip(note), provide(server, source))
      assert.strictEqual(error._tag, "WrongKey")
      assert.deepStrictEqual(server.keys(), ["key-1", "key-2"])
    })
  )

  it.effect("can be any other answer that the failure declares: 419 is renewed like a 401", () =>
    Effect.gen(function* () {
      const server = new Server((_, count) => ({ status: count === 1 ? 419 : 200 }))
      const { asked, source } = renewing("key-1", "key-2")
      yield* Effect.provide(
        Effect.flatMap(Keyed, (_) => _.note({ payload: { note: "a" } })),
        provide(server, source)
      )
      assert.deepStrictEqual(server.keys(), ["key-1", "key-2"])
      assert.deepStrictEqual(asked, ["note 419 allowed"])
    })
  )

  it.effect("of an SDK renews its client's secret", () =>
    Effect.gen(function* () {
      const { asked, source } = renewing("key-1", "key-22")
      const watch = Effect.flatMap(Keyed, (_) => _.watch("key-22"))
      const length = yield* Effect.provide(
        watch,
        provide(
          accepting(() => ""),
          source
        )
      )
      assert.strictEqual(length, 6)
      assert.deepStrictEqual(asked, ["watch - allowed"])
    })
  )

  it.effect("never opens a breaker of 2 failures, and takes nothing from the retry budget: 20 calls are all sent", () =>
    Effect.gen(function* () {
      const server = accepting(() => "key-9")
      yield* Effect.gen(function* () {
        const keyed = yield* Keyed
        for (let i = 0; i < 20; i++) yield* Effect.flip(keyed.look())
        assert.strictEqual(Provider.control(keyed)?.circuit(), "closed")
        assert.strictEqual(yield* attempts("retry"), 0)
        assert.strictEqual(yield* attempts("original"), 20)
      }).pipe(Effect.provide(provide(server, fixed("key-1"))))
      assert.strictEqual(server.sent.length, 20)
    })
  )

  it.effect("after a retry leaves the matrix its 2 attempts: 503, 401, replay, and a success", () =>
    Effect.gen(function* () {
      const replies = [503, 401, 200]
      const server = new Server((_, count) => ({ status: replies[count - 1] ?? 500 }))
      const { source } = renewing("key-1", "key-2")
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(look)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* Fiber.join(fiber), { note: "x" })
        assert.deepStrictEqual(
          [yield* attempts("original"), yield* attempts("retry"), yield* attempts("auth_replay")],
          [1, 1, 1]
        )
      }).pipe(Effect.provide(provide(server, source)))
      assert.deepStrictEqual(server.keys(), ["key-1", "key-1", "key-2"])
    })
  )

  it.effect("whose renewal hangs ends the call at its deadline of 5 s", () =>
    Effect.gen(function* () {
      const server = accepting(() => "key-2")
      const source = { ...fixed("key-1"), rejected: () => Effect.never }
      const fiber = yield* Effect.forkChild(Effect.provide(Effect.flip(look), provide(server, source)))
      yield* TestClock.adjust("6 seconds")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "BudgetExhausted")
      assert.strictEqual(server.sent.length, 1)
    })
  )

  it.effect("whose renewal dies is a refusal, not a defect", () =>
    Effect.gen(function* () {
      const source = { ...fixed("key-1"), rejected: () => Effect.die(new Error("the vault quotes key-1")) }
      const error = yield* Effect.provide(
        Effect.flip(look),
        provide(
          accepting(() => "key-2"),
          source
        )
      )
      assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "CredentialRejected")
    })
  )

  it.effect("holds no permit while the secret is renewed: 2 permits, 3 calls wait at once", () =>
    Effect.gen(function* () {
      const server = accepting(() => "key-2")
      const source: Credential.Credentials = {
        ...fixed("key-1"),
        rejected: () => Effect.delay(Effect.succeed({ _tag: "Replay", secret: Redacted.make("key-2") } as const), 100)
      }
      const keyed = Effect.gen(function* () {
        const all = yield* Effect.forkChild(Effect.all([look, look, look], { concurrency: "unbounded" }))
        yield* TestClock.adjust("50 millis")
        const service = yield* Keyed
        assert.strictEqual(server.sent.length, 3)
        assert.strictEqual(Provider.control(service)?.inFlight(), 0)
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(all)
      })
      yield* Effect.provide(keyed, provide(server, source))
      assert.strictEqual(server.sent.length, 6)
    })
  )
})

describe("a proof that the provider wants made anew", () => {
  it.effect("A13: is sent again once with the same secret, and a renewal may still follow", () =>
    Effect.gen(function* () {
      const first = Redacted.make("key-1")
      const second = Redacted.make("key-2")
      const replies = [401, 401, 200]
      const server = new Server((_, count) => ({ status: replies[count - 1] ?? 500 }))
      const asked: Array<string> = []
      const source: Credential.Credentials = {
        current: Effect.succeed(first),
        rejected: (_secret, _answer, _operation, refresh) => {
          asked.push(refresh)
          return Effect.succeed({ _tag: "Replay", secret: asked.length === 1 ? first : second } as const)
        }
      }
      yield* Effect.provide(look, provide(server, source))
      assert.deepStrictEqual(asked, ["allowed", "allowed"])
      assert.deepStrictEqual(server.keys(), ["key-1", "key-1", "key-2"])
    })
  )

  it.effect("is not sent a 3rd time for the same reason", () =>
    Effect.gen(function* () {
      const first = Redacted.make("key-1")
      const server = new Server(() => ({ status: 401 }))
      const source: Credential.Credentials = {
        current: Effect.succeed(first),
        rejected: () => Effect.succeed({ _tag: "Replay", secret: first } as const)
      }
      yield* Effect.provide(Effect.flip(look), provide(server, source))
      assert.strictEqual(server.sent.length, 2)
    })
  )
})

describe("a source", () => {
  it.effect("is told of each use and each answer, and what it throws changes nothing", () =>
    Effect.gen(function* () {
      const used: Array<string> = []
      const answered: Array<number | undefined> = []
      const source: Credential.Credentials = {
        ...fixed("key-1"),
        used: (secret, operation) => {
          used.push(`${operation} ${Redacted.value(secret)}`)
          throw new Error("a full disk")
        },
        answered: ({ status }) => void answered.push(status)
      }
      yield* Effect.provide(
        look,
        provide(
          accepting(() => "key-1"),
          source
        )
      )
      assert.deepStrictEqual(used, ["look key-1"])
      assert.deepStrictEqual(answered, [200])
    })
  )

  it.effect("A10: that was granted too little is ScopeMissing before the 1st request, for that operation alone", () =>
    Effect.gen(function* () {
      const server = accepting(() => "key-1")
      const source = { ...fixed("key-1"), granted: () => ["read"] }
      yield* Effect.gen(function* () {
        const keyed = yield* Keyed
        const error = yield* Effect.flip(keyed.administer())
        assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "ScopeMissing")
        assert.include(error.message, 'Credential "key" was not granted admin; it has read')
        assert.strictEqual(server.sent.length, 0)
        yield* keyed.look()
      }).pipe(Effect.provide(provide(server, source)))
      assert.strictEqual(server.sent.length, 1)
    })
  )

  it.effect("that does not know what it was granted is believed", () =>
    Effect.gen(function* () {
      const source = { ...fixed("key-1"), granted: () => undefined }
      yield* Effect.provide(
        Effect.flatMap(Keyed, (_) => _.administer()),
        provide(
          accepting(() => "key-1"),
          source
        )
      )
    })
  )
})

describe("a layer of the fake", () => {
  it.effect("has its own key, which nobody renews", () =>
    Effect.gen(function* () {
      const layer = Layer.provide(
        Keyed.layer,
        Layer.merge(accepting(() => "key-1").layer, Keyed.Credentials.layer(Redacted.make("key-1")))
      )
      assert.deepStrictEqual(yield* Effect.provide(look, layer), { note: "x" })
    })
  )
})
