import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Client from "../src/Client.ts"
import * as ClientAuth from "../src/ClientAuth.ts"
import * as ClientCredentials from "../src/ClientCredentials.ts"
import * as Introspection from "../src/Introspection.ts"
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
