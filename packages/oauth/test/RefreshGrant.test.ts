import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { RefreshFailed, Tokens } from "surety/credential/Tokens"
import * as RefreshGrant from "../src/RefreshGrant.ts"
import * as OidcServer from "./rig/OidcServer.ts"
import * as Rig from "./rig/Rig.ts"

describe("the refresh request", () => {
  let server: OidcServer.OidcServer
  beforeAll(async () => void (server = await OidcServer.start({ accessTokenSeconds: 60 })))
  afterAll(() => server.close())

  const granted = Effect.map(
    Effect.promise(() => server.mintRefreshToken()),
    (refreshToken): Tokens => ({
      accessToken: Redacted.make("spent"),
      refreshToken: Redacted.make(refreshToken),
      scopes: ["openid", "offline_access"],
      issuedAtMillis: 0,
      expiresAtMillis: 0,
      extra: { kept: "yes" }
    })
  )
  const refresh = (tokens: Tokens, options: Parameters<typeof Rig.web>[1] = {}) =>
    Effect.flatMap(RefreshGrant.refresh(Rig.web(server.issuer, options)), (send) => send(tokens)).pipe(
      Effect.provide(Rig.transport)
    )

  it.live("A14: gives the new refresh token and an access token of 60 seconds, and the server counts 1 refresh", () =>
    Effect.gen(function* () {
      const before = { ...server.counters }
      const tokens = yield* granted
      const next = yield* refresh(tokens)
      assert.notStrictEqual(Redacted.value(next.refreshToken!), Redacted.value(tokens.refreshToken!))
      assert.strictEqual(next.expiresAtMillis! - next.issuedAtMillis, 60_000)
      assert.deepStrictEqual(next.extra, { kept: "yes" })
      assert.strictEqual(server.counters.refreshesConsumed - before.refreshesConsumed, 1)
    })
  )

  it.live("A18: an answer without a refresh token keeps the old one, and one without a scope the scopes", () =>
    Effect.gen(function* () {
      const tokens = yield* granted
      const change = ({ refresh_token: _, scope: __, id_token: ___, ...body }: Record<string, unknown>) => body
      server.faults([{ when: "after", act: { _tag: "change", change } }])
      const next = yield* refresh(tokens)
      assert.strictEqual(next.refreshToken, tokens.refreshToken)
      assert.deepStrictEqual(next.scopes, tokens.scopes)
    })
  )

  it.live("A16: a token that was used before is refused, and only a person can help", () =>
    Effect.gen(function* () {
      const tokens = yield* granted
      yield* refresh(tokens)
      const failed = yield* Rig.failureOf(refresh(tokens))
      assert.strictEqual(failed.outcome, "refused")
      assert.strictEqual(failed.failure.reason, "reauthorize")
      assert.match(failed.failure.detail, /status 400, invalid_grant/)
    })
  )

  const answers: ReadonlyArray<
    readonly [status: number, body: string, outcome: RefreshFailed["outcome"], reason: string, retryAfter?: string]
  > = [
    [400, '{"error":"invalid_grant"}', "refused", "reauthorize"],
    [401, '{"error":"invalid_client"}', "not-applied", "rejected"],
    [400, '{"error":"invalid_scope"}', "not-applied", "misconfigured"],
    [403, "<html>", "not-applied", "misconfigured"],
    [429, "slow down", "not-applied", "unavailable", "7"],
    [503, "", "not-applied", "unavailable", "7"],
    [307, "", "not-applied", "misconfigured"],
    [500, "", "lost", "unavailable"],
    [502, "<html>", "lost", "unavailable"],
    [504, "", "lost", "unavailable"],
    [200, '{"error":"bad_refresh_token"}', "refused", "reauthorize"],
    [200, '{"ok":false,"error":"slow"}', "not-applied", "misconfigured"],
    [200, "<html>", "lost", "unavailable"],
    [200, '{"access_token":"a"}', "lost", "unavailable"],
    [200, '{"access_token":"a","token_type":"dpop"}', "lost", "unavailable"],
    [200, '{"access_token":"a\\n","token_type":"bearer","expires_in":1}', "lost", "unavailable"]
  ]
  for (const [status, body, outcome, reason, retryAfter] of answers) {
    it.live(`an answer of ${status} ${JSON.stringify(body)} is ${outcome}, ${reason}`, () =>
      Effect.gen(function* () {
        const headers = {
          "content-type": "application/json",
          ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
          ...(status === 307 ? { location: `${server.issuer}/elsewhere` } : {})
        }
        server.faults([{ when: "before", act: { _tag: "answer", status, body, headers } }])
        const failed = yield* Rig.failureOf(refresh(yield* granted))
        assert.strictEqual(failed.outcome, outcome)
        assert.strictEqual(failed.failure.reason, reason)
        assert.strictEqual(failed.failure.retryAfterMillis, retryAfter === undefined ? undefined : 7000)
        assert.isFalse(server.exchanges.some(({ path }) => path === "/elsewhere"))
      })
    )
  }

  it.live("A17: an answer that is cut off after the server has rotated is lost", () =>
    Effect.gen(function* () {
      server.faults([{ when: "after", act: { _tag: "cut" } }])
      const failed = yield* Rig.failureOf(refresh(yield* granted))
      assert.strictEqual(failed.outcome, "lost")
    })
  )

  it.live("A17: no answer within 300 ms is lost", () =>
    Effect.gen(function* () {
      server.faults([{ when: "after", act: { _tag: "delay", millis: 1500 } }])
      const failed = yield* Rig.failureOf(refresh(yield* granted, { timeout: "300 millis" }))
      assert.strictEqual(failed.outcome, "lost")
      assert.match(failed.failure.detail, /no complete answer in 300 ms/)
    })
  )

  it.live("a discovery that takes longer than 300 ms is not-applied: the token was not sent", () =>
    Effect.gen(function* () {
      const before = server.counters.tokenRequests
      server.faults([{ when: "before", act: { _tag: "delay", millis: 1500 } }], "/.well-known/openid-configuration")
      const failed = yield* Rig.failureOf(refresh(yield* granted, { timeout: "300 millis" }))
      assert.strictEqual(failed.outcome, "not-applied")
      assert.strictEqual(server.counters.tokenRequests, before)
    })
  )

  it.live("a server that nobody listens for is not-applied", () =>
    Effect.gen(function* () {
      const tokens = yield* granted
      const metadata = { issuer: "http://127.0.0.1:1", token_endpoint: "http://127.0.0.1:1/token" }
      const failed = yield* Rig.failureOf(refresh(tokens, { issuer: undefined, metadata } as never))
      assert.strictEqual(failed.outcome, "not-applied")
      assert.strictEqual(failed.failure.reason, "unavailable")
    })
  )

  it.live("tokens without a refresh token are refused without a request", () =>
    Effect.gen(function* () {
      const before = server.counters.tokenRequests
      const failed = yield* Rig.failureOf(refresh({ ...(yield* granted), refreshToken: undefined }))
      assert.strictEqual(failed.outcome, "refused")
      assert.strictEqual(server.counters.tokenRequests, before)
    })
  )
})
