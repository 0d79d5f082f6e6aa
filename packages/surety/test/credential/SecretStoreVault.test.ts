/** Vault's documented HTTP API on a loopback port. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as SecretStore from "../../src/credential/SecretStore.ts"
import * as SecretStoreVault from "../../src/credential/SecretStoreVault.ts"
import * as StaticSource from "../../src/credential/StaticSource.ts"
import * as UndiciTransport from "../../src/http/UndiciTransport.ts"
import * as Loopback from "./Loopback.ts"
import { ask, marker, refused } from "./Silence.ts"

interface Version {
  readonly data: Readonly<Record<string, unknown>> | null
  readonly deletion_time?: string
}

/** Reads of the key/value engine, as `GET /v1/:mount/data/:path?version=:n` is documented. */
const vaultOf = (options: {
  readonly versions: ReadonlyArray<Version>
  readonly tokens?: ReadonlyArray<string>
  readonly path?: string
}) =>
  Loopback.serve(({ headers, method, path }) => {
    const sent = String(headers["x-vault-token"])
    if (!(options.tokens ?? ["hvs.token"]).includes(sent)) {
      return { status: 403, body: JSON.stringify({ errors: [`permission denied for ${sent}`] }) }
    }
    const url = new URL(path, "http://vault")
    const number = Number(url.searchParams.get("version") ?? options.versions.length)
    const found = options.versions[number - 1]
    if (method !== "GET" || url.pathname !== (options.path ?? "/v1/secret/data/shop/key") || found === undefined) {
      return { status: 404, body: JSON.stringify({ errors: [] }) }
    }
    const { data, deletion_time = "" } = found
    const metadata = { created_time: "2026-11-01T00:00:00Z", deletion_time, destroyed: false, version: number }
    return {
      status: data === null ? 404 : 200,
      body: JSON.stringify({ request_id: "1", lease_id: "", renewable: false, data: { data, metadata } })
    }
  })

const sourceOf = (options: SecretStoreVault.Options, field = "api") =>
  Effect.map(SecretStoreVault.make(options), (store) => SecretStore.source(store, "shop/key", { field }))

const token = Redacted.make("hvs.token")

describe("SecretStoreVault", () => {
  it.live("B1: reads the newest version, and the number before it when that is refused", () =>
    Effect.gen(function* () {
      const server = yield* vaultOf({ versions: [{ data: { api: "one" } }, { data: { api: "two" } }] })
      const source = yield* sourceOf({ address: server.origin, token })
      const current = yield* source.issue(ask())
      assert.deepStrictEqual([current.version, Redacted.value(current.secret)], ["2", "two"])
      const previous = yield* source.issue(ask({ rejected: ["2"] }))
      assert.deepStrictEqual([previous.version, Redacted.value(previous.secret)], ["1", "one"])
      const data = "/v1/secret/data/shop/key"
      assert.deepStrictEqual(
        server.requests.map(({ headers, path }) => [path, headers["x-vault-token"], headers["x-vault-request"]]),
        [data, data, data, `${data}?version=1`].map((path) => [path, "hvs.token", "true"])
      )
    }).pipe(Effect.provide(UndiciTransport.layer))
  )

  it.live("gives the refused version again when the one before was deleted, or there is none", () =>
    Effect.gen(function* () {
      const deleted = yield* vaultOf({ versions: [{ data: null }, { data: { api: "two" } }] })
      const source = yield* sourceOf({ address: deleted.origin, token })
      assert.strictEqual((yield* source.issue(ask({ rejected: ["2"] }))).version, "2")
      const alone = yield* vaultOf({ versions: [{ data: { api: "one" } }] })
      const first = yield* sourceOf({ address: alone.origin, token })
      assert.strictEqual((yield* first.issue(ask({ rejected: ["1"] }))).version, "1")
      assert.strictEqual(alone.requests.length, 2)
    }).pipe(Effect.provide(UndiciTransport.layer))
  )

  it.live("takes a namespace, a mount with a slash, an address with a path, and the version's deletion time", () =>
    Effect.gen(function* () {
      const server = yield* vaultOf({
        path: "/vault/v1/team/kv%20two/data/shop/key",
        versions: [{ data: { api: "one" }, deletion_time: "2026-12-01T00:00:00.5Z" }]
      })
      const source = yield* sourceOf({
        address: `${server.origin}/vault/`,
        token,
        mount: "team/kv two",
        namespace: "shop/eu"
      })
      const issued = yield* source.issue(ask())
      assert.strictEqual(issued.expiresAtMillis, Date.UTC(2026, 11, 1) + 500)
      assert.strictEqual(server.requests[0]?.headers["x-vault-namespace"], "shop/eu")
    }).pipe(Effect.provide(UndiciTransport.layer))
  )

  it.live("B2: asks the token's source for another when Vault refuses it, once", () =>
    Effect.gen(function* () {
      const server = yield* vaultOf({ versions: [{ data: { api: "one" } }], tokens: ["hvs.old"] })
      const two = StaticSource.make({ current: Redacted.make("hvs.new"), previous: Redacted.make("hvs.old") })
      const source = yield* sourceOf({ address: server.origin, token: two })
      assert.strictEqual(Redacted.value((yield* source.issue(ask())).secret), "one")
      assert.deepStrictEqual(
        server.requests.map(({ headers }) => headers["x-vault-token"]),
        ["hvs.new", "hvs.old"]
      )
      const none = StaticSource.make({ current: Redacted.make(`${marker}-a`), previous: Redacted.make(`${marker}-b`) })
      assert.strictEqual(
        yield* refused(yield* sourceOf({ address: server.origin, token: none })),
        "rejected: vault: HTTP 403"
      )
      const one = StaticSource.make({ current: Redacted.make(`${marker}-a`) })
      assert.strictEqual(
        yield* refused(yield* sourceOf({ address: server.origin, token: one })),
        "rejected: vault: HTTP 403"
      )
      assert.strictEqual(server.requests.length, 2 + 2 + 1)
    }).pipe(Effect.provide(UndiciTransport.layer))
  )

  it.live("turns 11 answers into a reason and a code of ours", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ errors: [marker] })
      const table: ReadonlyArray<readonly [Loopback.Reply, string]> = [
        [{ status: 400, body }, "misconfigured: vault: HTTP 400"],
        [{ status: 403, body }, "rejected: vault: HTTP 403"],
        [{ status: 404, body }, "misconfigured: vault: there is no shop/key"],
        [{ status: 412, body }, "unavailable: vault: HTTP 412"],
        [{ status: 429, body }, "unavailable: vault: HTTP 429"],
        [{ status: 473, body }, "unavailable: vault: HTTP 473"],
        [{ status: 503, body }, "unavailable: vault: HTTP 503"],
        [{ status: 307, headers: { location: `http://elsewhere.example/${marker}` } }, "unavailable: vault: HTTP 307"],
        [{ status: 200, body: marker }, "misconfigured: vault: the answer is not that of a key/value engine version 2"],
        [
          { status: 200, body: JSON.stringify({ data: { api: marker } }) },
          "misconfigured: vault: the answer is not that of a key/value engine version 2"
        ],
        [{ status: 200, body: "x".repeat(1_100_000) }, "unavailable: vault: the answer is longer than 1048576 bytes"]
      ]
      for (const [reply, expected] of table) {
        const server = yield* Loopback.serve(() => reply)
        assert.strictEqual(yield* refused(yield* sourceOf({ address: server.origin, token })), expected)
        assert.strictEqual(server.requests.length, 1)
      }
    }).pipe(Effect.provide(UndiciTransport.layer))
  )

  it.live(
    "B10: says what it was told to wait, gives up after its timeout, and is unavailable while nobody listens",
    () =>
      Effect.gen(function* () {
        const busy = yield* Loopback.serve(() => ({ status: 429, headers: { "retry-after": "7" } }))
        const failure = yield* Effect.flip((yield* sourceOf({ address: busy.origin, token })).issue(ask()))
        assert.deepStrictEqual([failure.reason, failure.retryAfterMillis], ["unavailable", 7_000])

        const silent = yield* Loopback.serve(() => undefined)
        const waiting = yield* sourceOf({ address: silent.origin, token, timeout: "50 millis" })
        assert.strictEqual(yield* refused(waiting), "unavailable: vault: no answer within 50 ms")
        yield* silent.down
        assert.strictEqual(yield* refused(waiting), "unavailable: vault: connect_refused")
      }).pipe(Effect.provide(UndiciTransport.layer))
  )

  it("A21: takes no address without TLS but a loopback one, and quotes no password in it", () => {
    const table: ReadonlyArray<readonly [string, string]> = [
      ["http://vault.example", "The address of the issuer at vault.example is not https"],
      ["http://127.0.0.1.example", "The address of the issuer at 127.0.0.1.example is not https"],
      ["ftp://localhost", "The address of the issuer at localhost is not https"],
      [`https://u:${marker}@vault.example`, "The address of the issuer at vault.example has more than"],
      [`https://vault.example?token=${marker}`, "The address of the issuer at vault.example has more than"],
      [`${marker} no address`, "The address of the issuer is not a URL"]
    ]
    for (const [address, message] of table) {
      assert.throws(() => SecretStoreVault.make({ address, token }), RangeError, message)
    }
    for (const address of ["https://vault.example", "http://localhost:8200", "http://[::1]:8200"]) {
      SecretStoreVault.make({ address, token })
    }
  })
})
