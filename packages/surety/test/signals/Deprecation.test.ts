/** Requirements I11 to I14: what a provider announces, however it says it, becomes one signal of one operation. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Provider } from "surety"
import { FakeExchange, FakeServer, FakeTransport } from "surety/testing"
import * as Notice from "../../src/Notice.ts"
import * as NoticeDialect from "../../src/NoticeDialect.ts"
import { Booth, layerOf, logging, operations, options, secret, told } from "./Booth.ts"

type Headers = Readonly<Record<string, string>>

const server = (headers: Headers) => FakeServer.make({ handle: () => FakeExchange.json(200, { id: "a" }, headers) })
const responses = told("integration.deprecation.responses", "integration.operation.name")
const sunset = told("integration.deprecation.sunset.time", "integration.operation.name")

/** Two calls of one operation, under a logger. */
const observed = (headers: Headers) =>
  Effect.gen(function* () {
    const { layer, lines } = logging()
    const seen = yield* Effect.gen(function* () {
      const booth = yield* Booth
      yield* booth.plain()
      yield* booth.plain()
      return { responses: yield* responses, sunset: yield* sunset }
    }).pipe(Effect.provide(layer), Effect.provide(layerOf(server(headers))))
    return { ...seen, lines }
  })

describe("I11: Deprecation (RFC 9745)", () => {
  for (const value of ["@1688169599", "true", "Fri, 30 Jun 2023 23:59:59 GMT"]) {
    it.effect(`counts 2 responses of "${value}" and logs 1 event`, () =>
      Effect.gen(function* () {
        const seen = yield* observed({ deprecation: value })
        assert.deepStrictEqual(seen.responses, ["kind=deprecation 2"])
        assert.deepStrictEqual(
          seen.lines.map(({ annotations, level, message }) => [level, message, annotations["deprecated.at"]]),
          [["Warn", "integration.deprecation.observed", value === "true" ? undefined : "2023-06-30T23:59:59.000Z"]]
        )
      })
    )
  }

  it.effect("logs one event for each of 2 operations, and again after a day", () =>
    Effect.gen(function* () {
      const { layer, lines } = logging()
      yield* Effect.gen(function* () {
        const booth = yield* Booth
        const both = Effect.andThen(booth.plain(), booth.get({ params: { id: "a" }, query: {} }))
        yield* both
        yield* TestClock.adjust("23 hours")
        yield* both
        assert.strictEqual(lines.length, 2)
        yield* TestClock.adjust("1 hour")
        yield* both
        assert.strictEqual(lines.length, 4)
      }).pipe(Effect.provide(layer), Effect.provide(layerOf(server({ deprecation: "@1" }))))
    })
  )

  it.effect("says nothing of a malformed header, and counts none", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* observed({ deprecation: "soon" }), { responses: [], sunset: [], lines: [] })
    })
  )
})

describe("I12: Sunset (RFC 8594)", () => {
  it.effect("is a gauge of the day in seconds, 0 as long as there is none", () =>
    Effect.gen(function* () {
      const seen = yield* observed({ sunset: "Thu, 01 Jan 2032 00:00:00 GMT" })
      assert.deepStrictEqual(seen.sunset, ["1956528000"])
      assert.deepStrictEqual(seen.responses, ["kind=sunset 2"])
      assert.deepStrictEqual((yield* observed({})).sunset, [])
    })
  )

  it.effect("that the contract declares is the gauge from the start, and what an answer says takes its place", () =>
    Effect.gen(function* () {
      class Ending extends Provider.Service<Ending>()("tests/Ending", {
        ...options,
        operations: { plain: { ...operations.plain, sunset: "2027-06-30" } }
      }) {}
      const at = (headers: Headers) =>
        Effect.provide(
          Effect.gen(function* () {
            const ending = yield* Ending
            const before = yield* sunset
            yield* ending.plain()
            return [before, yield* sunset]
          }),
          Ending.layer.pipe(
            Layer.provide([FakeTransport.layer(server(headers)), Ending.Credentials.layer(Redacted.make(secret))])
          )
        )
      assert.deepStrictEqual(yield* at({}), [["1814313600"], ["1814313600"]])
      assert.deepStrictEqual(yield* at({ sunset: "Thu, 01 Jan 2032 00:00:00 GMT" }), [["1814313600"], ["1956528000"]])
    })
  )

  it.effect("that has passed is a date like any other, and the call goes well", () =>
    Effect.gen(function* () {
      const seen = yield* observed({ sunset: "Sun, 11 Nov 2018 23:59:59 GMT" })
      assert.deepStrictEqual(seen.sunset, ["1541980799"])
    })
  )

  it.effect("before the deprecation is told as a contradiction", () =>
    Effect.gen(function* () {
      const seen = yield* observed({ deprecation: "@1688169599", sunset: "Sun, 11 Nov 2018 23:59:59 GMT" })
      assert.strictEqual(seen.lines[0]?.annotations["sunset.before_deprecation"], true)
      const right = yield* observed({ deprecation: "@1541980000", sunset: "Sun, 11 Nov 2018 23:59:59 GMT" })
      assert.isUndefined(right.lines[0]?.annotations["sunset.before_deprecation"])
    })
  )
})

describe("I13: Link (RFC 8288)", () => {
  it.effect("reports https targets and follows none: 2 requests for 2 calls", () =>
    Effect.gen(function* () {
      const { layer, lines } = logging()
      const provider = server({
        deprecation: "@1",
        link: '<https://docs.booth.example/v2>; rel="successor-version", <http://evil.example/>; rel="deprecation"'
      })
      yield* Effect.flatMap(Booth, (booth) => Effect.andThen(booth.plain(), booth.plain())).pipe(
        Effect.provide(layer),
        Effect.provide(layerOf(provider))
      )
      assert.strictEqual(lines[0]?.annotations["link.successor-version"], "https://docs.booth.example/v2")
      assert.isUndefined(lines[0]?.annotations["link.deprecation"])
      assert.strictEqual(provider.log.count(), 2)
    })
  )
})

describe("I14: the dialects of vendors", () => {
  const cases: ReadonlyArray<readonly [string, Notice.Reader, Headers, unknown]> = [
    ["commercetools", NoticeDialect.commercetools, { "x-deprecation-notice": "going away" }, { deprecated: true }],
    [
      "Zapier, with a day and an address",
      NoticeDialect.zapier,
      { "x-api-deprecation-date": "2027-03-01", "x-api-deprecation-info": "https://zapier.example/v3" },
      {
        deprecated: true,
        deprecatedAt: Date.UTC(2027, 2, 1),
        links: [{ rel: "deprecation", href: "https://zapier.example/v3" }]
      }
    ],
    ["Zapier, with a text", NoticeDialect.zapier, { "x-api-deprecation-info": "ask us" }, { deprecated: true }],
    ["Warning 299", NoticeDialect.warning, { warning: '299 - "gone soon"' }, { warned: true }],
    ["Warning 110, which is about caches", NoticeDialect.warning, { warning: '110 - "stale"' }, undefined],
    ["Stripe", NoticeDialect.stripe, { "stripe-notice": "This parameter is deprecated" }, { warned: true }],
    [
      "GitHub",
      Notice.fromHeaders,
      { deprecation: "Fri, 30 Jun 2023 23:59:59 GMT" },
      { deprecated: true, deprecatedAt: 1688169599000 }
    ]
  ]
  for (const [vendor, read, headers, expected] of cases) {
    it(`reads ${vendor} without its text`, () => {
      const found = read(headers)
      if (expected === undefined) return assert.isUndefined(found)
      assert.deepStrictEqual(found, {
        deprecated: false,
        deprecatedAt: undefined,
        sunsetAt: undefined,
        links: [],
        ...(expected as object)
      })
      assert.isUndefined(read({}))
    })
  }

  it.effect("feeds the same counters, event and metadata from the reader that the contract names", () =>
    Effect.gen(function* () {
      class Old extends Provider.Service<Old>()("tests/Old", {
        ...options,
        notices: NoticeDialect.anyOf(Notice.fromHeaders, NoticeDialect.warning, NoticeDialect.commercetools)
      }) {}
      const { layer, lines } = logging()
      const headers = { warning: '299 - "x"', "x-deprecation-notice": "y", sunset: "Thu, 01 Jan 2032 00:00:00 GMT" }
      yield* Effect.gen(function* () {
        const old = yield* Old
        const { metadata } = yield* old.plain.detailed()
        assert.deepStrictEqual(metadata.deprecation, {
          deprecated: true,
          deprecatedAt: undefined,
          sunsetAt: Date.UTC(2032, 0, 1),
          links: [],
          warned: true
        })
        assert.deepStrictEqual(yield* responses, ["kind=deprecation 1", "kind=sunset 1", "kind=warning 1"])
      }).pipe(
        Effect.provide(layer),
        Effect.provide(
          Old.layer.pipe(
            Layer.provide([FakeTransport.layer(server(headers)), Old.Credentials.layer(Redacted.make(secret))])
          )
        )
      )
      assert.strictEqual(lines.length, 1)
    })
  )
})
