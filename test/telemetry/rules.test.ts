// What rules and dashboards name is there on the first scrape of an application that has just started, at 0.
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { AlertRules, Dashboard, Query, RecordingRules } from "@surety/ops"
import { Github } from "@surety/github"
import { Stripe } from "@surety/stripe"
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

const apps: ReadonlyArray<{
  readonly contract: Contract.Any
  readonly app: Layer.Any
}> = [
  {
    contract: Stripe.contract,
    app: Stripe.layer.pipe(Layer.provide([nothing, Lifecycle.layer(Stripe, source)]))
  },
  {
    contract: Github.contract,
    app: Github.layer.pipe(Layer.provide([nothing, Lifecycle.layer(Github, source)]))
  }
]

/** The metrics behind an expression, without the suffixes that a series is recorded under. */
const named = (expressions: ReadonlyArray<string>, provider: string): ReadonlyArray<string> =>
  [...new Set(expressions.flatMap((expr) => [...Query.metricsOf(expr)]))]
    .filter((name) => !name.includes(":"))
    .sort()
    .map((name) => `${name}{integration_provider_name="${provider}"}`)

describe("the first scrape", () => {
  for (const profile of ["effect", "otlp"] as const) {
    for (const { app, contract } of apps) {
      it.live(`has every series that the rules of ${contract.id} name, at 0, spelled for ${profile}`, () =>
        Effect.gen(function* () {
          const options = { profile }
          const expressions = [
            ...AlertRules.make(contract, options).map(({ expr }) => expr),
            ...RecordingRules.make(contract, options).flatMap(({ rules }) => rules.map(({ expr }) => expr))
          ]
          const selectors = named(expressions, contract.id)
          assert.isAbove(selectors.length, 10)
          yield* TelemetryContract.check(app as Layer.Layer<unknown>, { contracts: [contract], selectors, profile })
        })
      )
    }
  }

  for (const { app, contract } of apps) {
    it.live(`has every series that the dashboard of ${contract.id} names`, () =>
      Effect.gen(function* () {
        const selectors = named(Dashboard.make(contract).expressions, contract.id)
        assert.isAbove(selectors.length, 10)
        yield* TelemetryContract.check(app as Layer.Layer<unknown>, { contracts: [contract], selectors })
      })
    )
  }

  it.live("is refused when a rule names a series that nobody emits", () =>
    Effect.gen(function* () {
      const { app, contract } = apps[0]!
      const selectors = [`integration_of_nobody{integration_provider_name="${contract.id}"}`]
      const gap = yield* Effect.flip(
        TelemetryContract.check(app as Layer.Layer<unknown>, { contracts: [contract], selectors })
      )
      assert.include((gap as Error).message, "integration_of_nobody")
    })
  )
})
