/** Sources below a lifecycle below a provider, over sockets: what the other side saw. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Backoff from "../../src/Backoff.ts"
import * as Credential from "../../src/Credential.ts"
import * as FileSource from "../../src/credential/FileSource.ts"
import * as Lifecycle from "../../src/credential/Lifecycle.ts"
import * as SecretStore from "../../src/credential/SecretStore.ts"
import * as SigV4 from "../../src/credential/SigV4.ts"
import type { Source } from "../../src/credential/Source.ts"
import * as StaticSource from "../../src/credential/StaticSource.ts"
import * as Degradation from "../../src/Degradation.ts"
import * as HttpOperation from "../../src/http/HttpOperation.ts"
import * as UndiciTransport from "../../src/http/UndiciTransport.ts"
import * as Idempotency from "../../src/Idempotency.ts"
import * as Provider from "../../src/Provider.ts"
import * as RateLimit from "../../src/RateLimit.ts"
import * as RetryMatrix from "../../src/RetryMatrix.ts"
import * as Loopback from "./Loopback.ts"
import { secretAccessKey, verified } from "./SigV4Verifier.ts"

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 2, jitter: "full" })
const timeout = { attempt: "5 seconds", total: "20 seconds" } as const
const Answer = Schema.Struct({ ok: Schema.Boolean })

const put = HttpOperation.mutation(
  HttpApiEndpoint.put("put", "/things/:id", {
    params: { id: Schema.String },
    query: { tag: Schema.String },
    payload: Schema.Struct({ name: Schema.String }),
    success: Answer
  }),
  {
    timeout,
    failures: [],
    retry: RetryMatrix.transport(quick),
    idempotency: Idempotency.natural("the same thing twice is one thing")
  }
)

const contract = <C extends Credential.Credential>(credentials: C) => ({
  baseUrl: "https://api.example",
  owner: "test",
  criticality: "low" as const,
  degradation: Degradation.fail,
  slo: { availability: 0.9, latency: { p99: "1 second" }, window: "1 day" } as const,
  limits: { rate: { requests: RateLimit.tokenBucket({ limit: 100_000, per: "1 second" }) }, concurrency: 50 },
  credentials,
  version: { header: "Api-Version", value: "1", reviewBy: "2027-04-01" } as const,
  runbook: "https://runbooks.example/test",
  operations: { put }
})

class Keyed extends Provider.Service<Keyed>()(
  "test/Keyed",
  contract(Credential.bearer({ scopes: [], rotateEvery: "90 days" }))
) {}

class Signed extends Provider.Service<Signed>()(
  "test/Signed",
  contract(SigV4.make({ service: "things", region: "eu-central-1", scopes: [], rotateEvery: "90 days" }))
) {}

interface Rotating {
  readonly source: Source
  /** Puts a new key into the place where the source looks. */
  readonly rotate: (next: string) => Effect.Effect<void>
}

const rotating: Readonly<Record<string, Effect.Effect<Rotating, never, Scope.Scope>>> = {
  StaticSource: Effect.sync(() => {
    const source = StaticSource.make({ current: Redacted.make("key-1") })
    return { source, rotate: (next) => Effect.orDie(source.replace(Redacted.make(next))) }
  }),
  FileSource: Effect.gen(function* () {
    const directory = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "surety-rotation-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true }))
    )
    const path = join(directory, "key")
    writeFileSync(path, "key-1\n")
    const source = yield* Effect.provide(FileSource.make({ path }), NodeFileSystem.layer)
    return {
      source,
      rotate: (next) =>
        Effect.sync(() => {
          writeFileSync(`${path}.next`, `${next}\n`)
          renameSync(`${path}.next`, path)
        })
    }
  }),
  SecretStore: Effect.sync(() => {
    let version = 1
    let secret = Redacted.make("key-1")
    const read = () => Effect.succeed({ secret, version: String(version) })
    return {
      source: SecretStore.source({ name: "test-store", read }, "key"),
      rotate: (next) =>
        Effect.sync(() => {
          version++
          secret = Redacted.make(next)
        })
    }
  })
}

const request = { params: { id: "1" }, query: { tag: "a b" }, payload: { name: "thing" } }

describe("a source that somebody rotates", () => {
  for (const [name, make] of Object.entries(rotating)) {
    it.live(`B1, B2: ${name}: a flip in 200 calls by 10 fibers fails none, and is refused 1 to 10 times`, () =>
      Effect.gen(function* () {
        const { rotate, source } = yield* make
        let valid = "key-1"
        let refusals = 0
        const server = yield* Loopback.serve(({ headers }) => {
          if (headers.authorization === `Bearer ${valid}`) return { status: 200, body: '{"ok":true}' }
          refusals++
          return { status: 401 }
        })
        const layer = Keyed.layerAt(server.origin).pipe(
          Layer.provide([UndiciTransport.layer, Lifecycle.layer(Keyed, source)])
        )
        yield* Effect.gen(function* () {
          const keyed = yield* Keyed
          const flip = Effect.andThen(
            rotate("key-2"),
            Effect.sync(() => void (valid = "key-2"))
          )
          const answers = yield* Effect.forEach(
            Array.from({ length: 200 }),
            (_, index) => (index === 100 ? Effect.andThen(flip, keyed.put(request)) : keyed.put(request)),
            { concurrency: 10 }
          )
          assert.strictEqual(answers.filter(({ ok }) => ok).length, 200)
        }).pipe(Effect.provide(layer))
        assert.isTrue(refusals >= 1 && refusals <= 10, `${refusals} refusals`)
        assert.strictEqual(server.requests.length, 200 + refusals)
      })
    )
  }

  it.live("B3: a key that the provider does not know yet falls back to the previous one, in 1 refusal", () =>
    Effect.gen(function* () {
      const source = StaticSource.make({ current: Redacted.make("key-2"), previous: Redacted.make("key-1") })
      const server = yield* Loopback.serve(({ headers }) =>
        headers.authorization === "Bearer key-1" ? { status: 200, body: '{"ok":true}' } : { status: 401 }
      )
      const layer = Keyed.layerAt(server.origin).pipe(
        Layer.provide([UndiciTransport.layer, Lifecycle.layer(Keyed, source)])
      )
      yield* Effect.gen(function* () {
        const keyed = yield* Keyed
        for (let call = 0; call < 5; call++) assert.isTrue((yield* keyed.put(request)).ok)
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(
        server.requests.map(({ headers }) => headers.authorization),
        ["Bearer key-2", ...Array.from({ length: 5 }, () => "Bearer key-1")]
      )
    })
  )
})

describe("a provider whose requests are signed", () => {
  it.live("sends a request that AWS's algorithm accepts, as a verifier of our own computes it", () =>
    Effect.gen(function* () {
      const server = yield* Loopback.serve(() => ({ status: 200, body: '{"ok":true}' }))
      const source = StaticSource.make({
        current: Redacted.make(JSON.stringify({ accessKeyId: "AKIDEXAMPLE", secretAccessKey })),
        defectOf: SigV4.defectOf
      })
      const layer = Signed.layerAt(server.origin).pipe(
        Layer.provide([UndiciTransport.layer, Lifecycle.layer(Signed, source)])
      )
      yield* Effect.flatMap(Signed, (signed) => signed.put(request)).pipe(Effect.provide(layer))
      const { body, headers, method, path } = server.requests[0]!
      assert.deepStrictEqual([method, path, body], ["PUT", "/things/1?tag=a%20b", '{"name":"thing"}'])
      const unsigned = {
        method,
        origin: server.origin,
        path,
        headers: headers as Record<string, string>,
        body,
        nowMillis: 0
      }
      assert.strictEqual(verified({ unsigned, added: {} }), "valid")
      assert.strictEqual(verified({ unsigned: { ...unsigned, body: `${body} ` }, added: {} }), "invalid")
    })
  )
})
