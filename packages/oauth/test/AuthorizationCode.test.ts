import { afterAll, assert, beforeAll, describe, expectTypeOf, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Audit, type Event } from "surety/credential/Audit"
import type { Tokens } from "surety/credential/Tokens"
import * as AuthorizationCode from "../src/AuthorizationCode.ts"
import * as Client from "../src/Client.ts"
import * as ClientAuth from "../src/ClientAuth.ts"
import * as MemoryTransactionStore from "../src/MemoryTransactionStore.ts"
import * as Transaction from "../src/Transaction.ts"
import * as Browser from "./rig/Browser.ts"
import * as OidcServer from "./rig/OidcServer.ts"
import * as Rig from "./rig/Rig.ts"

const { redirectUri } = OidcServer
const scopes = ["openid", "offline_access"]

describe("the authorization code", () => {
  let server: OidcServer.OidcServer
  let flows: { readonly shop: AuthorizationCode.Flow }
  const events: Array<Event> = []
  const layer = Layer.mergeAll(
    Rig.transport,
    MemoryTransactionStore.layer,
    Layer.succeed(Audit, { actor: "test", record: (event) => void events.push(event), fingerprint: () => "" })
  )
  beforeAll(async () => {
    server = await OidcServer.start()
    flows = AuthorizationCode.make({ shop: { client: Rig.web(server.issuer), redirectUri, scopes } })
  })
  afterAll(() => server.close())

  const walk = (url: string) => Effect.promise(() => Browser.walk(url, redirectUri))
  const with_ = (callback: string, change: (query: URLSearchParams) => void) => {
    const url = new URL(callback)
    change(url.searchParams)
    return url.href
  }
  const begun = Effect.flatMap(
    Effect.suspend(() => flows.shop.begin()),
    ({ transaction, url }) => Effect.map(walk(url), (callback) => ({ transaction, url, callback }))
  )
  /** What is refused before the token endpoint hears of it. */
  const refused = (callback: string, transaction: Transaction.Transaction, flow = flows.shop) =>
    Effect.gen(function* () {
      const before = server.counters.tokenRequests
      const failure = yield* Rig.failureOf(flow.complete(callback, transaction))
      assert.strictEqual(failure.reason, "callback-rejected")
      assert.strictEqual(server.counters.tokenRequests, before)
      return failure
    })

  it.live(
    "A1: begins with S256 and a fresh verifier each time, and the code is changed for 2 tokens and a subject",
    () =>
      Effect.gen(function* () {
        const first = yield* begun
        const second = yield* flows.shop.begin()
        const query = new URL(first.url).searchParams
        assert.strictEqual(query.get("code_challenge_method"), "S256")
        assert.strictEqual(query.get("response_type"), "code")
        assert.notStrictEqual(query.get("code_challenge"), new URL(second.url).searchParams.get("code_challenge"))
        assert.notInclude(first.url, Redacted.value(first.transaction.verifier))
        const tokens = yield* flows.shop.complete(first.callback, first.transaction)
        assert.isTrue(yield* Effect.promise(() => server.isActive(Redacted.value(tokens.accessToken))))
        assert.isDefined(tokens.refreshToken)
        assert.deepStrictEqual(tokens.extra, { subject: "user-1" })
      }).pipe(Effect.provide(layer))
  )

  it.live("A1: a public client gets its tokens with PKCE alone", () =>
    Effect.gen(function* () {
      const { shop } = AuthorizationCode.make({ shop: { client: Rig.pub(server.issuer), redirectUri, scopes } })
      const { transaction, url } = yield* shop.begin()
      const tokens = yield* shop.complete(yield* walk(url), transaction)
      assert.isDefined(tokens.refreshToken)
    }).pipe(Effect.provide(layer))
  )

  it.live("A2: another verifier is grant-rejected after 1 request", () =>
    Effect.gen(function* () {
      const { callback, transaction } = yield* begun
      const before = server.counters.tokenRequests
      const verifier = Redacted.make("v".repeat(43))
      const failure = yield* Rig.failureOf(flows.shop.complete(callback, { ...transaction, verifier }))
      assert.strictEqual(failure.reason, "grant-rejected")
      assert.strictEqual(failure.code, "invalid_grant")
      assert.strictEqual(server.counters.tokenRequests - before, 1)
    }).pipe(Effect.provide(layer))
  )

  it.live("A3: state and nonce are sent and checked also when the server does not speak of PKCE", () =>
    Effect.gen(function* () {
      const { issuer } = server
      const metadata = {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        id_token_signing_alg_values_supported: ["ES256"]
      }
      const client = Client.make({
        clientId: "web",
        auth: ClientAuth.secretBasic(Redacted.make(OidcServer.secrets.web)),
        metadata
      })
      const { shop } = AuthorizationCode.make({ shop: { client, redirectUri, scopes } })
      const { transaction, url } = yield* shop.begin()
      const query = new URL(url).searchParams
      assert.strictEqual(query.get("state"), transaction.state)
      assert.strictEqual(query.get("nonce"), transaction.nonce)
      const callback = yield* walk(url)
      const other = yield* shop.begin()
      yield* refused(callback, other.transaction, shop)
      yield* refused(
        with_(callback, (given) => given.delete("state")),
        transaction,
        shop
      )
      const wrongNonce = { ...transaction, nonce: "another" }
      const failure = yield* Rig.failureOf(shop.complete(callback, wrongNonce))
      assert.strictEqual(failure.reason, "malformed")
      assert.match(failure.detail, /ID token/)
    }).pipe(Effect.provide(layer))
  )

  it.live("A4: the same callback is refused the 2nd time, without a request, and audited", () =>
    Effect.gen(function* () {
      const { callback, transaction } = yield* begun
      yield* flows.shop.complete(callback, transaction)
      events.length = 0
      const failure = yield* refused(callback, transaction)
      assert.strictEqual(failure.detail, "the state was used before")
      assert.deepStrictEqual(
        events.map(({ credential, detail, kind, provider }) => ({ credential, detail, kind, provider })),
        [{ kind: "denied", provider: "shop", credential: "oauth:web", detail: "the state was used before" }]
      )
      assert.notInclude(JSON.stringify(events), transaction.state)
    }).pipe(Effect.provide(layer))
  )

  it.live("A5: another server's answer, and one that does not say whose it is, end before the token request", () =>
    Effect.gen(function* () {
      const evil = AuthorizationCode.make({
        shop: { client: Rig.web(server.issuer), redirectUri, scopes },
        evil: {
          client: Rig.svc("https://evil.example"),
          redirectUri: "https://app.example/cb/evil",
          scopes,
          callbackIssuer: "absent"
        }
      })
      const { transaction, url } = yield* evil.shop.begin()
      const callback = yield* walk(url)
      const other = with_(callback, (query) => query.set("iss", "https://evil.example"))
      const none = with_(callback, (query) => query.delete("iss"))
      const twice = `${callback}&iss=https%3A%2F%2Fevil.example`
      assert.match((yield* refused(other, transaction, evil.shop)).detail, /another server's answer/)
      assert.match((yield* refused(none, transaction, evil.shop)).detail, /did not tell who it is/)
      assert.match((yield* refused(twice, transaction, evil.shop)).detail, /more than once/)
    }).pipe(Effect.provide(layer))
  )

  it.live("A5: a server that says in its metadata that it tells iss must, whatever the flow declares", () =>
    Effect.gen(function* () {
      const { shop } = AuthorizationCode.make({
        shop: { client: Rig.web(server.issuer), redirectUri, scopes, callbackIssuer: "absent" }
      })
      const { transaction, url } = yield* shop.begin()
      yield* refused(
        with_(yield* walk(url), (query) => query.delete("iss")),
        transaction,
        shop
      )
    }).pipe(Effect.provide(layer))
  )

  it.live("A6: a transaction is bound to its flow and issuer, and to the browser that has it", () =>
    Effect.gen(function* () {
      const { callback, transaction } = yield* begun
      yield* refused(callback, { ...transaction, issuer: "https://evil.example" })
      yield* refused(callback, { ...transaction, flow: "other" })
      const otherBrowser = yield* flows.shop.begin()
      yield* refused(callback, otherBrowser.transaction)
      yield* refused(callback.replace("127.0.0.1:9/cb", "127.0.0.1:9/cb/other"), transaction)
    }).pipe(Effect.provide(layer))
  )

  it("A7: 2 flows may not share a redirect address when 1 server does not tell who it is", () => {
    const flow = { client: Rig.svc("https://a.example"), redirectUri: "https://app.example/cb", scopes: [] }
    const other = { ...flow, client: Rig.svc("https://b.example") }
    assert.throws(
      () => AuthorizationCode.make({ a: flow, b: { ...other, callbackIssuer: "absent" } }),
      RangeError,
      "b: its server does not tell in the callback who it is, so its redirectUri must not be that of a"
    )
    AuthorizationCode.make({ a: flow, b: other })
    AuthorizationCode.make({
      a: flow,
      b: { ...other, callbackIssuer: "absent", redirectUri: "https://app.example/cb/b" }
    })
  })

  it.live("A8: what a callback gives holds no address of the callback", () =>
    Effect.gen(function* () {
      const { callback, transaction } = yield* begun
      const changed = with_(callback, (query) => query.set("return_to", "https://evil.example"))
      const tokens = yield* flows.shop.complete(changed, transaction)
      assert.notInclude(JSON.stringify(tokens), "evil.example")
      expectTypeOf<keyof Tokens>().toEqualTypeOf<
        "accessToken" | "refreshToken" | "scopes" | "issuedAtMillis" | "expiresAtMillis" | "extra"
      >()
    }).pipe(Effect.provide(layer))
  )

  it("A9: the implicit and the password grant cannot be written", () => {
    const flow = { client: Rig.svc("https://a.example"), redirectUri: "https://app.example/cb", scopes: [] }
    AuthorizationCode.make({ a: { ...flow, parameters: { prompt: "login" } } })
    assert.throws(
      // @ts-expect-error response_type is not the caller's
      () => AuthorizationCode.make({ a: { ...flow, parameters: { response_type: "token" } } }),
      "parameters must not hold response_type"
    )
    assert.throws(
      // @ts-expect-error nor is the grant
      () => AuthorizationCode.make({ a: { ...flow, parameters: { grant_type: "password" } } }),
      "parameters must not hold grant_type"
    )
    assert.throws(
      // @ts-expect-error nor is PKCE
      () => AuthorizationCode.make({ a: { ...flow, parameters: { code_challenge_method: "plain" } } }),
      "parameters must not hold code_challenge_method"
    )
    // @ts-expect-error there is no such option
    const asked: AuthorizationCode.Options = { ...flow, responseType: "token" }
    assert.isDefined(asked)
  })

  it.live("A9: an answer with a token in it is refused", () =>
    Effect.gen(function* () {
      const { callback, transaction } = yield* begun
      yield* refused(`${callback}&access_token=a`, transaction)
    }).pipe(Effect.provide(layer))
  )

  it.live("A10: the resource goes with the authorization and the token request", () =>
    Effect.gen(function* () {
      const { shop } = AuthorizationCode.make({
        shop: { client: Rig.web(server.issuer), redirectUri, scopes: ["read"], resource: OidcServer.resource }
      })
      const { transaction, url } = yield* shop.begin()
      assert.strictEqual(new URL(url).searchParams.get("resource"), OidcServer.resource)
      const tokens = yield* shop.complete(yield* walk(url), transaction)
      assert.strictEqual(
        server.exchanges.findLast(({ path }) => path === "/token")?.form["resource"],
        OidcServer.resource
      )
      assert.deepStrictEqual(tokens.scopes, ["read"])
    }).pipe(Effect.provide(layer))
  )

  it.live("A24: the redirect address is sent twice, letter by letter", () =>
    Effect.gen(function* () {
      const { callback, transaction, url } = yield* begun
      yield* flows.shop.complete(callback, transaction)
      assert.strictEqual(new URL(url).searchParams.get("redirect_uri"), redirectUri)
      assert.strictEqual(server.exchanges.findLast(({ path }) => path === "/token")?.form["redirect_uri"], redirectUri)
    }).pipe(Effect.provide(layer))
  )

  it.live("A24: on loopback the port may be chosen when the program listens, and nowhere else", () =>
    Effect.gen(function* () {
      const { transaction, url } = yield* flows.shop.begin({ port: 51_004 })
      assert.strictEqual(transaction.redirectUri, "http://127.0.0.1:51004/cb")
      const callback = yield* Effect.promise(() => Browser.walk(url, transaction.redirectUri))
      yield* refused(callback.replace("51004", "51005"), transaction)
      yield* flows.shop.complete(callback, transaction)
      const { web } = AuthorizationCode.make({
        web: { client: Rig.web(server.issuer), redirectUri: "https://app.example/cb", scopes }
      })
      const exit = yield* Effect.exit(web.begin({ port: 51_004 }))
      assert.strictEqual(exit._tag, "Failure")
    }).pipe(Effect.provide(layer))
  )

  it("A24: a pattern, a fragment, a user and plain http are no redirect addresses", () => {
    const client = Rig.svc("https://a.example")
    for (const given of [
      "https://*.app.example/cb",
      "https://app.example/*",
      "https://app.example/cb#x",
      "https://u:p@app.example/cb",
      "http://app.example/cb",
      "javascript:alert(1)",
      "cb"
    ]) {
      assert.throws(() => AuthorizationCode.make({ a: { client, redirectUri: given, scopes } }), RangeError)
    }
    AuthorizationCode.make({ a: { client, redirectUri: "com.example.app:/cb", scopes } })
  })

  it.live("sends the person with a reference only when the request is pushed", () =>
    Effect.gen(function* () {
      const { shop } = AuthorizationCode.make({
        shop: { client: Rig.web(server.issuer), redirectUri, scopes, pushed: "always" }
      })
      const { transaction, url } = yield* shop.begin()
      assert.deepStrictEqual([...new URL(url).searchParams.keys()].sort(), ["client_id", "request_uri"])
      const tokens = yield* shop.complete(yield* walk(url), transaction)
      assert.isDefined(tokens.refreshToken)
    }).pipe(Effect.provide(layer))
  )

  it.live("a person who says no is callback-rejected with access_denied, and the state is used up", () =>
    Effect.gen(function* () {
      const { transaction } = yield* flows.shop.begin()
      const query = new URLSearchParams({ error: "access_denied", state: transaction.state, iss: server.issuer })
      query.set("error_description", "canary")
      const callback = `${redirectUri}?${query.toString()}`
      const failure = yield* refused(callback, transaction)
      assert.strictEqual(failure.code, "access_denied")
      assert.notInclude(String(failure), "canary")
      assert.match((yield* refused(callback, transaction)).detail, /used before/)
    }).pipe(Effect.provide(layer))
  )

  it.live("a callback after 10 minutes is refused", () =>
    Effect.gen(function* () {
      const { callback, transaction } = yield* begun
      const failure = yield* refused(callback, {
        ...transaction,
        startedAtMillis: transaction.startedAtMillis - 600_001
      })
      assert.match(failure.detail, /longer than 600000 ms/)
    }).pipe(Effect.provide(layer))
  )

  it.live("a transaction comes back from its text, and a text that is none is not quoted", () =>
    Effect.gen(function* () {
      const { callback, transaction } = yield* begun
      const text = Transaction.toText(transaction)
      assert.notInclude(String(text), transaction.state)
      yield* flows.shop.complete(callback, yield* Transaction.fromText(text))
      const failure = yield* Rig.failureOf(Transaction.fromText(Redacted.make("canary{")))
      assert.notInclude(JSON.stringify(failure), "canary")
    }).pipe(Effect.provide(layer))
  )
})
