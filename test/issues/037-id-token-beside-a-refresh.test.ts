// New tokens are taken whatever stands in the ID token beside them.
//
// An ID token that was not valid by our clock, or not readable, had the answer to a refresh thrown away, and with it the only
// refresh token that was still good. Nobody reads it there.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client, ClientAuth, RefreshGrant } from "@surety/oauth"
import { Transport } from "surety/http/Transport"
import { idle } from "./Shop.ts"

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
const claims = { iss: "https://id.example", aud: "app", sub: "ana", iat: 0, exp: 60 }
const idTokens = {
  "ended by our clock": `${part({ alg: "RS256" })}.${part(claims)}.c2ln`,
  "of another issuer": `${part({ alg: "RS256" })}.${part({ ...claims, iss: "https://other.example" })}.c2ln`,
  "is encrypted": "a.b.c.d.e",
  "is a number": 7
}

for (const [what, idToken] of Object.entries(idTokens)) {
  it.effect(`A17: a refresh gives access-2 and refresh-2 beside an ID token that is/was: ${what}`, () =>
    Effect.gen(function* () {
      const metadata = { issuer: "https://id.example", token_endpoint: "https://id.example/token" }
      const client = Client.make({ metadata, clientId: "app", auth: ClientAuth.none })
      const refresh = yield* RefreshGrant.refresh(client)
      const tokens = yield* refresh({
        accessToken: Redacted.make("access-1"),
        refreshToken: Redacted.make("refresh-1"),
        scopes: ["openid"],
        issuedAtMillis: 0,
        expiresAtMillis: 1,
        extra: {}
      })
      assert.strictEqual(Redacted.value(tokens.accessToken), "access-2")
      assert.strictEqual(tokens.refreshToken && Redacted.value(tokens.refreshToken), "refresh-2")
    }).pipe(
      Effect.provideService(Transport, {
        send: (_, handler) => {
          queueMicrotask(() => {
            handler.onHead(200, { "content-type": "application/json" })
            const answer = {
              access_token: "access-2",
              refresh_token: "refresh-2",
              token_type: "bearer",
              expires_in: 60
            }
            handler.onData(new TextEncoder().encode(JSON.stringify({ ...answer, id_token: idToken })))
            handler.onEnd()
          })
          return idle
        }
      })
    )
  )
}
