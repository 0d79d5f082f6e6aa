/** The third way into Prometheus: the OpenTelemetry SDK's own page, in its own spelling. */
import { assert, describe, it } from "@effect/vitest"
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus"
import { OpenTelemetry } from "@surety/opentelemetry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TelemetryContract } from "surety/testing"
import * as Parcels from "./Parcels.ts"

describe("the Prometheus page of the OpenTelemetry SDK", () => {
  it.effect("has every series of the contract at 0 in the spelling otel-sdk, and no label for a unit", () =>
    Effect.gen(function* () {
      const reader = new PrometheusExporter({ preventServerStart: true })
      const telemetry = OpenTelemetry.layerWith({ serviceName: "shop", metricReaders: [reader] })
      const scrape = Effect.promise(async () =>
        new PrometheusSerializer(undefined, false, undefined, true).serialize((await reader.collect()).resourceMetrics)
      )
      const { page } = yield* TelemetryContract.check(Parcels.declared.pipe(Layer.provideMerge(telemetry)), {
        contracts: [Parcels.Parcels],
        credential: "fixed",
        profile: "otel-sdk",
        scrape
      })
      assert.notMatch(page, /[{,]unit="/)
    })
  )
})
