import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { FakeProvider } from "surety/testing"
import { SeriesCatalog } from "surety/signals"
import { Stripe } from "@surety/stripe"

it.effect("registers the series of its catalogue, under 600 histograms for 10 operations", () =>
  Effect.gen(function* () {
    const seen = yield* Effect.provide(Metric.snapshot, Stripe.layerFake(FakeProvider.make(Stripe)))
    const names = (all: ReadonlyArray<{ readonly name: string; readonly attributes: object }>) =>
      all.map(({ attributes, name }) => `${name} ${JSON.stringify(Object.entries(attributes).sort())}`).sort()
    const made = seen
      .filter(({ id }) => /^(integration|http\.client)\./.test(id))
      .map(({ attributes, id }) => {
        const { unit: _, ...rest } = { unit: "", ...attributes }
        return { name: id, attributes: rest }
      })
    assert.deepStrictEqual(names(made), names(SeriesCatalog.of(Stripe.contract)))
    assert.isBelow(SeriesCatalog.check(Stripe.contract).histograms, 600)
  })
)
