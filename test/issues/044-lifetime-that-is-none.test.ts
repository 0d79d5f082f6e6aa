// New tokens are taken whatever the lifetime beside them says, and an empty refresh token leaves the old one.
//
// A lifetime that was a text, negative or a thousand years, or a refresh token that was `null`, had the answer to a
// refresh thrown away, and with it the only refresh token that was still good.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client, ClientAuth, RefreshGrant } from "@surety/oauth"
import { Transport } from "surety/http/Transport"
import { idle } from "./Shop.ts"

const metadata = { issuer: "https://id.example", token_endpoint: "https://id.example/token" }
const answer = { access_token: "access-2", refresh_token: "refresh-2", token_type: "bearer", expires_in: 60 }

const refreshed = (odd: object) =>
  Effect.gen(function* () {
    const refresh = yield* RefreshGrant.refresh(Client.make({ metadata, clientId: "app", auth: ClientAuth.none }))
    const tokens = yield* refresh({
      accessToken: Redacted.make("access-1"),
      refreshToken: Redacted.make("refresh-1"),
      scopes: [],
      issuedAtMillis: 0,
      expiresAtMillis: 1,
      extra: {}
    })
    const { accessToken, expiresAtMillis, refreshToken } = tokens
    return [Redacted.value(accessToken), refreshToken && Redacted.value(refreshToken), expiresAtMillis]
  }).pipe(
    Effect.provideService(Transport, {
      send: (_, handler) => {
        queueMicrotask(() => {
          handler.onHead(200, { "content-type": "application/json" })
          handler.onData(new TextEncoder().encode(JSON.stringify({ ...answer, ...odd })))
          handler.onEnd()
        })
        return idle
      }
    })
  )

const lifetimes: ReadonlyArray<readonly [unknown, number | undefined]> = [
  [60, 60_000],
  ["60", 60_000],
  [0, 0],
  [-1, undefined],
  [1e300, undefined],
  ["soon", undefined],
  ["", undefined],
  [null, undefined],
  [[60], undefined]
]
for (const [expires_in, expiresAtMillis] of lifetimes) {
  it.effect(`A17: a refresh with expires_in ${JSON.stringify(expires_in)} gives both tokens`, () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* refreshed({ expires_in }), ["access-2", "refresh-2", expiresAtMillis])
    })
  )
}

for (const refresh_token of [null, ""]) {
  it.effect(`A18: a refresh with refresh_token ${JSON.stringify(refresh_token)} keeps the old one`, () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* refreshed({ refresh_token }), ["access-2", "refresh-1", 60_000])
    })
  )
}
