import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Backoff, Credential, Degradation, Provider, RateLimit, RetryMatrix } from "surety"
import { Lifecycle, MemoryGrantStore, SharedGrant } from "surety/credential"
import { Audit, type Event } from "surety/credential/Audit"
import type { Tokens } from "surety/credential/Tokens"
import * as HttpOperation from "surety/http/HttpOperation"
import * as AuthorizationCode from "../src/AuthorizationCode.ts"
import * as ClientCredentials from "../src/ClientCredentials.ts"
import * as Dpop from "../src/Dpop.ts"
import * as MemoryTransactionStore from "../src/MemoryTransactionStore.ts"
import * as RefreshGrant from "../src/RefreshGrant.ts"
import * as ReuseProfiles from "../src/ReuseProfiles.ts"
import * as Browser from "./rig/Browser.ts"
import * as OidcServer from "./rig/OidcServer.ts"
import * as Rig from "./rig/Rig.ts"

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
const common = {
  baseUrl: "http://127.0.0.1:9",
  owner: "team-orders",
  criticality: "critical",
  degradation: Degradation.fail,
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 1000, per: "1 second" }) }, concurrency: 100 },
  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/orders"
} as const
const call = { failures: [], timeout: { attempt: "2 seconds", total: "8 seconds" } } as const

const orders = HttpOperation.read(
  HttpApiEndpoint.get("orders", "/api/orders", {
    success: Schema.Struct({ client: Schema.String, scope: Schema.String })
  }),
  { ...call, retry: RetryMatrix.transport(quick), scopes: ["read"] }
)
const me = HttpOperation.read(HttpApiEndpoint.get("me", "/me", { success: Schema.Struct({ sub: Schema.String }) }), {
  ...call,
  retry: RetryMatrix.transport(quick)
})

class Orders extends Provider.Service<Orders>()("acme/Orders", {
  ...common,
  credentials: Credential.bearer({ scopes: ["read"], expires: "after 1 minute, by the server" }),
  operations: { orders }
}) {}
class Me extends Provider.Service<Me>()("acme/Me", {
  ...common,
  credentials: Dpop.credential({ scopes: ["openid"], expires: "after 1 minute, by the server" }),
  operations: { me }
}) {}

const { redirectUri, resource } = OidcServer
const all = { concurrency: "unbounded" } as const

describe("a provider whose credentials have a life", () => {
  let server: OidcServer.OidcServer
  beforeAll(async () => void (server = await OidcServer.start({ accessTokenSeconds: 60, dpopNonce: "optional" })))
  afterAll(() => server.close())

  const withOrders = (scopes: ReadonlyArray<string>) =>
    Orders.layerAt(server.issuer).pipe(
      Layer.provide(Lifecycle.layer(Orders, ClientCredentials.source(Rig.svc(server.issuer), { scopes, resource }))),
      Layer.provide(Rig.transport)
    )

  it.live("50 calls at once cost 1 token request", () =>
    Effect.suspend(() => {
      const before = server.counters.tokenRequests
      return Effect.gen(function* () {
        const api = yield* Orders
        const answers = yield* Effect.all(
          Array.from({ length: 50 }, () => api.orders()),
          all
        )
        assert.deepStrictEqual(answers[49], { client: "svc", scope: "read" })
        assert.strictEqual(server.counters.tokenRequests - before, 1)
      }).pipe(Effect.provide(withOrders(["read"])))
    })
  )

  it.live("a token that was revoked at the server is renewed once, and no call fails", () =>
    Effect.suspend(() => {
      const before = server.counters.tokenRequests
      return Effect.gen(function* () {
        const api = yield* Orders
        yield* api.orders()
        const sent = server.exchanges.findLast(({ path }) => path === "/api/orders")?.headers["authorization"]
        const found = yield* Effect.promise(() =>
          server.provider.ClientCredentials.find(String(sent).replace("Bearer ", ""))
        )
        yield* Effect.promise(async () => found?.destroy())
        yield* Effect.all(
          Array.from({ length: 20 }, () => api.orders()),
          all
        )
        assert.strictEqual(server.counters.tokenRequests - before, 2)
      }).pipe(Effect.provide(withOrders(["read"])))
    })
  )

  it.live("A10: a grant narrower than the operations need fails the layer, before the first call", () =>
    Effect.gen(function* () {
      const before = server.counters.resourceRequests
      const failure = yield* Rig.failureOf(
        Effect.provide(
          Effect.flatMap(Orders, (api) => api.orders()),
          withOrders(["write"])
        )
      )
      assert.strictEqual(failure._tag, "ScopeMissing")
      assert.strictEqual(server.counters.resourceRequests, before)
    })
  )

  it.live("A13: a person's grant with DPoP: code, nonce, shared record, 2 processes, userinfo", () =>
    Effect.gen(function* () {
      const strict = yield* Effect.acquireRelease(
        Effect.promise(() => OidcServer.start({ dpopNonce: "required" })),
        (running) => Effect.promise(running.close)
      )
      const dpop = yield* Dpop.fromJwk(yield* Dpop.makeJwk)
      const client = Rig.web(strict.issuer, { dpop })
      const { shop } = AuthorizationCode.make({ shop: { client, redirectUri, scopes: ["openid", "offline_access"] } })
      const { transaction, url } = yield* shop.begin()
      const callback = yield* Effect.promise(() => Browser.walk(url, redirectUri))
      const tokens = yield* shop.complete(callback, transaction)
      yield* SharedGrant.adopt({ key: "user-1", tokens, by: "test" })
      const source = RefreshGrant.source(client, { key: "user-1", profile: ReuseProfiles.oidcProvider })
      const layer = Me.layerAt(strict.issuer).pipe(Layer.provide(Lifecycle.layer(Me, source)))
      for (let process = 0; process < 2; process++) {
        const api = yield* Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, Me))
        assert.deepStrictEqual(yield* api.me(), { sub: "user-1" })
        assert.deepStrictEqual(yield* api.me(), { sub: "user-1" })
      }
      const seen = strict.exchanges.filter(({ path }) => path === "/me")
      // the nonce of the token endpoint is the resource server's as well, but nobody told the sources: each learns it once
      assert.strictEqual(seen.length, 6)
      assert.strictEqual(strict.counters.refreshRequests, 0)
    }).pipe(Effect.scoped, Effect.provide([Rig.transport, MemoryGrantStore.layer, MemoryTransactionStore.layer]))
  )

  const spent = (refreshToken: string, livesMillis = 0): Tokens => ({
    accessToken: Redacted.make("spent"),
    refreshToken: Redacted.make(refreshToken),
    scopes: undefined,
    issuedAtMillis: Date.now() - 60_000,
    expiresAtMillis: Date.now() + livesMillis,
    extra: {}
  })
  const shared = (key: string, options: Parameters<typeof Rig.web>[1] = {}) =>
    RefreshGrant.source(Rig.web(server.issuer, options), { key, profile: ReuseProfiles.oidcProvider })
  const adopted = (key: string) =>
    Effect.flatMap(
      Effect.promise(() => server.mintRefreshToken()),
      (minted) => Effect.as(SharedGrant.adopt({ key, tokens: spent(minted) }), minted)
    )

  it.live("A15: 4 sources with 50 askers each send 1 refresh", () =>
    Effect.gen(function* () {
      yield* adopted("a15")
      const before = { ...server.counters }
      const sources = yield* Effect.all(Array.from({ length: 4 }, () => shared("a15")))
      const issued = yield* Effect.all(
        sources.flatMap((source) => Array.from({ length: 50 }, () => source.issue(Rig.start))),
        all
      )
      assert.strictEqual(new Set(issued.map(({ version }) => version)).size, 1)
      assert.strictEqual(server.counters.refreshRequests - before.refreshRequests, 1)
      assert.strictEqual(server.counters.invalidGrant - before.invalidGrant, 0)
    }).pipe(Effect.provide([Rig.transport, MemoryGrantStore.layer]))
  )

  it.live("A14: the new refresh token stands in the store when the new access token is given out", () =>
    Effect.gen(function* () {
      const minted = yield* adopted("a14")
      const source = yield* shared("a14")
      const issued = yield* source.issue(Rig.start)
      const stored = yield* SharedGrant.read("a14")
      assert.strictEqual(Redacted.value(stored!.tokens.accessToken), Redacted.value(issued.secret))
      assert.notStrictEqual(Redacted.value(stored!.tokens.refreshToken!), minted)
      assert.isTrue(yield* Effect.promise(() => server.isActive(Redacted.value(issued.secret))))
    }).pipe(Effect.provide([Rig.transport, MemoryGrantStore.layer]))
  )

  it.live("A16: a grant that the server has ended asks for a person, with 1 audit event and no further request", () => {
    const events: Array<Event> = []
    const audit = { actor: "test", record: (event: Event) => void events.push(event), fingerprint: () => "" }
    return Effect.gen(function* () {
      const minted = yield* adopted("a16")
      const elsewhere = yield* RefreshGrant.refresh(Rig.web(server.issuer))
      yield* elsewhere(spent(minted))
      const source = yield* shared("a16")
      const before = { ...server.counters }
      for (let asked = 0; asked < 3; asked++) {
        const failure = yield* Rig.failureOf(source.issue(Rig.start))
        assert.strictEqual(failure.reason, "reauthorize")
      }
      assert.strictEqual(server.counters.refreshRequests - before.refreshRequests, 1)
      assert.strictEqual(events.filter(({ kind }) => kind === "reauthorize").length, 1)
      assert.notInclude(JSON.stringify(events), minted)
    }).pipe(Effect.provide([Rig.transport, MemoryGrantStore.layer, Layer.succeed(Audit, audit)]))
  })

  it.live("A17: a lost answer without grace ends in reauthorize after at most 2 refreshes, never in a loop", () =>
    Effect.gen(function* () {
      yield* adopted("a17")
      const source = yield* shared("a17")
      const before = { ...server.counters }
      server.faults([{ when: "after", act: { _tag: "cut" } }])
      for (let asked = 0; asked < 4; asked++) yield* Rig.failureOf(source.issue(Rig.start))
      const last = yield* Rig.failureOf(source.issue(Rig.start))
      assert.strictEqual(last.reason, "reauthorize")
      assert.isAtMost(server.counters.refreshRequests - before.refreshRequests, 2)
    }).pipe(Effect.provide([Rig.transport, MemoryGrantStore.layer]))
  )

  it.live("B4: revoking a shared grant ends it at the server", () =>
    Effect.gen(function* () {
      yield* adopted("b4")
      const source = yield* shared("b4")
      const issued = yield* source.issue(Rig.start)
      yield* source.revoke?.(issued) ?? Effect.die("no revoke")
      assert.isFalse(yield* Effect.promise(() => server.isActive(Redacted.value(issued.secret))))
      assert.strictEqual((yield* Rig.failureOf(source.issue(Rig.start))).reason, "reauthorize")
    }).pipe(Effect.provide([Rig.transport, MemoryGrantStore.layer]))
  )
})
