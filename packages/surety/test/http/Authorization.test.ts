import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Headers from "effect/http/Headers"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { inspect } from "node:util"
import { Credential, Provider } from "surety"
import * as UndiciTransport from "surety/http/undici"
import { declared, operations, Server } from "./Keyed.ts"

const life = { scopes: ["read", "write", "admin"], rotateEvery: "90 days" } as const
const secret = "s3cret-of-the-test"
const ok = () => new Server(() => ({ status: 200 }))

class Queried extends Provider.Service<Queried>()("tests/Queried", {
  ...declared,
  credentials: Credential.legacyQueryKey("api_key", { ...life, because: "their gateway reads nothing else" }),
  operations
}) {}

const signer: { sign: Credential.Sign } = { sign: () => Promise.resolve({}) }
class Signed extends Provider.Service<Signed>()("tests/Signed", {
  ...declared,
  credentials: Credential.signature({
    ...life,
    headers: ["X-Signature"],
    sign: (request, key) => signer.sign(request, key)
  }),
  operations
}) {}

class Unsigned extends Provider.Service<Unsigned>()("tests/Unsigned", {
  ...declared,
  credentials: Credential.signature({ ...life, headers: ["X-Signature"] }),
  operations
}) {}

const signed = (server: Server, sign: Credential.Sign) => {
  signer.sign = sign
  return Layer.provide(Signed.layer, Layer.merge(server.layer, Signed.Credentials.layer(Redacted.make(secret))))
}

describe("a key in the query", () => {
  it.effect("is written by the transport alone: the request value has 0 copies of it", () =>
    Effect.gen(function* () {
      const server = ok()
      yield* Effect.flatMap(Queried, (_) => _.look()).pipe(
        Effect.provide(
          Layer.provide(Queried.layer, Layer.merge(server.layer, Queried.Credentials.layer(Redacted.make(secret))))
        )
      )
      assert.deepStrictEqual(
        server.sent.map(({ path }) => path),
        [`/notes?api_key=${secret}`]
      )
      assert.notInclude(inspect(server.requests, { depth: 9, showHidden: true }), secret)
    })
  )
})

describe("a signature", () => {
  it.effect("is made of the method, the path, the headers and the body that are sent", () =>
    Effect.gen(function* () {
      const server = ok()
      const seen: Array<Credential.Unsigned> = []
      const sign: Credential.Sign = (request, key) => {
        seen.push(request)
        return Promise.resolve({ "x-signature": `${request.method} ${Redacted.value(key).length}` })
      }
      yield* Effect.flatMap(Signed, (_) => _.note({ payload: { note: "a" } })).pipe(
        Effect.provide(signed(server, sign))
      )
      const [request] = seen
      assert.deepStrictEqual(
        [request?.method, request?.origin, request?.path, request?.body],
        ["POST", "https://api.keyed.example", "/notes", '{"note":"a"}']
      )
      assert.isDefined(request?.headers["idempotency-key"])
      assert.strictEqual(server.sent[0]?.headers["x-signature"], `POST ${secret.length}`)
      assert.notInclude(inspect(server.requests, { depth: 9 }), secret)
    })
  )

  it.effect("that cannot be made sends 0 requests, opens no breaker, and quotes nothing", () =>
    Effect.gen(function* () {
      const server = ok()
      const sign: Credential.Sign = (_, key) => Promise.reject(new Error(`bad key ${Redacted.value(key)}`))
      yield* Effect.gen(function* () {
        const service = yield* Signed
        for (let i = 0; i < 5; i++) {
          const error = yield* Effect.flip(service.look())
          assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "CredentialUnavailable")
          assert.include(error.message, "could not be signed")
          assert.notInclude(inspect(error, { depth: 9, showHidden: true }), secret)
        }
        assert.strictEqual(Provider.control(service)?.circuit(), "closed")
        assert.strictEqual(Provider.control(service)?.inFlight(), 0)
      }).pipe(Effect.provide(signed(server, sign)))
      assert.strictEqual(server.sent.length, 0)
    })
  )

  it.effect("that never comes is an attempt timeout, and the permit comes back", () =>
    Effect.gen(function* () {
      const server = ok()
      yield* Effect.gen(function* () {
        const service = yield* Signed
        const fiber = yield* Effect.forkChild(Effect.flip(service.look()))
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "RetriesExhausted")
        assert.strictEqual(Provider.control(service)?.inFlight(), 0)
      }).pipe(Effect.provide(signed(server, () => new Promise(() => {}))))
      assert.strictEqual(server.sent.length, 0)
    })
  )

  it.effect("that comes after the caller has left is not sent", () =>
    Effect.gen(function* () {
      const server = ok()
      const { promise, resolve } = Promise.withResolvers<Readonly<Record<string, string>>>()
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.flatMap(Signed, (_) => _.look()))
        yield* TestClock.adjust("1 millis")
        yield* Fiber.interrupt(fiber)
        resolve({ "x-signature": "late" })
        yield* Effect.promise(() => promise)
        yield* Effect.promise(() => Promise.resolve())
      }).pipe(Effect.provide(signed(server, () => promise)))
      assert.strictEqual(server.sent.length, 0)
    })
  )

  it.effect("that neither the contract nor the source can make is said in words", () =>
    Effect.gen(function* () {
      const layer = Layer.provide(
        Unsigned.layer,
        Layer.merge(ok().layer, Unsigned.Credentials.layer(Redacted.make(secret)))
      )
      const error = yield* Effect.flip(Effect.flatMap(Unsigned, (_) => _.look())).pipe(Effect.provide(layer))
      assert.include(error.message, "its source cannot sign a request")
    })
  )

  it.effect("of the source goes before the contract's", () =>
    Effect.gen(function* () {
      const server = ok()
      const source: Credential.Credentials = {
        current: Effect.succeed(Redacted.make(secret)),
        sign: () => Promise.resolve({ "x-signature": "of the source" })
      }
      const layer = Layer.provide(
        Unsigned.layer,
        Layer.merge(server.layer, Unsigned.Credentials.layerFrom(Effect.succeed(source)))
      )
      yield* Effect.flatMap(Unsigned, (_) => _.look()).pipe(Effect.provide(layer))
      assert.strictEqual(server.sent[0]?.headers["x-signature"], "of the source")
    })
  )
})

describe("the name of a header that carries a credential", () => {
  class Vendor extends Provider.Service<Vendor>()("tests/Vendor", {
    ...declared,
    credentials: Credential.header("X-Tests-Vendor-Key", life),
    operations
  }) {}
  const shown = () => inspect(Headers.fromInput({ "x-tests-vendor-key": secret, "x-other": "kept" }))

  it.effect("is hidden in every fiber and outside of any, from the layer on", () =>
    Effect.gen(function* () {
      assert.include(shown(), secret)
      yield* Effect.asVoid(Vendor).pipe(
        Effect.provide(
          Layer.provide(Vendor.layer, [UndiciTransport.layer, Vendor.Credentials.layer(Redacted.make(secret))])
        )
      )
      assert.notInclude(shown(), secret)
      assert.include(shown(), "kept")
      assert.notInclude(yield* Effect.sync(shown), secret)
      assert.notInclude(yield* Effect.promise(async () => shown()), secret)
    })
  )
})

describe("a contract", () => {
  it("refuses an operation whose scopes its credential does not ask for, and names them", () => {
    assert.throws(
      () =>
        Provider.make("p", {
          ...declared,
          credentials: Credential.bearer({ scopes: ["read"], rotateEvery: "90 days" }),
          operations: { administer: operations.administer }
        }),
      RangeError,
      "p: operations.administer.scopes needs admin, which credentials.scopes does not ask for"
    )
  })
})
