// What rules and dashboards select is there on the first scrape of an application that has just started, at 0, by whichever
// of the three ways it gets into Prometheus.
import { assert, describe, it } from "@effect/vitest"
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus"
import { Github } from "@surety/github"
import { OpenTelemetry } from "@surety/opentelemetry"
import { Ops } from "@surety/ops"
import { Stripe } from "@surety/stripe"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Contract from "surety/Contract"
import { type Issued, Lifecycle, type Source } from "surety/credential"
import { Transport } from "surety/http/Transport"
import { TelemetryContract } from "surety/testing"

/** A credential that is renewed, so that the series of its renewals are there too. */
const source: Source.Source = {
  name: "example",
  issue: () =>
    Effect.succeed<Issued.Issued>({
      secret: Redacted.make("sk_test_of_the_scrape"),
      version: "1",
      issuedAtMillis: Date.now(),
      expiresAtMillis: Date.now() + 3_600_000
    })
}
const nothing = Layer.succeed(Transport, { send: () => ({ cancel: () => {}, pause: () => {}, resume: () => {} }) })

interface App {
  readonly contract: Contract.Any
  readonly managed: Layer.Layer<never>
  readonly fixed: Layer.Layer<never>
}

const apps: ReadonlyArray<App> = [
  {
    contract: Stripe.contract,
    managed: Stripe.layer.pipe(Layer.provide([nothing, Lifecycle.layer(Stripe, source)]), Layer.orDie),
    fixed: Stripe.layer.pipe(Layer.provide([nothing, Stripe.Credentials.layer(Redacted.make("sk_test_fixed"))]))
  },
  {
    contract: Github.contract,
    managed: Github.layer.pipe(Layer.provide([nothing, Lifecycle.layer(Github, source)]), Layer.orDie),
    fixed: Github.layer.pipe(Layer.provide([nothing, Github.Credentials.layer(Redacted.make("ghp_test_fixed"))]))
  }
]

type Checked = Effect.Effect<TelemetryContract.Scraped, TelemetryContract.TelemetryGap>

const ways: Readonly<
  Record<"effect" | "otel-sdk" | "otlp", (app: Layer.Layer<never>, options: TelemetryContract.Options) => Checked>
> = {
  effect: TelemetryContract.check,
  otlp: TelemetryContract.check,
  "otel-sdk": (app, options) => {
    const reader = new PrometheusExporter({ preventServerStart: true })
    const telemetry = OpenTelemetry.layerWith({ serviceName: "shop", metricReaders: [reader] })
    const scrape = Effect.promise(async () =>
      new PrometheusSerializer(undefined, false, undefined, true).serialize((await reader.collect()).resourceMetrics)
    )
    return TelemetryContract.check(app.pipe(Layer.provideMerge(telemetry)), { ...options, scrape })
  }
}

describe("the first scrape", () => {
  for (const profile of ["effect", "otel-sdk", "otlp"] as const) {
    for (const { contract, fixed, managed } of apps) {
      for (const [credential, app] of [
        ["managed", managed],
        ["fixed", fixed]
      ] as const) {
        it.live(
          `has all that rules, alerts and panels of ${contract.id} with a ${credential} key select, spelled for ${profile}`,
          () =>
            Effect.gen(function* () {
              const selectors = Ops.selectorsOf(contract, { profile, credential })
              assert.isAbove(selectors.length, 30)
              assert.strictEqual(
                selectors.some((one) => one.startsWith("integration_credential_")),
                credential === "managed"
              )
              yield* ways[profile](app, { contracts: [contract], selectors, profile, credential })
            })
        )
      }
    }
  }

  it.live(
    "is refused when a label or a value of one selector is another, or when a fixed key is said to be managed",
    () =>
      Effect.gen(function* () {
        const { contract, fixed, managed } = apps[0]!
        const selector = `integration_credential_refreshes{integration_provider_name="${contract.id}", outcome="failure"}`
        assert.include(Ops.selectorsOf(contract), selector)
        const wrong = [selector.replace("outcome", "outcomes"), selector.replace("failure", "failed")]
        const { gaps } = yield* Effect.flip(
          TelemetryContract.check(managed, { contracts: [contract], selectors: [selector, ...wrong] })
        )
        assert.deepStrictEqual(
          gaps,
          wrong.map((one) => ({ selector: one, because: "absent" as const }))
        )
        const missing = yield* Effect.flip(TelemetryContract.check(fixed, { contracts: [contract] }))
        assert.strictEqual(missing.gaps.length, 11)
        assert.isTrue(missing.gaps.every((one) => one.selector.startsWith("integration_credential_")))
      })
  )
})
