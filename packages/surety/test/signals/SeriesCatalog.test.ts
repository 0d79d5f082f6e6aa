import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { Contract, Credential, Operation, Provider, RetryMatrix } from "surety"
import { Lifecycle, StaticSource } from "surety/credential"
import * as Redacted from "effect/Redacted"
import * as CredentialSeries from "../../src/signals/CredentialSeries.ts"
import * as SeriesCatalog from "../../src/signals/SeriesCatalog.ts"
import type { Series } from "../../src/signals/Series.ts"
import { FakeExchange, FakeServer, FakeTransport } from "surety/testing"
import { Booth, layerOf, options, secret } from "./Booth.ts"

const server = FakeServer.make({ handle: () => FakeExchange.json(200, { id: "a" }) })

const written = ({ attributes, bounds, kind, name, unit }: Series): string =>
  JSON.stringify([
    kind,
    name,
    Object.entries({ ...attributes, ...(unit === undefined ? {} : { unit }) }).sort(),
    bounds
  ])

/** The registry, in the catalogue's words. */
const registered = Effect.map(Metric.snapshot, (all) =>
  all
    .filter((one) => /^(integration|http\.client)\./.test(one.id))
    .map((one) => {
      const { buckets } = one.state as { readonly buckets?: ReadonlyArray<readonly [number, number]> }
      return JSON.stringify([
        one.type.toLowerCase(),
        one.id,
        Object.entries(one.attributes ?? {}).sort(),
        (buckets ?? []).map(([bound]) => bound)
      ])
    })
    .sort()
)

const contractOf = (rest: Partial<Contract.Reach<unknown>> & { readonly limits?: unknown }) =>
  Contract.make("tests/Booth", { ...options, ...rest } as never) as Contract.Any

const many = (count: number): Contract.Operations =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const { endpoint, exchange } = Booth.contract.operations.plain.binding as Extract<
        Operation.Binding,
        { readonly _tag: "Compiled" }
      >
      const name = `get${index}`
      return [name, { ...Booth.contract.operations.plain, name, binding: { _tag: "Compiled", endpoint, exchange } }]
    })
  ) as never

describe("SeriesCatalog.of", () => {
  it.effect("lists what the engine registers, series by series, for 6 operations with every option", () =>
    Effect.gen(function* () {
      const seen = yield* Effect.provide(registered, layerOf(server))
      const listed = SeriesCatalog.of(Booth.contract).map(written).sort()
      assert.deepStrictEqual(seen, listed)
      assert.isAbove(listed.length, 400)
      assert.strictEqual(new Set(listed).size, listed.length)
    })
  )

  it.effect("lists it for a provider without HTTP, credential, buckets and version, too", () =>
    Effect.gen(function* () {
      class Bare extends Provider.Service<Bare>()("tests/Bare", {
        ...options,
        limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 1 },
        credentials: Credential.none("a test"),
        version: { unversioned: "a test", reviewBy: "2027-01-01" },
        signals: { detail: "fault" },
        operations: {
          here: Operation.read("here", {
            timeout: { attempt: "1 second", total: "5 seconds" },
            failures: [],
            retry: RetryMatrix.transportNever,
            attempt: (_: string) => Effect.succeed("here")
          })
        }
      }) {}
      const seen = yield* Effect.provide(registered, Bare.layer)
      assert.deepStrictEqual(seen, SeriesCatalog.of(Bare.contract).map(written).sort())
      assert.isFalse(seen.some((one) => /http\.client|rate_limit\.(limit|wait)|idempotency|quota/.test(one)))
    })
  )

  it("has the latencies of the objective and every deadline among the bounds of all calls", () => {
    const [first] = SeriesCatalog.of(Booth.contract).filter(({ name }) => name === "integration.operation.duration")
    assert.includeMembers([...(first?.bounds ?? [])], [0.3, 3, 5, 10])
  })

  it("has one exchange series for each status that is declared, for 401, 403, 429 and 4 of 5xx, and 2 for all others", () => {
    const exchanges = SeriesCatalog.of(Booth.contract).filter(
      (one) => one.name === "http.client.request.duration" && one.attributes["integration.operation.name"] === "add"
    )
    const statuses = exchanges.flatMap(({ attributes }) => attributes["http.response.status_code"] ?? [])
    const types = exchanges.flatMap(({ attributes }) => attributes["error.type"] ?? [])
    assert.deepStrictEqual(
      types.filter((type) => type.endsWith("xx")),
      ["4xx", "5xx"]
    )
    assert.deepStrictEqual(statuses, [
      "201",
      "401",
      "402",
      "403",
      "409",
      "410",
      "425",
      "429",
      "500",
      "502",
      "503",
      "504"
    ])
  })
})

describe("SeriesCatalog.check", () => {
  it("counts the histograms of a contract", () => {
    const listed = SeriesCatalog.of(Booth.contract).filter(({ kind }) => kind === "histogram").length
    assert.deepStrictEqual(SeriesCatalog.check(Booth.contract), { histograms: listed, atMost: 1000 })
  })

  it("lets 100 operations pass under detail fault, and not under error-type", () => {
    assert.isAtMost(
      SeriesCatalog.check(contractOf({ operations: many(100), signals: { detail: "fault" } })).histograms,
      1000
    )
    assert.throws(
      () => SeriesCatalog.check(contractOf({ operations: many(100) })),
      RangeError,
      /^tests\/Booth: 100 operations need \d{4} histogram series, signals\.maxHistogramSeries is 1000: declare signals\.detail "fault"/
    )
  })

  it("takes another budget, and refuses one that is no number of series", () => {
    const signals = { maxHistogramSeries: 10_000 }
    assert.strictEqual(SeriesCatalog.check(contractOf({ operations: many(100), signals })).atMost, 10_000)
    assert.throws(() => contractOf({ signals: { maxHistogramSeries: 0 } }), RangeError, "at least 1, got 0")
  })

  it.effect("is asked when the layer is built, which registers nothing then", () =>
    Effect.gen(function* () {
      class Wide extends Provider.Service<Wide>()("tests/Wide", { ...options, signals: { maxHistogramSeries: 50 } }) {}
      const layer = Wide.layer.pipe(
        Layer.provide([FakeTransport.layer(server), Wide.Credentials.layer(Redacted.make(secret))])
      )
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(layer)))
      assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", "signals.maxHistogramSeries is 50")
      assert.deepStrictEqual(yield* registered, [])
    })
  )
})

describe("CredentialSeries", () => {
  it.effect("lists what a managed credential registers: 11 series", () =>
    Effect.gen(function* () {
      const source = StaticSource.make({ current: Redacted.make("sk_1"), expiresAt: DateTime.makeUnsafe(4e12) })
      const credentials = yield* Lifecycle.make(source, { provider: "acme", credential: "bearer" })
      yield* Effect.suspend(() => credentials.current)
      const seen = (yield* registered).filter((one) => one.includes("integration.credential."))
      const listed = CredentialSeries.of("acme", "bearer").map(written)
      assert.strictEqual(listed.length, 11)
      assert.deepStrictEqual([...seen].sort(), [...listed].sort())
    }).pipe(Effect.scoped)
  )
})
