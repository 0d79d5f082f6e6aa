import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Transport, type TransportHandler, type WireRequest } from "surety/http/Transport"
import * as Client from "../src/Client.ts"
import * as ClientAuth from "../src/ClientAuth.ts"
import * as ClientCredentials from "../src/ClientCredentials.ts"
import * as Introspection from "../src/Introspection.ts"
import * as RefreshGrant from "../src/RefreshGrant.ts"
import * as Revocation from "../src/Revocation.ts"
import * as OidcServer from "./rig/OidcServer.ts"
import * as Rig from "./rig/Rig.ts"

const wellKnown = "/.well-known/openid-configuration"

describe("a client", () => {
  let server: OidcServer.OidcServer
  beforeAll(async () => void (server = await OidcServer.start()))
  afterAll(() => server.close())

  const token = (client: Client.Client) =>
    Effect.flatMap(ClientCredentials.source(client, { scopes: [] }), (source) => source.issue(Rig.start)).pipe(
      Effect.provide(Rig.transport)
    )
  const discoveries = () => server.exchanges.filter(({ path }) => path === wellKnown).length
  const changed = (change: Readonly<Record<string, unknown>>) =>
    server.faults([{ when: "after", act: { _tag: "change", change: (body) => ({ ...body, ...change }) } }], wellKnown)
  const rejected = (client: Client.Client) =>
    Effect.gen(function* () {
      const before = server.counters.tokenRequests
      const failure = yield* Rig.failureOf(Effect.provide(client.server, Rig.transport))
      assert.strictEqual(failure.reason, "metadata-rejected")
      assert.strictEqual(server.counters.tokenRequests, before)
      return failure
    })

  it.live("A20: metadata of another issuer is rejected", () =>
    Effect.gen(function* () {
      changed({ issuer: "https://evil.example" })
      const failure = yield* rejected(Rig.svc(server.issuer))
      assert.notInclude(failure.message, "evil")
    })
  )

  for (const [name, value] of [
    ["token_endpoint", "https://evil.example/token"],
    ["token_endpoint", "http://evil.example/token"],
    ["authorization_endpoint", "javascript:alert(1)"],
    ["revocation_endpoint", "http://127.0.0.1:1/token/revocation"],
    ["introspection_endpoint", "https://u:p@127.0.0.1/introspect"],
    ["pushed_authorization_request_endpoint", 7]
  ] as const) {
    it.live(`A20: ${name} = ${JSON.stringify(value)} is rejected, and not quoted`, () =>
      Effect.gen(function* () {
        changed({ [name]: value })
        const failure = yield* rejected(Rig.svc(server.issuer))
        assert.include(failure.message, name)
        assert.notInclude(failure.message, "evil")
      })
    )
  }

  it.live("A20: an address on a host that the client allows is taken", () =>
    Effect.gen(function* () {
      changed({ revocation_endpoint: "https://revoke.example/revoke" })
      const client = Rig.svc(server.issuer, { endpointHosts: ["revoke.example"] } as Partial<Client.Options>)
      const found = yield* Effect.provide(client.server, Rig.transport)
      assert.strictEqual(found.revocation_endpoint, "https://revoke.example/revoke")
    })
  )

  it.live("A20: metadata that is not JSON, or is too long, is rejected and not quoted", () =>
    Effect.gen(function* () {
      for (const body of ["canary-in-html", JSON.stringify({ issuer: "canary".repeat(50_000) })]) {
        server.faults([{ when: "before", act: { _tag: "answer", status: 200, body } }], wellKnown)
        assert.notInclude((yield* rejected(Rig.svc(server.issuer))).message, "canary")
      }
    })
  )

  it.effect("metadata is read once in 1 hour, and what was read is used on while the server does not answer", () =>
    Effect.gen(function* () {
      const client = Rig.svc(server.issuer)
      const before = discoveries()
      yield* token(client)
      yield* TestClock.adjust("59 minutes")
      yield* token(client)
      assert.strictEqual(discoveries() - before, 1)
      yield* TestClock.adjust("2 minutes")
      server.faults([{ when: "before", act: { _tag: "answer", status: 500 } }], wellKnown)
      yield* token(client)
      assert.strictEqual(discoveries() - before, 2)
    })
  )

  it.effect("20 who ask at once wait for 1 discovery, also when the first of them gives up", () =>
    Effect.gen(function* () {
      const client = Rig.svc(server.issuer)
      const before = discoveries()
      const first = yield* Effect.forkChild(client.server, { startImmediately: true })
      const others = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 19 }, () => client.server),
          { concurrency: "unbounded" }
        ),
        { startImmediately: true }
      )
      yield* Fiber.interrupt(first)
      assert.strictEqual((yield* Fiber.join(others)).length, 19)
      assert.strictEqual(discoveries() - before, 1)
    }).pipe(Effect.provide(Rig.transport))
  )

  /** A server that takes a request and then says what it is told to, or nothing. */
  const wire = (say: (handler: TransportHandler) => void) => {
    const log = { sent: [] as Array<WireRequest>, cancelled: 0 }
    const send: Transport["send"] = (request, handler) => {
      log.sent.push(request)
      say(handler)
      return { cancel: () => void log.cancelled++, pause: () => {}, resume: () => {} }
    }
    return { log, layer: Layer.succeed(Transport, { send }) }
  }
  const written = () =>
    Client.make({
      clientId: "svc",
      auth: ClientAuth.secretBasic(Redacted.make("svc-secret")),
      metadata: { issuer: "https://id.example", token_endpoint: "https://id.example/token" }
    })
  const ask = (client: Client.Client, layer: Layer.Layer<Transport>) =>
    Effect.flatMap(RefreshGrant.refresh(client), (send) =>
      send({
        accessToken: Redacted.make("a"),
        refreshToken: Redacted.make("r"),
        scopes: undefined,
        issuedAtMillis: 0,
        expiresAtMillis: 0,
        extra: {}
      })
    ).pipe(Effect.provide(layer))

  it.effect("waits 10 seconds for an answer, no longer, and then gives the exchange up", () =>
    Effect.gen(function* () {
      const asked = Promise.withResolvers<void>()
      const { layer, log } = wire((handler) => {
        handler.onHead(200, {})
        asked.resolve()
      })
      const fiber = yield* Effect.forkChild(Rig.failureOf(ask(written(), layer)), { startImmediately: true })
      yield* Effect.promise(() => asked.promise)
      yield* TestClock.adjust("9999 millis")
      assert.strictEqual(log.cancelled, 0)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* Fiber.join(fiber)).outcome, "lost")
      assert.strictEqual(log.cancelled, 1)
    })
  )

  it.effect("an answer over 256 KiB is given up, also by a transport that calls back before it returns", () =>
    Effect.gen(function* () {
      const { layer, log } = wire((handler) => {
        handler.onHead(200, {})
        handler.onData(new Uint8Array(256 * 1024))
        handler.onData(new Uint8Array(1))
        handler.onEnd()
      })
      const failure = yield* Rig.failureOf(ask(written(), layer))
      assert.strictEqual(failure.outcome, "lost")
      assert.match(failure.failure.detail, /longer than it may be/)
      assert.strictEqual(log.cancelled, 1)
    })
  )

  it.effect("a secret is form-encoded, where - . and _ stay, or goes as it is", () =>
    Effect.gen(function* () {
      const secret = Redacted.make("a-b._c+d/e=~")
      for (const [auth, sent] of [
        [ClientAuth.secretBasic(secret), "svc:a-b._c%2Bd%2Fe%3D%7E"],
        [ClientAuth.secretBasicAsItIs(secret), "svc:a-b._c+d/e=~"]
      ] as const) {
        const { layer, log } = wire((handler) => handler.onError({ sent: "no", code: "dns" }))
        const client = Client.make({
          clientId: "svc",
          auth,
          metadata: { issuer: "https://id.example", token_endpoint: "https://id.example/token" }
        })
        yield* Rig.failureOf(ask(client, layer))
        assert.strictEqual(log.sent[0]?.authorize?.()["authorization"], `Basic ${btoa(sent)}`)
      }
    })
  )

  it.effect("the proof of who we are is no part of the request value, and is bound at the last moment", () =>
    Effect.gen(function* () {
      const { layer, log } = wire((handler) => handler.onError({ sent: "no", code: "dns" }))
      const failure = yield* Rig.failureOf(ask(written(), layer))
      assert.strictEqual(failure.outcome, "not-applied")
      assert.notProperty(log.sent[0]?.headers, "authorization")
      assert.strictEqual(log.sent[0]?.authorize?.()["authorization"], `Basic ${btoa("svc:svc-secret")}`)
    })
  )

  it("A21: http that is not on loopback is no issuer and no endpoint", () => {
    const auth = ClientAuth.none
    const make = (metadata: Client.Options["metadata"]) => () =>
      Client.make({ clientId: "a", auth, metadata: metadata! })
    assert.throws(
      () => Client.make({ clientId: "a", auth, issuer: "http://id.example" }),
      RangeError,
      "issuer is not https"
    )
    assert.throws(
      make({ issuer: "https://id.example", token_endpoint: "http://id.example/token" }),
      RangeError,
      "metadata.token_endpoint is not https"
    )
    Client.make({ clientId: "a", auth, issuer: "http://127.0.0.1:8080" })
    make({ issuer: "https://id.example", token_endpoint: "https://token.example/token" })()
  })

  for (const status of [301, 302, 307, 308]) {
    it.live(`A22: a token endpoint that answers ${status} is not followed`, () =>
      Effect.gen(function* () {
        const headers = { location: `${server.issuer}/elsewhere` }
        server.faults([{ when: "before", act: { _tag: "answer", status, headers } }])
        const failure = yield* Rig.failureOf(token(Rig.svc(server.issuer)))
        assert.strictEqual(failure.reason, "misconfigured")
        assert.match(failure.detail, new RegExp(`redirected, status ${status}`))
        assert.isFalse(server.exchanges.some(({ path }) => path === "/elsewhere"))
      })
    )
  }

  it.live("B4: a token is active until it is revoked, and one that nobody knows is as good as revoked", () =>
    Effect.gen(function* () {
      const client = Rig.svc(server.issuer)
      const { secret } = yield* token(client)
      const active = yield* Introspection.introspect(client, secret)
      assert.strictEqual(active._tag === "Active" ? active.clientId : "", "svc")
      yield* Revocation.revoke(client, secret, "access_token")
      assert.deepStrictEqual(yield* Introspection.introspect(client, secret), { _tag: "Inactive" })
      yield* Revocation.revoke(client, Redacted.make("nobody-knows-it"), "refresh_token")
    }).pipe(Effect.provide(Rig.transport))
  )

  it("a secret from a mounted file with its line break is refused, and not quoted", () => {
    assert.throws(() => ClientAuth.secretBasic(Redacted.make("canary\n")), RangeError, "ends in a line break")
  })
})
