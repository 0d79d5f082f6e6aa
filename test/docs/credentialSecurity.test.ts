// What SECURITY.md promises of credentials, by its numbers. The suites of each module go further.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { inspect } from "node:util"
import { AuthorizationCode, Client, ClientAuth } from "@surety/oauth"
import * as Notice from "surety/Notice"
import { Credential, Degradation, Provider, RateLimit, RetryMatrix, Backoff, Failure } from "surety"
import {
  type Audit,
  Auditor,
  type GrantStore,
  Lifecycle,
  MemoryGrantStore,
  SharedGrant,
  Source,
  StaticSource,
  type Tokens
} from "surety/credential"
import { HttpOperation } from "surety/http"
import { Transport } from "surety/http/Transport"
import { Canary } from "surety/testing"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Schema from "effect/Schema"
import { workspace } from "../../scripts/gate.ts"

const secret = "sk_canary_7f3a91"
const quick = Backoff.exponential({ base: "1 millis", cap: "2 millis", maxAttempts: 2, jitter: "full" })

class Refused extends Failure.Tagged<Refused>()("Refused", {
  retry: "never",
  fault: "caller",
  fields: { detail: Schema.String }
}) {}

const look = HttpOperation.read(
  HttpApiEndpoint.get("look", "/look", { success: Schema.Struct({ id: Schema.String }) }),
  {
    failures: [Refused.wire(422)],
    timeout: { attempt: "1 second", total: "4 seconds" },
    retry: { ...RetryMatrix.transport(quick), Refused: Backoff.never },
    scopes: ["read"]
  }
)
const base = {
  baseUrl: "https://api.example",
  owner: "team",
  criticality: "low",
  degradation: Degradation.fail,
  slo: { availability: 0.9, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 2 },
  version: { unversioned: "a test", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example",
  operations: { look }
} as const
const life = { scopes: ["read"], rotateEvery: "90 days" } as const

class Items extends Provider.Service<Items>()("test/Guarded", { ...base, credentials: Credential.bearer(life) }) {}
class Queried extends Provider.Service<Queried>()("test/Queried", {
  ...base,
  credentials: Credential.legacyQueryKey("key", { ...life, because: "a test" })
}) {}

interface Answer {
  readonly status: number
  readonly body: string
}

/** A transport that answers as told and keeps what it was given. */
const wire = (answer: (authorization: string | undefined) => Answer) => {
  const requests: Array<unknown> = []
  const layer = Layer.succeed(Transport, {
    send: (request, handler) => {
      requests.push(request)
      const { body, status } = answer(request.authorize?.()["authorization"])
      queueMicrotask(() => {
        handler.onHead(status, { "content-type": "application/json" })
        handler.onData(new TextEncoder().encode(body))
        handler.onEnd()
      })
      return { cancel: () => {}, pause: () => {}, resume: () => {} }
    }
  })
  return { requests, layer }
}

const fine = (): Answer => ({ status: 200, body: `{"id":"1"}` })
const call = Effect.flatMap(Items, (items) => items.look())
const over = (net: { readonly layer: Layer.Layer<Transport> }, source: Source.Source) =>
  Items.layer.pipe(Layer.provide([net.layer, Lifecycle.layer(Items, source)]))

const tokens = (serial: number): Tokens.Tokens => ({
  accessToken: Redacted.make(`access-${serial}`),
  refreshToken: Redacted.make(`refresh-${serial}`),
  scopes: undefined,
  issuedAtMillis: 0,
  expiresAtMillis: 1000,
  extra: {}
})
const ask = (source: Source.Source) => source.issue({ because: "start", previous: undefined, rejected: new Set() })
const withStore = <A, E>(effect: Effect.Effect<A, E, GrantStore.GrantStore>) =>
  Effect.scoped(Effect.provide(effect, MemoryGrantStore.layer))

describe("SECURITY.md", () => {
  it.live("S4: 3 calls leave 0 copies of the secret in spans, metrics, logs and errors", () =>
    Effect.gen(function* () {
      for (const answer of [fine(), { status: 422, body: `{"detail":"no"}` }, { status: 503, body: "{}" }]) {
        const source = StaticSource.make({ current: Redacted.make(secret) })
        yield* Canary.assertNoLeak(
          Effect.provide(
            call,
            over(
              wire(() => answer),
              source
            )
          ),
          [Redacted.make(secret)]
        )
      }
    })
  )

  it("S11: a link to an end of life is told over https, and 0 links over http are", () => {
    const told = (href: string) => Notice.fromHeaders({ sunset: "soon", link: `<${href}>; rel="sunset"` })?.links.length
    expect(told("https://docs.example/end")).toBe(1)
    expect(told("http://docs.example/end")).toBeUndefined()
  })

  it("S12: 8 programs with a credential without an end to its life do not compile", () => {
    const refused = globSync("test/illegal/*prov-002*.illegal.ts", { cwd: workspace })
    expect(refused.length).toBeGreaterThanOrEqual(8)
  })

  it.effect("S14: a secret is sent 0 times after its end of 100 s", () =>
    Effect.gen(function* () {
      const net = wire(fine)
      let asked = 0
      const source: Source.Source = {
        name: "short",
        issue: () =>
          asked++ === 0
            ? Effect.succeed({
                secret: Redacted.make(secret),
                version: "1",
                issuedAtMillis: 0,
                expiresAtMillis: 100_000
              })
            : Effect.fail(new Source.SourceFailure({ reason: "unavailable", detail: "down" }))
      }
      yield* Effect.gen(function* () {
        yield* call
        yield* TestClock.adjust("101 seconds")
        const error = yield* Effect.flip(call)
        expect(error._tag === "NotAttempted" && error.reason._tag).toBe("CredentialUnavailable")
      }).pipe(Effect.provide(over(net, source)))
      expect(net.requests).toHaveLength(1)
    })
  )

  it.effect("S14: a grant without the scope of an operation is 0 requests", () =>
    Effect.gen(function* () {
      const net = wire(fine)
      const source = StaticSource.make({ current: Redacted.make(secret), scopes: ["list"] })
      const error = yield* Effect.flip(Effect.provide(call, over(net, source)))
      expect(error._tag).toBe("ScopeMissing")
      expect(net.requests).toHaveLength(0)
    })
  )

  it.effect("S15: a refusal that quotes the secret in 4 forms puts 0 of them into the failure", () =>
    Effect.gen(function* () {
      const forms = [secret, btoa(secret), encodeURIComponent(`Bearer ${secret}`), secret.replace("s", "\\u0073")]
      for (const form of forms) {
        const net = wire(() => ({ status: 422, body: `{"detail":"bad key ${form}"}` }))
        const error = yield* Effect.flip(
          Effect.provide(call, over(net, StaticSource.make({ current: Redacted.make(secret) })))
        )
        expect(error._tag).toBe("Refused")
        const shown = inspect(error, { depth: 9, showHidden: true })
        for (const each of [secret, btoa(secret)]) expect(shown).not.toContain(each)
      }
    })
  )

  it.effect("S16: a key in the address is in 0 request values", () =>
    Effect.gen(function* () {
      const net = wire(fine)
      yield* Effect.flatMap(Queried, (_) => _.look()).pipe(
        Effect.provide(Layer.provide(Queried.layer, [net.layer, Queried.Credentials.layer(Redacted.make(secret))]))
      )
      expect(inspect(net.requests, { depth: 9, showHidden: true })).not.toContain(secret)
    })
  )

  it.effect("S17: a provider that refuses every key gets 2 requests of a call, whatever the source has", () =>
    Effect.gen(function* () {
      const net = wire(() => ({ status: 401, body: "{}" }))
      let serial = 0
      const source: Source.Source = {
        name: "endless",
        issue: () =>
          Effect.sync(() => ({
            secret: Redacted.make(`${secret}-${++serial}`),
            version: `${serial}`,
            issuedAtMillis: 0
          }))
      }
      yield* Effect.flip(Effect.provide(call, over(net, source)))
      expect(net.requests).toHaveLength(2)
    })
  )

  it.effect("S18: 2 processes with 20 fibers each send the refresh token once", () =>
    withStore(
      Effect.gen(function* () {
        yield* SharedGrant.adopt({ key: "k", tokens: tokens(1) })
        yield* TestClock.adjust("2 seconds")
        const sent: Array<string> = []
        const refresh: Tokens.Refresh = (of) =>
          Effect.suspend(() => {
            sent.push(Redacted.value(of.refreshToken ?? Redacted.make("")))
            return Effect.delay(Effect.succeed({ ...tokens(2), issuedAtMillis: 2000, expiresAtMillis: 9000 }), 50)
          })
        const profile: Tokens.ReuseProfile = { name: "strict", graceMillis: 0, rotates: "always" }
        const one = SharedGrant.source({ name: "grant", key: "k", refresh, profile })
        const processes = yield* Effect.all([one, one])
        const asked = processes.flatMap((process) => Array.from({ length: 20 }, () => ask(process)))
        const all = yield* Effect.forkChild(Effect.all(asked, { concurrency: "unbounded" }))
        yield* TestClock.adjust("5 seconds")
        expect(new Set((yield* Fiber.join(all)).map((issued) => Redacted.value(issued.secret)))).toEqual(
          new Set(["access-2"])
        )
        expect(sent).toEqual(["refresh-1"])
      })
    )
  )

  it.effect("S19: a grant that its server refused is asked for once, and told once", () =>
    withStore(
      Effect.gen(function* () {
        const events: Array<Audit.Event> = []
        let sent = 0
        const refresh: Tokens.Refresh = () =>
          Effect.suspend(() => {
            sent++
            const failure = new Source.SourceFailure({ reason: "reauthorize", detail: "invalid_grant" })
            return Effect.fail({ _tag: "RefreshFailed", outcome: "refused", failure } as const)
          })
        const profile: Tokens.ReuseProfile = { name: "strict", graceMillis: 0, rotates: "always" }
        const sink: Audit.Sink = {
          name: "kept",
          append: (batch) => Effect.sync(() => void events.push(...batch))
        }
        yield* Effect.gen(function* () {
          yield* SharedGrant.adopt({ key: "k", tokens: tokens(1) })
          yield* TestClock.adjust("2 seconds")
          const source = yield* SharedGrant.source({ name: "grant", key: "k", refresh, profile })
          for (let i = 0; i < 5; i++) expect((yield* Effect.flip(ask(source))).reason).toBe("reauthorize")
          yield* TestClock.adjust("2 seconds")
        }).pipe(Effect.provide(Auditor.layer({ sinks: [sink] })))
        expect(sent).toBe(1)
        expect(events.filter(({ kind }) => kind === "reauthorize")).toHaveLength(1)
      })
    )
  )

  it.effect("S20: a trail of 4 calls and a renewal holds fingerprints and 0 secrets", () =>
    Effect.gen(function* () {
      const events: Array<Audit.Event> = []
      const sink: Audit.Sink = { name: "kept", append: (batch) => Effect.sync(() => void events.push(...batch)) }
      const source = StaticSource.make({ current: Redacted.make(secret) })
      const net = wire((authorization) =>
        authorization === `Bearer ${secret}-2` ? fine() : { status: 401, body: "{}" }
      )
      yield* Effect.gen(function* () {
        yield* source.replace(Redacted.make(`${secret}-2`))
        for (let i = 0; i < 4; i++) yield* call
      }).pipe(
        Effect.provide(over(net, source)),
        Effect.provide(Auditor.layer({ sinks: [sink], key: Redacted.make("of the test, long enough") }))
      )
      expect(events.map(({ kind }) => kind)).toContain("used")
      expect(JSON.stringify(events)).not.toContain(secret)
      for (const { fingerprint } of events.filter(({ kind }) => kind === "used"))
        expect(fingerprint).toMatch(/^[0-9a-f]{16}$/)
    })
  )

  it.effect(
    "B8: a contract names type, scopes, contact and next rotation; the trail who made and changed it, and why",
    () =>
      Effect.gen(function* () {
        const { credentials } = Items.contract
        expect([credentials.scheme._tag, credentials.scopes, credentials.life]).toEqual([
          "Bearer",
          ["read"],
          { _tag: "Rotated", everyMillis: 90 * 86_400_000 }
        ])
        expect(Provider.explain(Items.contract).credential).toMatchObject({ owner: "team" })
        const events: Array<Audit.Event> = []
        const sink: Audit.Sink = { name: "kept", append: (batch) => Effect.sync(() => void events.push(...batch)) }
        yield* Effect.gen(function* () {
          const source = StaticSource.make({ current: Redacted.make(secret) })
          const credential = yield* Lifecycle.make(source, { provider: "test/Guarded", credential: credentials.name })
          yield* source.replace(Redacted.make(`${secret}-2`))
          const control = Lifecycle.control(credential)
          yield* control!.renew("ana: yearly rotation")
          yield* control!.revoke("ana: end of contract")
        }).pipe(Effect.scoped, Effect.provide(Auditor.layer({ actor: "shop-1", sinks: [sink] })))
        const told = (kind: Audit.Kind) => events.find((event) => event.kind === kind)
        for (const kind of ["granted", "rotated", "revoked"] as const) {
          expect(told(kind)).toMatchObject({ actor: "shop-1", provider: "test/Guarded", credential: "bearer" })
          expect(told(kind)?.wallMillis).toBeTypeOf("number")
        }
        expect(told("revoked")?.purpose).toContain("ana: end of contract")
      })
  )

  it.live("S21: an authorization address holds a state and an S256 challenge, and the redirect address as it is", () =>
    Effect.gen(function* () {
      const client = Client.make({
        clientId: "c",
        auth: ClientAuth.secretBasic(Redacted.make(secret)),
        metadata: {
          issuer: "https://login.example",
          authorization_endpoint: "https://login.example/authorize",
          token_endpoint: "https://login.example/token"
        }
      })
      const { acme } = AuthorizationCode.make({
        acme: { client, redirectUri: "https://shop.example/back", scopes: ["read"] }
      })
      const { url } = yield* Effect.provide(acme.begin(), wire(fine).layer)
      const query = new URL(url).searchParams
      expect(query.get("code_challenge_method")).toBe("S256")
      expect(query.get("code_challenge")).toMatch(/^[A-Za-z0-9_-]{43}$/)
      expect(query.get("state")?.length).toBeGreaterThan(20)
      expect(query.get("redirect_uri")).toBe("https://shop.example/back")
      expect(url).not.toContain(secret)
    })
  )

  it.effect("S22: a source that dies with the secret in its error leaves 0 copies in the refusal", () =>
    Effect.gen(function* () {
      const source: Source.Source = { name: "broken", issue: () => Effect.die(new Error(`vault: ${secret}`)) }
      yield* Canary.assertNoLeak(Effect.provide(call, over(wire(fine), source)), [Redacted.make(secret)])
    })
  )

  it("has a test for each of its numbers", () => {
    const numbers = [...readFileSync(join(workspace, "SECURITY.md"), "utf8").matchAll(/^\| (S\d+) \|/gm)].map(
      ([, n]) => n!
    )
    expect(numbers.length).toBeGreaterThan(20)
    const titles = globSync("test/docs/*ecurity.test.ts", { cwd: workspace })
      .flatMap((file) => [
        ...readFileSync(join(workspace, file), "utf8").matchAll(/it(?:\.\w+)?\("((?:S\d+(?:, )?)+):/g)
      ])
      .flatMap(([, listed]) => listed!.split(", "))
    expect(numbers.filter((number) => !titles.includes(number))).toEqual([])
  })
})
