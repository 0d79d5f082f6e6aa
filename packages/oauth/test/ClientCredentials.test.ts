import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import type { Source } from "surety/credential/Source"
import * as ClientAuth from "../src/ClientAuth.ts"
import * as ClientCredentials from "../src/ClientCredentials.ts"
import * as PrivateKey from "../src/PrivateKey.ts"
import * as OidcServer from "./rig/OidcServer.ts"
import * as Rig from "./rig/Rig.ts"

const keys = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  EdDSA: { name: "Ed25519" }
} as const

const pairOf = async (algorithm: keyof typeof keys) => {
  const pair = (await crypto.subtle.generateKey(keys[algorithm], true, ["sign", "verify"])) as CryptoKeyPair
  const bytes = Buffer.from(await crypto.subtle.exportKey("pkcs8", pair.privateKey)).toString("base64")
  return {
    pem: `-----BEGIN PRIVATE KEY-----\n${bytes.replace(/(.{64})/g, "$1\n")}\n-----END PRIVATE KEY-----\n`,
    jwk: JSON.stringify(await crypto.subtle.exportKey("jwk", pair.privateKey)),
    public: { ...(await crypto.subtle.exportKey("jwk", pair.publicKey)), kid: `kid-${algorithm}`, use: "sig" }
  }
}
type CryptoKeyPair = { readonly privateKey: never; readonly publicKey: never }

describe("client credentials", () => {
  let server: OidcServer.OidcServer
  let pairs: Record<keyof typeof keys, Awaited<ReturnType<typeof pairOf>>>
  beforeAll(async () => {
    pairs = { ES256: await pairOf("ES256"), RS256: await pairOf("RS256"), EdDSA: await pairOf("EdDSA") }
    server = await OidcServer.start({
      accessTokenSeconds: 90,
      configuration: {
        clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        enabledJWA: { clientAuthSigningAlgValues: ["ES256", "RS256", "EdDSA", "Ed25519"] } as never
      },
      clients: [
        {
          client_id: "post",
          client_secret: "post-secret",
          token_endpoint_auth_method: "client_secret_post",
          grant_types: ["client_credentials"],
          response_types: [],
          redirect_uris: [],
          id_token_signed_response_alg: "ES256"
        },
        ...(["ES256", "RS256", "EdDSA"] as const).map((algorithm) => ({
          client_id: algorithm,
          token_endpoint_auth_method: "private_key_jwt" as const,
          jwks: { keys: [pairs[algorithm].public as never] },
          grant_types: ["client_credentials"],
          response_types: [],
          redirect_uris: [],
          id_token_signed_response_alg: "ES256" as const
        }))
      ]
    })
  })
  afterAll(() => server.close())

  const issue = (client: Parameters<typeof ClientCredentials.source>[0], options: ClientCredentials.Options) =>
    Effect.flatMap(ClientCredentials.source(client, options), (source) => source.issue(Rig.start)).pipe(
      Effect.provide(Rig.transport)
    )

  it.live("A10: sends the scopes and the resource, and gives a token of 90 seconds with what was granted", () =>
    Effect.gen(function* () {
      const issued = yield* issue(Rig.svc(server.issuer), { scopes: ["read"], resource: OidcServer.resource })
      const sent = server.exchanges.findLast(({ path }) => path === "/token")
      assert.strictEqual(sent?.form["resource"], OidcServer.resource)
      assert.strictEqual(sent?.form["scope"], "read")
      assert.deepStrictEqual(issued.scopes, ["read"])
      assert.strictEqual((issued.expiresAtMillis ?? 0) - issued.issuedAtMillis, 90_000)
      assert.isTrue(yield* Effect.promise(() => server.isActive(Redacted.value(issued.secret))))
    })
  )

  it.live("A10: a resource that the server does not know is misconfigured, with invalid_target and status 400", () =>
    Effect.gen(function* () {
      const failure = yield* Rig.failureOf(issue(Rig.svc(server.issuer), { scopes: [], resource: "urn:api:other" }))
      assert.strictEqual(failure.reason, "misconfigured")
      assert.match(failure.detail, /status 400, invalid_target/)
    })
  )

  it.live("a wrong secret is rejected, and the failure shows nothing of it", () =>
    Effect.gen(function* () {
      const auth = ClientAuth.secretBasic(Redacted.make("wrong-secret"))
      const failure = yield* Rig.failureOf(issue(Rig.svc(server.issuer, { auth }), { scopes: [] }))
      assert.strictEqual(failure.reason, "rejected")
      assert.notInclude(inspect(failure, { depth: 9, showHidden: true }), "wrong-secret")
    })
  )

  it.live("B1: a client secret that was rotated is taken from its source again, and 1 request is sent with it", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const own: Source = {
        name: "vault",
        issue: (ask) => {
          asked.push(ask.because)
          const issued = {
            secret: Redacted.make(ask.rejected.has("1") ? OidcServer.secrets.svc : "old-secret-of-svc"),
            version: ask.rejected.has("1") ? "2" : "1",
            issuedAtMillis: 0
          }
          return Effect.succeed(issued)
        }
      }
      const before = server.counters.tokenRequests
      yield* issue(Rig.svc(server.issuer, { auth: ClientAuth.secretBasic(own) }), { scopes: [] })
      assert.deepStrictEqual(asked, ["start", "rejected"])
      assert.strictEqual(server.counters.tokenRequests - before, 2)
    })
  )

  it.live("A19: a secret in the form authenticates", () =>
    Effect.gen(function* () {
      const auth = ClientAuth.secretPost(Redacted.make("post-secret"))
      yield* issue(Rig.svc(server.issuer, { clientId: "post", auth }), { scopes: [] })
      const sent = server.exchanges.findLast(({ path }) => path === "/token")
      assert.strictEqual(sent?.headers["authorization"], undefined)
    })
  )

  for (const algorithm of ["ES256", "RS256", "EdDSA"] as const) {
    it.live(
      `A19: an assertion signed with ${algorithm} authenticates, from a PEM and from a JWK, and is fresh each time`,
      () =>
        Effect.gen(function* () {
          const keyId = `kid-${algorithm}`
          const fromPem = yield* PrivateKey.fromPem(Redacted.make(pairs[algorithm].pem), { algorithm, keyId })
          const fromJwk = yield* PrivateKey.fromJwk(Redacted.make(pairs[algorithm].jwk), { algorithm, keyId })
          for (const key of [fromPem, fromJwk]) {
            assert.isFalse(key.key.extractable)
            const auth = ClientAuth.privateKeyJwt(key)
            yield* issue(Rig.svc(server.issuer, { clientId: algorithm, auth }), { scopes: [] })
          }
          const sent = server.exchanges.slice(-2).map(({ form }) => form["client_assertion"])
          assert.notStrictEqual(sent[0], sent[1])
        })
    )
  }

  it.live("a key that cannot be read is misconfigured, and the failure shows nothing of it", () =>
    Effect.gen(function* () {
      const text = "-----BEGIN PRIVATE KEY-----\nQ0FOQVJZ\n-----END PRIVATE KEY-----"
      const options = { algorithm: "ES256" } as const
      const pem = yield* Rig.failureOf(PrivateKey.fromPem(Redacted.make(text), options))
      const jwk = yield* Rig.failureOf(PrivateKey.fromJwk(Redacted.make("Q0FOQVJZ"), options))
      for (const failure of [pem, jwk]) {
        assert.strictEqual(failure.reason, "misconfigured")
        assert.notInclude(inspect(failure, { depth: 9, showHidden: true }), "Q0FOQVJZ")
      }
    })
  )

  it.live("names its 2 tokens by 2 versions that hold no part of them", () =>
    Effect.gen(function* () {
      const source = yield* ClientCredentials.source(Rig.svc(server.issuer), { scopes: [] })
      const first = yield* source.issue(Rig.start)
      const second = yield* source.issue({ because: "advisory", previous: first, rejected: new Set() })
      assert.notStrictEqual(first.version, second.version)
      assert.match(second.version, /^[0-9a-f]{8}\.2$/)
    }).pipe(Effect.provide(Rig.transport))
  )

  it.live("B4: revokes its token at the server", () =>
    Effect.gen(function* () {
      const source = yield* ClientCredentials.source(Rig.svc(server.issuer), { scopes: [] })
      const issued = yield* source.issue(Rig.start)
      yield* source.revoke?.(issued) ?? Effect.die("no revoke")
      assert.isFalse(yield* Effect.promise(() => server.isActive(Redacted.value(issued.secret))))
    }).pipe(Effect.provide(Rig.transport))
  )
})
