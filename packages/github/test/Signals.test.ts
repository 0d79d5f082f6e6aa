import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { FakeProvider } from "surety/testing"
import { SeriesCatalog } from "surety/signals"
import { Github } from "@surety/github"

it.effect("registers the series of its catalogue, under 400 histograms for 7 operations", () =>
  Effect.gen(function* () {
    const seen = yield* Effect.provide(Metric.snapshot, Github.layerFake(FakeProvider.make(Github)))
    const names = (all: ReadonlyArray<{ readonly name: string; readonly attributes: object }>) =>
      all.map(({ attributes, name }) => `${name} ${JSON.stringify(Object.entries(attributes).sort())}`).sort()
    const made = seen
      .filter(({ id }) => /^(integration|http\.client)\./.test(id))
      .map(({ attributes, id }) => {
        const { unit: _, ...rest } = { unit: "", ...attributes }
        return { name: id, attributes: rest }
      })
    assert.deepStrictEqual(names(made), names(SeriesCatalog.of(Github.contract)))
    assert.isBelow(SeriesCatalog.check(Github.contract).histograms, 400)
  })
)
