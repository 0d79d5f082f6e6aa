import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Credential, Provider } from "surety"
import { Lifecycle, type Source, StaticSource } from "surety/credential"
import { accepting, declared, Keyed, operations, type Server } from "../http/Keyed.ts"
import { failure, issue, kinds, metrics, Scripted, watched } from "./LifecycleRig.ts"

const provide = (server: Server, source: Source.Source, policy?: Parameters<typeof Lifecycle.layer>[2]) =>
  Keyed.layer.pipe(Layer.provide(Layer.merge(server.layer, Lifecycle.layer(Keyed, source, policy))))

class Open extends Provider.Service<Open>()("tests/Open", {
  ...declared,
  credentials: Credential.none("a test"),
  operations: { look: operations.look }
}) {}

describe("Lifecycle.layer", () => {
  it.effect("gives a provider its credentials under the contract's names: 3 calls, 1 question, 3 uses audited", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const server = accepting(() => "secret-1")
        const source = new Scripted()
        yield* Effect.provide(
          Effect.gen(function* () {
            const keyed = yield* Keyed
            for (let i = 0; i < 3; i++) yield* keyed.look()
          }),
          provide(server, source)
        )
        assert.deepStrictEqual(server.keys(), Array(3).fill("secret-1"))
        assert.strictEqual(source.count, 1)
        assert.deepStrictEqual(
          seen.events.map(({ count, credential, kind, operation, provider }) =>
            [provider, credential, kind, operation, count].filter((part) => part !== undefined).join(" ")
          ),
          [
            "tests/Keyed key requested",
            "tests/Keyed key granted",
            "tests/Keyed key used look 1",
            "tests/Keyed key used look 2"
          ]
        )
      })
    )
  )

  it.effect("B2: a 401 is 1 question and 1 request more: 10 calls at once with a revoked key all succeed", () =>
    watched((seen) =>
      Effect.gen(function* () {
        let good = "sk_1"
        const server = accepting(() => good)
        const source = StaticSource.make({ current: Redacted.make("sk_1"), recheckEvery: "1 hour" })
        yield* Effect.provide(
          Effect.gen(function* () {
            const keyed = yield* Keyed
            yield* keyed.look()
            good = "sk_2"
            yield* source.replace(Redacted.make("sk_2"))
            const fibers = yield* Effect.forEach(Array(10).fill(0), () => Effect.forkChild(keyed.look()))
            yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
            yield* keyed.look()
          }),
          provide(server, source)
        )
        const keys = server.keys()
        assert.strictEqual(keys.filter((key) => key === "sk_2").length, 11)
        // the first call, and at most one request of each call that had the old secret already
        assert.isAtMost(keys.filter((key) => key === "sk_1").length, 11)
        assert.strictEqual(kinds(seen).filter((kind) => kind === "requested").length, 2)
        assert.strictEqual(kinds(seen).filter((kind) => kind === "rejected").length, 1)
      })
    )
  )

  it.effect("B2: a wrong key is CredentialRejected after 1 question, and 100 calls are 100 requests, not 200", () =>
    watched(() =>
      Effect.gen(function* () {
        const server = accepting(() => "another")
        const source = new Scripted(() => issue(1))
        yield* Effect.provide(
          Effect.gen(function* () {
            const keyed = yield* Keyed
            for (let i = 0; i < 100; i++) {
              const failed = yield* Effect.flip(keyed.look())
              assert.include(failed.message, 'The provider refuses credential "key" (status 401)')
            }
          }),
          provide(server, source)
        )
        assert.strictEqual(server.sent.length, 100)
        assert.strictEqual(source.count, 2)
      })
    )
  )

  it.effect("B10: fails with CredentialUnavailable when there is no secret at the start, and not with `lazy`", () =>
    watched(() =>
      Effect.gen(function* () {
        const server = accepting(() => "secret-2")
        const source = new Scripted((_ask, n) => (n === 1 ? failure("unavailable") : issue(n)))
        const failed = yield* Effect.flip(Effect.provide(Keyed, provide(server, source)))
        assert.strictEqual(failed._tag, "CredentialUnavailable")
        assert.include(
          failed.message,
          'tests/Keyed: Credential "key" is not available: source "vault" gives nothing (status 503)'
        )
        const lazy = new Scripted((_ask, n) => issue(n + 1))
        yield* Effect.provide(
          Effect.flatMap(Keyed, (keyed) => {
            assert.strictEqual(lazy.count, 0)
            return keyed.look()
          }),
          provide(server, lazy, { start: "lazy" })
        )
        assert.strictEqual(lazy.count, 1)
        assert.strictEqual(server.sent.length, 1)
      })
    )
  )

  it.effect("A10: fails with ScopeMissing before the first request when an operation needs more than was granted", () =>
    watched(() =>
      Effect.gen(function* () {
        const server = accepting(() => "secret-1")
        const short = new Scripted({ scopes: ["read", "write"] })
        const failed = yield* Effect.flip(Effect.provide(Keyed, provide(server, short)))
        assert.strictEqual(failed._tag, "ScopeMissing")
        assert.strictEqual(failed.message, 'tests/Keyed: Credential "key" was not granted admin; it has read, write')
        assert.strictEqual(server.sent.length, 0)
        for (const scopes of [["read", "admin", "more"], undefined]) {
          const enough = new Scripted(scopes === undefined ? {} : { scopes })
          assert.isTrue(Exit.isSuccess(yield* Effect.exit(Effect.provide(Keyed, provide(server, enough)))))
        }
      })
    )
  )

  it.effect("takes an effect that makes the source, in the layer's scope, and fails with its error", () =>
    watched(() =>
      Effect.gen(function* () {
        const order: Array<string> = []
        const source = new Scripted(
          {},
          Effect.sync(() => void order.push("revoked"))
        )
        const made = Effect.as(
          Effect.addFinalizer(() => Effect.sync(() => order.push("source closed"))),
          source as Source.Source
        )
        const server = accepting(() => "secret-1")
        const layer = Keyed.layer.pipe(
          Layer.provide(Layer.merge(server.layer, Lifecycle.layer(Keyed, made, { onClose: "revoke" })))
        )
        yield* Effect.provide(
          Effect.flatMap(Keyed, (keyed) => keyed.look()),
          layer
        )
        assert.deepStrictEqual(order, ["revoked", "source closed"])
        const broken = Lifecycle.layer(Keyed, Effect.fail("no such file" as const))
        assert.strictEqual(yield* Effect.flip(Effect.scoped(Layer.build(broken))), "no such file")
      })
    )
  )

  it.effect("is a defect for a provider that needs no credential, and for a policy out of bounds", () =>
    Effect.gen(function* () {
      const open = yield* Effect.exit(Effect.scoped(Layer.build(Lifecycle.layer(Open, new Scripted()))))
      assert.include(String(open), "tests/Open: the contract says that it needs no credential")
      for (const policy of [{ skew: 0 }, { issueTimeout: "-1 second" }, { keepAliveEvery: Infinity }] as const) {
        const exit = yield* Effect.exit(
          Effect.scoped(Layer.build(Lifecycle.layer(Keyed, new Scripted(), policy as never)))
        )
        assert.include(String(exit), "must be a finite duration longer than zero")
      }
    })
  )

  it.effect("B6: tells the day on which a static secret is to be rotated: 90 days after it was issued", () =>
    watched(() =>
      Effect.gen(function* () {
        yield* TestClock.adjust("1 day")
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* Layer.build(Lifecycle.layer(Keyed, new Scripted()))
            assert.strictEqual((yield* metrics)["expiry.time manual s"], 91 * 86_400)
          })
        )
      })
    )
  )

  it.effect("B11: gives each provider its own credential: another provider's layer does not satisfy it", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const one = Lifecycle.layer(Keyed, new Scripted())
        // @ts-expect-error Credentials<"tests/Keyed"> is not Credentials<"tests/Other">
        const wrong: Layer.Layer<Provider.Credentials<"tests/Other">, unknown> = one
        assert.strictEqual(wrong, one as never)
        assert.deepStrictEqual(kinds(seen), [])
      })
    )
  )
})
