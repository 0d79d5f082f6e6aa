/** The same run over Effect's OTLP exporters and over the OpenTelemetry SDK: what a collector gets is the same. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import { OpenTelemetry } from "@surety/opentelemetry"
import { ExportProfile, SeriesCatalog } from "surety/signals"
import { Canary } from "surety/testing"
import { OtlpExport, PrometheusText } from "surety/telemetry"
import * as TelemetryContractPage from "surety/testing/TelemetryContractPage"
import * as Collector from "./Collector.ts"
import * as Parcels from "./Parcels.ts"

const header = Redacted.make("sk_canary_header_0d53e8")
const common = (endpoint: string) => ({
  serviceName: "shop",
  serviceVersion: "1.2.3",
  attributes: { "deployment.environment.name": "test" },
  contracts: [Parcels.Parcels],
  endpoint,
  headers: { "api-key": header }
})

type Path = "Effect's OTLP exporters" | "the OpenTelemetry SDK"
const paths: Readonly<Record<Path, (url: string) => Layer.Layer<never>>> = {
  "Effect's OTLP exporters": (url) => OtlpExport.layer(common(url)).pipe(Layer.provide(FetchHttpClient.layer)),
  "the OpenTelemetry SDK": (url) => OpenTelemetry.layer(common(url))
}

interface Ran {
  readonly collector: Collector.Collector
  readonly endings: ReadonlyArray<string>
  readonly page: string
}

const quiet = Logger.layer([])

const ran = (path: Path): Effect.Effect<Ran> =>
  Effect.gen(function* () {
    const collector = yield* Collector.make
    let page = ""
    const endings = yield* Effect.gen(function* () {
      const write = yield* PrometheusText.make()
      const endings = yield* Parcels.run
      page = write()
      return endings
    }).pipe(
      Effect.provide(Parcels.layer.pipe(Layer.provideMerge(paths[path](collector.url)), Layer.provideMerge(quiet)))
    )
    return { collector, endings, page }
  }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))

/** One run for all assertions on a path. */
const runs = new Map<string, Promise<Ran>>()
const run = (path: Path) =>
  Effect.promise(() => {
    const known = runs.get(path) ?? Effect.runPromise(ran(path))
    runs.set(path, known)
    return known
  })

const [internal, client] = [1, 3]
const [unset, error] = [0, 2]

/** The value of a counter, or the count of a histogram, whose point has these attributes. */
const valueOf = (metric: Collector.Metric | undefined, wanted: Readonly<Record<string, unknown>>): number => {
  const points = metric?.sum?.dataPoints ?? metric?.gauge?.dataPoints ?? metric?.histogram?.dataPoints ?? []
  return points
    .filter((point) => {
      const given = Collector.attributes(point.attributes)
      return Object.entries(wanted).every(([key, value]) => given[key] === value)
    })
    .reduce((sum, { asDouble, asInt, count }) => sum + Number(asDouble ?? asInt ?? count ?? 0), 0)
}

for (const path of Object.keys(paths) as Array<Path>) {
  describe(`a run over ${path}`, () => {
    it.live("ends as it should: 1 success, 5 calls that fail in 5 ways", () =>
      Effect.gen(function* () {
        const { endings } = yield* run(path)
        assert.deepStrictEqual(endings, [
          "ok",
          "NoSuchParcel",
          "ContractViolation",
          "RetriesExhausted",
          "RetriesExhausted",
          "NotAttempted"
        ])
      })
    )

    it.live("has 6 internal spans of calls under the application's, and 8 client spans of requests under those", () =>
      Effect.gen(function* () {
        const { spans } = (yield* run(path)).collector
        const roots = spans.filter(({ name }) => name === "checkout")
        const calls = spans.filter(({ name }) => name === "tests/Parcels.track")
        const requests = spans.filter(({ name }) => name === "GET /v1/parcels/:id")
        assert.deepStrictEqual([roots.length, calls.length, requests.length, spans.length], [1, 6, 8, 15])
        assert.isTrue(calls.every((span) => span.kind === internal && span.parentSpanId === roots[0]?.spanId))
        const ids = new Set(calls.map(({ spanId }) => spanId))
        assert.isTrue(requests.every((span) => span.kind === client && ids.has(span.parentSpanId ?? "")))
        assert.strictEqual(new Set(spans.map(({ traceId }) => traceId)).size, 1)
      })
    )

    it.live(
      "leaves the status of what went well unset, and gives every failure its error.type, never a message of the provider",
      () =>
        Effect.gen(function* () {
          const { spans } = (yield* run(path)).collector
          const told = (name: string) =>
            spans
              .filter((span) => span.name === name)
              .map(({ attributes, status }) => {
                const all = Collector.attributes(attributes)
                return [
                  status.code ?? unset,
                  all["error.type"],
                  all["http.response.status_code"],
                  all["http.request.resend_count"]
                ]
              })
          assert.deepStrictEqual(told("checkout"), [[unset, undefined, undefined, undefined]])
          assert.deepStrictEqual(
            told("tests/Parcels.track").map(([status, type]) => [status, type]),
            [
              [unset, undefined],
              [error, "NoSuchParcel"],
              [error, "decode"],
              [error, "reset"],
              [error, "timeout"],
              [error, "circuit_open"]
            ]
          )
          assert.deepStrictEqual(told("GET /v1/parcels/:id"), [
            [error, "401", 401, undefined],
            [unset, undefined, 200, 1],
            [error, "404", 404, undefined],
            [error, "decode", 200, undefined],
            [error, "reset", undefined, undefined],
            [error, "reset", undefined, 1],
            [error, "timeout", undefined, undefined],
            [error, "timeout", undefined, 1]
          ])
        })
    )

    it.live("says on every span of a request which server it was for, and on every span of a call how it ended", () =>
      Effect.gen(function* () {
        const { spans } = (yield* run(path)).collector
        for (const span of spans) {
          const all = Collector.attributes(span.attributes)
          if (span.kind === client) {
            assert.strictEqual(all["http.request.method"], "GET")
            assert.strictEqual(all["server.address"], "127.0.0.1")
            assert.isNumber(all["server.port"])
            assert.strictEqual(all["url.template"], "/v1/parcels/:id")
            assert.match(String(all["url.full"]), /^http:\/\/127\.0\.0\.1:\d+\/v1\/parcels\/[a-z]+$/)
          }
          if (span.name === "tests/Parcels.track") {
            assert.strictEqual(all["integration.provider.name"], "tests/Parcels")
            assert.oneOf(all["integration.outcome"], ["success", "failure", "rejected"])
            assert.isNumber(all["integration.attempts"])
          }
        }
      })
    )

    it.live("counts 8 attempts by why they were made, and how all 6 calls ended", () =>
      Effect.gen(function* () {
        const { metrics } = (yield* run(path)).collector
        const attempts = (type: string) => valueOf(metrics.get("integration.attempts"), { "attempt.type": type })
        assert.deepStrictEqual(["original", "retry", "auth_replay", "hedge"].map(attempts), [5, 2, 1, 0])
        const ended = (type: string | undefined, fault: string | undefined) =>
          valueOf(metrics.get("integration.operation.duration"), { "error.type": type, "error.fault": fault })
        assert.deepStrictEqual(
          [
            valueOf(metrics.get("integration.operation.duration"), { "integration.outcome": "success" }),
            ended("NoSuchParcel", "caller"),
            ended("decode", "provider"),
            ended("reset", "network"),
            ended("timeout", "provider"),
            ended("circuit_open", "provider"),
            valueOf(metrics.get("integration.operation.duration"), {})
          ],
          [1, 1, 1, 1, 1, 1, 6]
        )
        const requests = metrics.get("http.client.request.duration")
        assert.strictEqual(valueOf(requests, {}), 8)
        assert.strictEqual(valueOf(requests, { "error.type": "timeout" }), 2)
        assert.strictEqual(valueOf(requests, { "http.response.status_code": "404" }), 1)
        assert.strictEqual(valueOf(metrics.get("integration.circuit_breaker.state"), { state: "open" }), 1)
      })
    )

    it.live(
      "has every series of the contract, with its name, unit, kind and bounds, cumulative, and no unit among attributes",
      () =>
        Effect.gen(function* () {
          const { metrics } = (yield* run(path)).collector
          for (const series of SeriesCatalog.of(Parcels.Parcels.contract)) {
            const metric = metrics.get(series.name)
            assert.isDefined(metric, series.name)
            assert.strictEqual(metric.unit ?? "", series.unit ?? "", series.name)
            const data = { counter: metric.sum, gauge: metric.gauge, histogram: metric.histogram }[series.kind]
            // the fake is at another address than the contract's
            const wanted = Object.entries(series.attributes).filter(([key]) => !key.startsWith("server."))
            const point = data?.dataPoints.find(({ attributes }) => {
              const given = Collector.attributes(attributes)
              return wanted.every(([key, value]) => given[key] === value)
            })
            assert.isDefined(point, `${series.name} ${JSON.stringify(series.attributes)}`)
            assert.notProperty(Collector.attributes(point.attributes), "unit")
            if (series.kind === "histogram")
              assert.deepStrictEqual(point.explicitBounds, [...series.bounds], series.name)
          }
          for (const { histogram, name, sum } of metrics.values()) {
            if (sum !== undefined) assert.isTrue(sum.isMonotonic, name)
            for (const data of [sum, histogram])
              if (data !== undefined) assert.strictEqual(data.aggregationTemporality, 2, name)
          }
        })
    )

    it.live(
      "logs a violation, a retry that was not made and a transition as events with a name, within the trace",
      () =>
        Effect.gen(function* () {
          const { logs, spans } = (yield* run(path)).collector
          const events = logs.map(({ eventName, severityNumber }) => [eventName, severityNumber])
          assert.deepStrictEqual(events, [
            ["integration.contract.violation", 13],
            ["integration.retry.suppressed", 13],
            ["integration.circuit_breaker.transition", 13]
          ])
          assert.strictEqual(logs[0]?.traceId, spans[0]?.traceId)
          const violation = Collector.attributes(logs[0]?.attributes)
          assert.deepInclude(violation, { violation: "decode", path: ".at", "integration.operation.name": "track" })
        })
    )

    it.live("says of every delivery which service and which contract sent it", () =>
      Effect.gen(function* () {
        const { resources } = (yield* run(path)).collector
        assert.isAbove(resources.length, 2)
        for (const resource of resources) {
          assert.deepInclude(resource, {
            "service.name": "shop",
            "service.version": "1.2.3",
            "deployment.environment.name": "test"
          })
          assert.match(String(resource["integration.contracts"]), /^tests\/Parcels@[0-9a-f]{14}$/)
        }
      })
    )

    it.live("shows the same numbers on the page for Prometheus", () =>
      Effect.gen(function* () {
        const { collector, page } = yield* run(path)
        const read = TelemetryContractPage.read(page)
        assert.deepStrictEqual(read.malformed, [])
        const durations = read.samples.get("integration_operation_duration_count") ?? []
        assert.strictEqual(
          durations.reduce((sum, { value }) => sum + value, 0),
          6
        )
        for (const [name, { sum }] of collector.metrics) {
          if (sum === undefined || name.startsWith("integration.telemetry")) continue
          const shown =
            read.samples.get(ExportProfile.metric("effect", { name, kind: "counter", unit: undefined })) ?? []
          assert.strictEqual(
            shown.reduce((sum, { value }) => sum + value, 0),
            valueOf(collector.metrics.get(name), {}),
            name
          )
        }
      })
    )

    it.live(
      "B12: sends no secret: not the key that was refused and quoted, not the one after it, not the collector's",
      () =>
        Effect.gen(function* () {
          const seen: Array<string> = []
          const program = Effect.gen(function* () {
            const { collector, endings, page } = yield* ran(path)
            seen.push(...collector.texts, page)
            return endings
          })
          yield* Canary.assertNoLeak(program, [Parcels.refused, Parcels.accepted, header], { values: { seen } })
          assert.isAbove(seen.join("").length, 20_000)
          assert.include((yield* run(path)).collector.deliveries[0]?.headers["api-key"], Redacted.value(header))
        })
    )
  })
}
