/** An app against a GitHub on a loopback port that checks its signature with the public key. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { inspect } from "node:util"
import { Lifecycle, StaticSource } from "surety/credential"
import type { Ask, Source, SourceFailure } from "surety/credential/Source"
import * as UndiciTransport from "surety/http/undici"
import * as GitHubApp from "../src/GitHubApp.ts"
import * as GitHubAppKey from "../src/GitHubAppKey.ts"

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 })
const pkcs1 = pair.privateKey.export({ type: "pkcs1", format: "pem" }).toString()
const pkcs8 = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString()
const otherPem = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs1", format: "pem" })
  .toString()
const ecPem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString()
const marker = "ghs_CANARY7f3a91dd0e"

interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Http.IncomingHttpHeaders
  readonly body: string
}
interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const serve = (
  answer: (request: Received) => Reply | undefined
): Effect.Effect<{ readonly origin: string; readonly received: ReadonlyArray<Received> }, never, Scope.Scope> =>
  Effect.gen(function* () {
    const received: Array<Received> = []
    const server = Http.createServer((incoming, response) => {
      let body = ""
      incoming.on("data", (chunk: Uint8Array) => (body += Buffer.from(chunk).toString("utf8")))
      incoming.on("end", () => {
        const request = { method: incoming.method ?? "", path: incoming.url ?? "", headers: incoming.headers, body }
        received.push(request)
        const reply = answer(request)
        if (reply === undefined) return
        response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers })
        response.end(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? {}))
      })
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))),
      () =>
        Effect.promise(
          () =>
            new Promise<void>((resolve) => {
              server.close(() => resolve())
              server.closeAllConnections()
            })
        )
    )
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
  })

const bearer = ({ headers }: Received): string => (headers.authorization ?? "").replace(/^Bearer /, "")

/** The claims of a token that the public key vouches for. */
const claimsOf = (token: string): { readonly iat: number; readonly exp: number; readonly iss: string } | undefined => {
  const [head = "", claims = "", signature = ""] = token.split(".")
  const isSigned = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    createPublicKey(pair.publicKey.export({ type: "spki", format: "pem" })),
    Buffer.from(signature, "base64url")
  )
  const { alg } = JSON.parse(Buffer.from(head, "base64url").toString("utf8"))
  return isSigned && alg === "RS256" ? JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) : undefined
}

/** What GitHub checks of a token, and what it then answers. */
const github = (request: Received): Reply => {
  const nowSeconds = Date.now() / 1000
  const claims = claimsOf(bearer(request))
  if (claims === undefined || claims.iss !== "12345") return { status: 401, body: { message: "could not be decoded" } }
  if (claims.iat > nowSeconds || claims.exp < nowSeconds || claims.exp - nowSeconds > 600) {
    return { status: 401, body: { message: "'Expiration time' claim ('exp') is too far in the future" } }
  }
  if (request.path !== "/app/installations/67890/access_tokens") return { status: 404, body: { message: "Not Found" } }
  const asked = JSON.parse(request.body) as { readonly permissions?: Readonly<Record<string, string>> }
  return {
    status: 201,
    body: {
      token: marker,
      expires_at: new Date(Math.floor(nowSeconds) * 1000 + 3_600_000).toISOString(),
      permissions: asked.permissions ?? { contents: "read", metadata: "read" },
      repository_selection: "selected"
    }
  }
}

const ask: Ask = { because: "start", previous: undefined, rejected: new Set() }

const overUndici = Effect.provide(UndiciTransport.layer)

const sourceAt = (origin: string, options: Partial<GitHubApp.Options> = {}) =>
  GitHubApp.source({
    appId: 12345,
    installationId: 67890,
    privateKey: Redacted.make(pkcs1),
    baseUrl: origin,
    ...options
  })

const assertSilent = (failure: SourceFailure): void => {
  const texts = [
    JSON.stringify(failure),
    String(failure),
    failure.message,
    inspect(failure, { depth: 20, showHidden: true, customInspect: false }),
    Cause.pretty(Cause.fail(failure))
  ]
  for (const text of texts) {
    for (const secret of [marker, "CANARY", pkcs1.slice(40, 80), "PRIVATE KEY-----\n"]) assert.notInclude(text, secret)
  }
}

const refused = (source: Source): Effect.Effect<string> =>
  source.issue(ask).pipe(
    Effect.flip,
    Effect.catch((issued) => Effect.die(new Error(`it gave version ${issued.version}`))),
    Effect.map((failure) => {
      assertSilent(failure)
      const wait = failure.retryAfterMillis === undefined ? "" : ` (${failure.retryAfterMillis} ms)`
      return `${failure.reason}: ${failure.detail}${wait}`
    })
  )

describe("GitHubApp.source", () => {
  it.live("trades a token of 10 minutes for one of an hour, with a key of PKCS#1, PKCS#8 or in one line", () =>
    Effect.gen(function* () {
      const server = yield* serve(github)
      for (const pem of [pkcs1, pkcs8, pkcs1.replaceAll("\n", "\\n"), pkcs8.replaceAll("\n", "\r\n")]) {
        const before = Date.now()
        const source = yield* sourceAt(server.origin, { privateKey: Redacted.make(pem) })
        const issued = yield* source.issue(ask)
        assert.strictEqual(Redacted.value(issued.secret), marker)
        assert.strictEqual(issued.version, "1")
        const lifeMillis = (issued.expiresAtMillis ?? 0) - issued.issuedAtMillis
        assert.isTrue(lifeMillis > 3_590_000 && lifeMillis <= 3_600_000, `${lifeMillis}`)
        const claims = claimsOf(bearer(server.received.at(-1)!))!
        assert.deepStrictEqual([claims.exp - claims.iat, claims.iss], [600, "12345"])
        assert.isTrue(claims.iat * 1000 <= before - 59_000)
      }
      const { headers, method } = server.received[0]!
      assert.strictEqual(method, "POST")
      assert.deepStrictEqual(
        [headers["accept"], headers["x-github-api-version"], headers["user-agent"]],
        ["application/vnd.github+json", "2026-03-10", "surety-github"]
      )
    }).pipe(overUndici)
  )

  it.live("asks for 2 permissions and 1 repository, and says what was granted: write covers read", () =>
    Effect.gen(function* () {
      const server = yield* serve(github)
      const asked = {
        permissions: { issues: "write", metadata: "read", administration: "admin" },
        repositories: ["hello"],
        repositoryIds: [7]
      } as const
      const issued = yield* Effect.flatMap(sourceAt(server.origin, asked), (source) => source.issue(ask))
      assert.deepStrictEqual(JSON.parse(server.received[0]!.body), {
        permissions: asked.permissions,
        repositories: ["hello"],
        repository_ids: [7]
      })
      assert.deepStrictEqual(issued.scopes, [
        "issues:read",
        "issues:write",
        "metadata:read",
        "administration:read",
        "administration:write",
        "administration:admin"
      ])
      const all = yield* Effect.flatMap(sourceAt(server.origin), (source) => source.issue(ask))
      assert.strictEqual(server.received[1]!.body, "{}")
      assert.deepStrictEqual(all.scopes, ["contents:read", "metadata:read"])
    }).pipe(overUndici)
  )

  it.live("counts the hour by GitHub's clock when ours is 20 minutes off", () =>
    Effect.gen(function* () {
      const theirsMillis = Math.floor(Date.now() / 1000) * 1000 - 1_200_000
      const server = yield* serve(() => ({
        status: 201,
        headers: { date: new Date(theirsMillis).toUTCString() },
        body: { token: marker, expires_at: new Date(theirsMillis + 3_600_000).toISOString(), permissions: {} }
      }))
      const issued = yield* Effect.flatMap(sourceAt(server.origin), (source) => source.issue(ask))
      assert.strictEqual((issued.expiresAtMillis ?? 0) - issued.issuedAtMillis, 3_600_000)
    }).pipe(overUndici)
  )

  it.live("tells 14 refusals apart, and quotes nothing of what GitHub says", () =>
    Effect.gen(function* () {
      const date = new Date().toUTCString()
      const reset = String(Math.floor(Date.parse(date) / 1000) + 90)
      const said = { message: `Bad thing ${marker}` }
      const table: ReadonlyArray<readonly [Reply, string]> = [
        [{ status: 401, body: said }, "rejected: github: the app's token was refused, HTTP 401"],
        [{ status: 403, body: said }, "rejected: github: the app may not, or the installation is suspended, HTTP 403"],
        [
          {
            status: 403,
            headers: { date, "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset },
            body: { message: `API rate limit exceeded ${marker}` }
          },
          "unavailable: github: a limit, HTTP 403 (91000 ms)"
        ],
        [
          { status: 403, body: { message: `You have exceeded a secondary rate limit ${marker}` } },
          "unavailable: github: a limit, HTTP 403 (60000 ms)"
        ],
        [{ status: 429, headers: { "retry-after": "7" } }, "unavailable: github: a limit, HTTP 429 (7000 ms)"],
        [{ status: 404, body: said }, "misconfigured: github: there is no such installation of this app, HTTP 404"],
        [
          { status: 422, body: said },
          "misconfigured: github: the installation lacks a permission or a repository that was asked for, HTTP 422"
        ],
        [{ status: 400, body: said }, "misconfigured: github: HTTP 400"],
        [{ status: 301, headers: { location: `http://x/${marker}` } }, "unavailable: github: HTTP 301"],
        [{ status: 500, body: said }, "unavailable: github: HTTP 500"],
        [{ status: 503, headers: { "retry-after": "3" } }, "unavailable: github: HTTP 503 (3000 ms)"],
        [{ status: 201, body: marker }, "unavailable: github: an answer without a token, HTTP 201"],
        [{ status: 201, body: { token: marker } }, "unavailable: github: an answer without a token, HTTP 201"],
        [
          { status: 201, body: { token: `${marker}\n`, expires_at: "2027-01-01T00:00:00Z" } },
          "unavailable: github: an answer without a token, HTTP 201"
        ]
      ]
      for (const [reply, expected] of table) {
        const server = yield* serve(() => reply)
        assert.strictEqual(yield* Effect.flatMap(sourceAt(server.origin), refused), expected)
        assert.strictEqual(server.received.length, 1)
      }
    }).pipe(overUndici)
  )

  it.live("says by how many seconds our clock is ahead when GitHub refuses the token", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({
        status: 401,
        headers: { date: new Date(Date.now() - 421_000).toUTCString() }
      }))
      assert.match(
        yield* Effect.flatMap(sourceAt(server.origin), refused),
        /^rejected: github: the app's token was refused, HTTP 401; our clock is 42[12] s ahead$/
      )
    }).pipe(overUndici)
  )

  it.live("B2: takes the other key of the app when GitHub refuses one: 2 requests, then none", () =>
    Effect.gen(function* () {
      const server = yield* serve(github)
      const keys = StaticSource.make({
        current: Redacted.make(otherPem),
        previous: Redacted.make(pkcs1),
        defectOf: GitHubAppKey.defectOf
      })
      const issued = yield* Effect.flatMap(sourceAt(server.origin, { privateKey: keys }), (source) => source.issue(ask))
      assert.strictEqual(Redacted.value(issued.secret), marker)
      assert.strictEqual(server.received.length, 2)
      const alone = sourceAt(server.origin, { privateKey: Redacted.make(otherPem) })
      assert.strictEqual(
        yield* Effect.flatMap(alone, refused),
        "rejected: github: the app's token was refused, HTTP 401"
      )
      assert.strictEqual(server.received.length, 3)
    }).pipe(overUndici)
  )

  it.live("B10: gives up after its timeout, and is unavailable when nobody listens", () =>
    Effect.gen(function* () {
      const silent = yield* serve(() => undefined)
      assert.strictEqual(
        yield* Effect.flatMap(sourceAt(silent.origin, { timeout: "50 millis" }), refused),
        "unavailable: github: no answer within 50 ms"
      )
      const origin = yield* Effect.scoped(Effect.map(serve(github), (server) => server.origin))
      assert.strictEqual(yield* Effect.flatMap(sourceAt(origin), refused), "unavailable: github: connect_refused")
    }).pipe(overUndici)
  )

  it.live("is misconfigured by 5 keys that are none, and sends nothing", () =>
    Effect.gen(function* () {
      const server = yield* serve(github)
      const table: ReadonlyArray<readonly [string, string]> = [
        ["", "it is not a PEM (BEGIN … PRIVATE KEY)"],
        [pkcs1.replaceAll("RSA ", ""), "it is not an RSA key"],
        [ecPem, "it is not an RSA key"],
        [pkcs8.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"), "it is encrypted: give it without a passphrase"],
        [
          pkcs1.replaceAll(/=+/g, "").replace(/([A-Za-z0-9+/])\n-----END/, "\n-----END"),
          "it is not base64 between its lines"
        ]
      ]
      for (const [pem, why] of table) {
        assert.strictEqual(
          yield* Effect.flatMap(sourceAt(server.origin, { privateKey: Redacted.make(pem) }), refused),
          `misconfigured: the private key of the GitHub App: ${why}`
        )
      }
      assert.strictEqual(server.received.length, 0)
      assert.deepStrictEqual([pkcs1, pkcs8].map(GitHubAppKey.defectOf), [undefined, undefined])
    }).pipe(overUndici)
  )

  it("A21: takes no address without TLS but a loopback one", () => {
    assert.throws(() => sourceAt("http://github.example"), RangeError, "github.example is not https")
  })

  it.live("B4: ends the token at GitHub, and takes one that is no more for ended", () =>
    Effect.gen(function* () {
      const statuses = [204, 401, 500]
      const server = yield* serve((request) =>
        request.method === "DELETE" ? { status: statuses.shift() ?? 204 } : github(request)
      )
      const source = yield* sourceAt(server.origin)
      const issued = yield* source.issue(ask)
      yield* source.revoke!(issued)
      yield* source.revoke!(issued)
      const failure = yield* Effect.flip(source.revoke!(issued))
      assertSilent(failure)
      assert.strictEqual(failure.message, "The credential source failed (unavailable): github: HTTP 500")
      assert.deepStrictEqual(
        server.received.slice(1).map((request) => [request.method, request.path, bearer(request)]),
        Array.from({ length: 3 }, () => ["DELETE", "/installation/token", marker])
      )
    }).pipe(overUndici)
  )

  it.live("is held by a lifecycle: 1 request for 20 calls, and the scopes that GitHub granted", () =>
    Effect.gen(function* () {
      const server = yield* serve(github)
      const source = yield* sourceAt(server.origin, { permissions: { issues: "write" } })
      const credentials = yield* Lifecycle.make(source, { provider: "github", credential: "github-token" })
      const secrets = yield* Effect.all(
        Array.from({ length: 20 }, () => credentials.current),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual([...new Set(secrets.map((secret) => Redacted.value(secret)))], [marker])
      assert.strictEqual(server.received.length, 1)
      assert.deepStrictEqual(credentials.granted?.(secrets[0]!), ["issues:read", "issues:write"])
    }).pipe(overUndici)
  )
})
