import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import { inspect } from "node:util"
import * as ClientCredentials from "../src/ClientCredentials.ts"
import * as Dpop from "../src/Dpop.ts"
import * as OidcServer from "./rig/OidcServer.ts"
import * as Rig from "./rig/Rig.ts"

const decode = (part: string | undefined) =>
  JSON.parse(Buffer.from(part ?? "", "base64url").toString()) as Record<string, unknown>
const proofOf = (text: unknown) => {
  const [head, claims] = String(text).split(".")
  return { head: decode(head), claims: decode(claims) }
}
const request = {
  method: "GET",
  origin: "https://api.example",
  path: "/orders?page=2",
  headers: {},
  body: undefined,
  nowMillis: 1_800_000_000_000
}

describe("proof of possession", () => {
  let server: OidcServer.OidcServer
  beforeAll(async () => void (server = await OidcServer.start({ dpopNonce: "required" })))
  afterAll(() => server.close())

  it.live("A13: binds a token to the key: the server wants its nonce once, and then takes every proof", () =>
    Effect.gen(function* () {
      const dpop = yield* Dpop.make
      const source = yield* ClientCredentials.source(Rig.svc(server.issuer, { dpop }), { scopes: [] })
      const before = server.counters.tokenRequests
      yield* source.issue(Rig.start)
      assert.strictEqual(server.counters.tokenRequests - before, 2)
      const issued = yield* source.issue(Rig.start)
      assert.strictEqual(server.counters.tokenRequests - before, 3)
      const token = yield* Effect.promise(() => server.provider.ClientCredentials.find(Redacted.value(issued.secret)))
      assert.strictEqual((token as { readonly jkt?: string } | undefined)?.jkt, dpop.thumbprint)
      const proofs = server.exchanges
        .filter(({ path }) => path === "/token")
        .map(({ headers }) => proofOf(headers["dpop"]))
      assert.strictEqual(new Set(proofs.map(({ claims }) => claims["jti"])).size, proofs.length)
    }).pipe(Effect.provide(Rig.transport))
  )

  it.effect("A13: a proof names method, address without query, time, the token's digest and a fresh number", () =>
    Effect.gen(function* () {
      const dpop = yield* Dpop.make
      const sign = () => Effect.promise(() => dpop.sign(request, Redacted.make("token-1")))
      const headers = yield* sign()
      assert.strictEqual(headers["authorization"], "DPoP token-1")
      const { claims, head } = proofOf(headers["dpop"])
      const { jti, ...rest } = claims
      assert.deepStrictEqual(rest, {
        htm: "GET",
        htu: "https://api.example/orders",
        iat: 1_800_000_000,
        ath: createHash("sha256").update("token-1").digest("base64url")
      })
      assert.strictEqual(head["typ"], "dpop+jwt")
      assert.notProperty(head["jwk"], "d")
      assert.notStrictEqual(jti, proofOf((yield* sign())["dpop"]).claims["jti"])
    })
  )

  it.effect("A13: a nonce of the resource server is taken from any answer, and a challenge asks for 1 more try", () =>
    Effect.gen(function* () {
      const dpop = yield* Dpop.make
      const challenge = { "www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": "n-1" }
      assert.strictEqual(dpop.answered({ status: 401, headers: challenge }), "replay")
      assert.strictEqual(dpop.answered({ status: 200, headers: { "dpop-nonce": "n-2" } }), "no")
      const refused = { "www-authenticate": 'DPoP error="invalid_token"', "dpop-nonce": "n-2" }
      assert.strictEqual(dpop.answered({ status: 401, headers: refused }), "no")
      assert.strictEqual(dpop.answered({ status: 401, headers: { "www-authenticate": "DPoP" } }), "no")
      const headers = yield* Effect.promise(() => dpop.sign(request, Redacted.make("token-1")))
      assert.strictEqual(proofOf(headers["dpop"]).claims["nonce"], "n-2")
    })
  )

  it.effect("A13: a key comes back from its JWK with the same thumbprint, and cannot be taken out", () =>
    Effect.gen(function* () {
      const jwk = yield* Dpop.makeJwk
      const one = yield* Dpop.fromJwk(jwk)
      const two = yield* Dpop.fromJwk(jwk)
      assert.strictEqual(one.thumbprint, two.thumbprint)
      const { d } = JSON.parse(Redacted.value(jwk)) as { readonly d: string }
      assert.notInclude(inspect(one, { depth: 9, showHidden: true }), d)
      const failure = yield* Rig.failureOf(Dpop.fromJwk(Redacted.make('{"kty":"canary"}')))
      assert.notInclude(inspect(failure, { depth: 9, showHidden: true }), "canary")
    })
  )

  it.live("A13: a server that gives a token for everybody is not believed", () =>
    Effect.gen(function* () {
      const dpop = yield* Dpop.make
      const source = yield* ClientCredentials.source(Rig.svc(server.issuer, { dpop }), { scopes: [] })
      const change = (body: Record<string, unknown>) =>
        body["token_type"] === "DPoP" ? { ...body, token_type: "Bearer" } : body
      server.faultAlways({ when: "after", act: { _tag: "change", change } })
      const failure = yield* Rig.failureOf(source.issue(Rig.start))
      server.faultAlways(undefined)
      assert.match(failure.detail, /not bound to the key/)
    }).pipe(Effect.provide(Rig.transport))
  )
})
