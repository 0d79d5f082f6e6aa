import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as oauth from "oauth4webapi"
import { Canary } from "surety/testing"
import type { Tokens } from "surety/credential/Tokens"
import * as AuthorizationCode from "../src/AuthorizationCode.ts"
import * as ClientAuth from "../src/ClientAuth.ts"
import * as ClientCredentials from "../src/ClientCredentials.ts"
import * as Introspection from "../src/Introspection.ts"
import * as MemoryTransactionStore from "../src/MemoryTransactionStore.ts"
import * as RefreshGrant from "../src/RefreshGrant.ts"
import * as Revocation from "../src/Revocation.ts"
import * as OidcServer from "./rig/OidcServer.ts"
import * as Rig from "./rig/Rig.ts"

const secret = "canary-client-secret-5d1e"
const refresh = "canary-refresh-token-93ab"
const access = "canary-access-token-77c0"
const canaries = [secret, refresh, access]

const json = (body: unknown) => JSON.stringify(body)
const tokens = { access_token: access, refresh_token: refresh }

/** What made the library print tokens: answers that are wrong in a way that quotes them. */
const answers: ReadonlyArray<readonly [name: string, status: number, body: string]> = [
  ["a success without token_type", 200, json(tokens)],
  ["a success with a bad expires_in", 200, json({ ...tokens, token_type: "bearer", expires_in: "soon" })],
  ["a success with another token_type", 200, json({ ...tokens, token_type: access })],
  ["a success with an ID token that is none", 200, json({ ...tokens, token_type: "bearer", id_token: access })],
  ["a success with a scope that is no text", 200, json({ ...tokens, token_type: "bearer", scope: [access] })],
  ["a success that is broken JSON", 200, `{"access_token":"${access}"`],
  ["a success that is the token", 200, access],
  ["a description that echoes the token", 400, json({ error: "invalid_grant", error_description: refresh })],
  ["an error that is the token", 400, json({ error: refresh })],
  ["an error that is the secret, as 401", 401, json({ error: secret, error_uri: `https://e.example/${secret}` })],
  ["a page that shows the request", 500, `<pre>${secret} ${refresh}</pre>`],
  ["a redirect that shows the request", 307, ""]
]

describe("nothing leaks", () => {
  let server: OidcServer.OidcServer
  beforeAll(async () => {
    server = await OidcServer.start()
  })
  afterAll(() => server.close())

  const granted: Tokens = {
    accessToken: Redacted.make(access),
    refreshToken: Redacted.make(refresh),
    scopes: undefined,
    issuedAtMillis: 0,
    expiresAtMillis: 0,
    extra: {}
  }
  const auths = {
    secretBasic: ClientAuth.secretBasic(Redacted.make(secret)),
    secretPost: ClientAuth.secretPost(Redacted.make(secret))
  }

  const swept = <E>(program: Effect.Effect<unknown, E>, ends: "Failure" | "Success" = "Failure") =>
    Effect.map(Canary.assertNoLeak(program, canaries), (exit) => assert.strictEqual(exit._tag, ends))

  for (const [kind, auth] of Object.entries(auths)) {
    const client = () => Rig.svc(server.issuer, { auth, timeout: "400 millis" })
    const program = Effect.gen(function* () {
      const given = client()
      yield* Canary.show("client", given)
      const refreshing = yield* RefreshGrant.refresh(given)
      const source = yield* ClientCredentials.source(given, { scopes: [] })
      yield* Canary.show("source", source)
      const issued = yield* Effect.exit(source.issue(Rig.start))
      yield* Canary.show("issued", issued)
      yield* refreshing(granted)
    }).pipe(Effect.provide(Rig.transport))

    for (const [name, status, body] of answers) {
      it.live(`A19: ${kind}: ${name}`, () =>
        Effect.suspend(() => {
          const headers = {
            "content-type": "application/json",
            "www-authenticate": `Bearer error="${secret}"`,
            ...(status === 307 ? { location: `https://evil.example/?t=${refresh}` } : {})
          }
          const fault = { when: "before", act: { _tag: "answer", status, body, headers } } as const
          server.faults([fault, fault])
          // what stands beside new tokens does not have them thrown away
          return swept(program, /ID token|expires_in/.test(name) ? "Success" : "Failure")
        })
      )
    }

    it.live(`A19: ${kind}: an answer that is cut off, and one that does not come in 400 ms`, () =>
      Effect.suspend(() => {
        server.faults([
          { when: "before", act: { _tag: "cut" } },
          { when: "before", act: { _tag: "delay", millis: 1200 } }
        ])
        return swept(program)
      })
    )
  }

  const code = "canary-code-11f8e02ab7"
  for (const [name, status, body] of answers) {
    it.live(`A19: a person's grant: ${name}`, () =>
      Effect.gen(function* () {
        const client = Rig.svc(server.issuer, { auth: auths.secretPost })
        const { redirectUri } = OidcServer
        const { shop } = AuthorizationCode.make({ shop: { client, redirectUri, scopes: ["openid"], pushed: "always" } })
        const { transaction } = yield* AuthorizationCode.make({
          shop: { client, redirectUri, scopes: ["openid"] }
        }).shop.begin()
        const headers = { "content-type": "application/json", location: `https://evil.example/?t=${refresh}` }
        const fault = { when: "before", act: { _tag: "answer", status, body, headers } } as const
        for (const path of ["/token", "/token/introspection", "/token/revocation", "/request"]) {
          server.faults([fault], path)
        }
        const query = new URLSearchParams({ code, state: transaction.state, iss: server.issuer })
        const program = Effect.gen(function* () {
          const token = Redacted.make(access)
          yield* Canary.show("introspected", yield* Effect.exit(Introspection.introspect(client, token)))
          yield* Canary.show("revoked", yield* Effect.exit(Revocation.revoke(client, token, "access_token")))
          yield* Canary.show("pushed", yield* Effect.exit(shop.begin()))
          yield* Canary.show("transaction", transaction)
          return yield* shop.complete(`${redirectUri}?${query.toString()}`, transaction)
        }).pipe(Effect.provide([Rig.transport, MemoryTransactionStore.layer]))
        const exit = yield* Canary.assertNoLeak(program, [...canaries, code, transaction.verifier])
        assert.isTrue(Exit.isFailure(exit))
      }).pipe(Effect.provide(Rig.transport))
    )
  }

  it.live("the library's own error would have shown the token: the sweep finds it", () =>
    Effect.gen(function* () {
      const as = { issuer: "https://id.example", token_endpoint: "https://id.example/token" }
      const body = answers[0]![2]
      const program = Effect.tryPromise({
        try: () =>
          oauth.processRefreshTokenResponse(
            as,
            { client_id: "svc" },
            new Response(body, { headers: { "content-type": "application/json" } })
          ),
        catch: (error) => error
      })
      const found = yield* Rig.failureOf(Canary.assertNoLeak(program, canaries))
      assert.include(found.sinks, "cause")
    })
  )

  it.live("A19: a public client's refresh token that the server refuses", () =>
    Effect.suspend(() => {
      const program = Effect.flatMap(RefreshGrant.refresh(Rig.pub(server.issuer)), (send) => send(granted))
      return swept(Effect.provide(program, Rig.transport))
    })
  )
})
