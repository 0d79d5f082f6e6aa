// A source that is well again counts as a refresh that succeeded, also where the secret is still the same.
//
// A file with a key was gone for a minute: three failures were counted, and the look that found the same key again was
// not, so that whoever was paged about the refreshes stayed paged until the failures were a quarter of an hour old.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Lifecycle, Source } from "surety/credential"

const counted = Effect.map(Metric.snapshot, (all) => {
  const of = (outcome: string) =>
    all
      .filter(({ attributes, id }) => id === "integration.credential.refreshes" && attributes?.["outcome"] === outcome)
      .reduce((sum, { state }) => sum + ("count" in state ? Number(state.count) : 0), 0)
  return { success: of("success"), failure: of("failure") }
})

it.effect(
  "counts 1 success for the look that finds the same secret after 3 failures, and none for those after it",
  () =>
    Effect.gen(function* () {
      let isThere = true
      const source: Source.Source = {
        name: "file",
        issue: () =>
          isThere
            ? Effect.succeed({
                secret: Redacted.make("sk_1"),
                version: "1",
                issuedAtMillis: 0,
                expiresAtMillis: undefined,
                scopes: undefined,
                recheckAfterMillis: 5_000
              })
            : Effect.fail(new Source.SourceFailure({ reason: "unavailable", detail: "it is not there" }))
      }
      const credentials = yield* Lifecycle.make(source, { provider: "acme", credential: "key" })
      const look = Effect.gen(function* () {
        yield* TestClock.adjust("1 minute")
        yield* credentials.current
        yield* TestClock.adjust(0)
      })
      yield* look
      assert.deepStrictEqual(yield* counted, { success: 1, failure: 0 })
      isThere = false
      for (let i = 0; i < 3; i++) yield* look
      assert.deepStrictEqual(yield* counted, { success: 1, failure: 3 })
      isThere = true
      for (let i = 0; i < 3; i++) yield* look
      assert.deepStrictEqual(yield* counted, { success: 2, failure: 3 })
    }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))
)
