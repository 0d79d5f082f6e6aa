import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { PrometheusText } from "surety/telemetry"
import * as TelemetryContractPage from "surety/testing/TelemetryContractPage"
import { lost } from "./Sink.ts"

const page = (options: PrometheusText.Options = {}) =>
  Effect.map(PrometheusText.make(options), (write) => TelemetryContractPage.read(write()))
const isolated = Effect.provideService(Metric.MetricRegistry, new Map() as Metric.MetricRegistry)
const fresh = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => Effect.provideService(effect, Metric.MetricRegistry, new Map()))
const lines = (all: TelemetryContractPage.Page, name: string) =>
  (all.samples.get(name) ?? []).map(({ labels, value }) => `${JSON.stringify(Object.fromEntries(labels))} ${value}`)

describe("PrometheusText", () => {
  it.effect("joins the values of 2 attributes that become 1 label, so that the page stays valid", () =>
    Effect.gen(function* () {
      const calls = Metric.counter("calls", { incremental: true, attributes: { "a.b": "x", a_b: "y", unit: "{call}" } })
      yield* Metric.update(calls, 3)
      const all = yield* page()
      assert.deepStrictEqual(all.malformed, [])
      assert.deepStrictEqual(lines(all, "calls"), ['{"a_b":"x;y"} 3'])
    }).pipe(fresh)
  )

  it.effect("shows the first of 2 metrics that become 1 name, and counts the other", () =>
    Effect.gen(function* () {
      yield* Metric.update(Metric.counter("x.y", { incremental: true }), 1)
      yield* Metric.update(Metric.gauge("x_y"), 5)
      const all = yield* page()
      assert.deepStrictEqual(lines(all, "x_y"), ["{} 1"])
      assert.deepStrictEqual(yield* lost("metrics"), { collision: 1 })
    }).pipe(fresh)
  )

  it.effect("shows no counter that has the name of a histogram's count", () =>
    Effect.gen(function* () {
      yield* Metric.update(Metric.histogram("wait", { boundaries: [1] }), 0.5)
      yield* Metric.update(Metric.counter("wait.count", { incremental: true }), 9)
      const all = yield* page()
      assert.deepStrictEqual(lines(all, "wait_count"), ["{} 1"])
    }).pipe(fresh)
  )

  it.effect("keeps an attribute le of a histogram apart from its buckets", () =>
    Effect.gen(function* () {
      yield* Metric.update(Metric.histogram("wait", { boundaries: [1], attributes: { le: "mine" } }), 0.5)
      const all = yield* page()
      assert.deepStrictEqual(lines(all, "wait_bucket"), [
        '{"exported_le":"mine","le":"1"} 1',
        '{"exported_le":"mine","le":"+Inf"} 1'
      ])
    }).pipe(fresh)
  )

  it.effect("leaves out the 1 gauge of 2 that throws, and counts it", () =>
    Effect.gen(function* () {
      const context = yield* Effect.context<never>()
      const hooks = { update: () => {}, modify: () => {} }
      const broken = () => {
        throw new Error("gone")
      }
      const broke = Metric.registerUnsafe(Metric.gauge("broken"), context, { ...hooks, get: broken })
      Metric.registerUnsafe(Metric.gauge("whole"), context, { ...hooks, get: () => ({ value: 2 }) })
      const all = yield* page()
      assert.deepStrictEqual(lines(all, "whole"), ["{} 2"])
      assert.isUndefined(all.samples.get("broken"))
      broke.remove()
      assert.deepStrictEqual(yield* lost("metrics"), { unreadable: 1 })
    }).pipe(fresh)
  )

  it.effect("writes hostile label values and names so that they read back", () =>
    Effect.gen(function* () {
      const value = 'a"b\\c\nd,e="f"}'
      yield* Metric.update(Metric.gauge("1.odd name-ä", { attributes: { "9": value, "": "empty", __name__: "up" } }), 1)
      const all = yield* page()
      assert.deepStrictEqual(all.malformed, [])
      const labels = all.samples.get("_1_odd_name")?.[0]?.labels
      assert.strictEqual(labels?.get("exported_9"), value)
      assert.isFalse(labels?.has("__name__"))
    }).pipe(fresh)
  )

  it.effect("writes 1,000 histogram series of 15 buckets in less than 4 MB and 1 s", () =>
    Effect.gen(function* () {
      const context = yield* Effect.context<never>()
      const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
      for (let i = 0; i < 1000; i++) {
        const attributes = {
          "integration.provider.name": "acme/Payments",
          "integration.operation.name": `operation${i}`,
          "integration.outcome": "success",
          unit: "s"
        }
        Metric.histogram("integration.operation.duration", { boundaries, attributes }).valueUnsafe(context)
      }
      const write = yield* PrometheusText.make()
      write()
      const before = performance.now()
      const text = write()
      assert.isBelow(performance.now() - before, 1000)
      assert.isBelow(text.length, 4_000_000)
      assert.strictEqual(
        TelemetryContractPage.read(text).samples.get("integration_operation_duration_bucket")?.length,
        15_000
      )
    }).pipe(fresh)
  )

  it.effect("spells seconds, ratios and totals as a collector would, when it is asked to", () =>
    Effect.gen(function* () {
      yield* Metric.update(Metric.counter("a.b", { incremental: true, attributes: { unit: "{call}" } }), 1)
      yield* Metric.update(Metric.gauge("c", { attributes: { unit: "1" } }), 0.5)
      yield* Metric.update(Metric.gauge("d", { attributes: { unit: "s" } }), 7)
      const all = yield* page({ profile: "otlp" })
      const names = [...all.samples.keys()].filter((name) => !name.startsWith("integration_"))
      assert.deepStrictEqual(names, ["a_b_total", "c_ratio", "d_seconds"])
    }).pipe(fresh)
  )

  it.effect("reads the registry of the context it is made in", () =>
    Effect.gen(function* () {
      yield* Metric.update(Metric.counter("elsewhere", { incremental: true }), 1)
      const all = yield* page().pipe(isolated)
      assert.isUndefined(all.samples.get("elsewhere"))
      assert.isAbove(Context.get(yield* Effect.context<never>(), Metric.MetricRegistry).size, 0)
    }).pipe(fresh)
  )
})
