// The end that a credential shows is the end of the secret in use, and nothing is shown of one that has none.
//
// The first end that was known decided who renews it, for good; and when a key that ends was replaced by one that does
// not, the old day stayed, so that somebody was paged about a key that nobody used any more.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { type Issued, Lifecycle, type Source } from "surety/credential"

const ends = Effect.map(Metric.snapshot, (all) =>
  Object.fromEntries(
    all
      .filter(({ id }) => id === "integration.credential.expiry.time")
      .map(({ attributes, state }) => [attributes?.["renewal"], "value" in state ? Number(state.value) : undefined])
  )
)

const hour = 3_600_000

it.effect("is 2 hours away and manual, then 1 hour and automatic, then unknown, and unknown once it is revoked", () =>
  Effect.gen(function* () {
    let next: Pick<Issued.Issued, "expiresAtMillis" | "recheckAfterMillis"> = {
      expiresAtMillis: 2 * hour,
      recheckAfterMillis: 60_000
    }
    let serial = 0
    const source: Source.Source = {
      name: "vault",
      issue: () => {
        serial++
        const secret = Redacted.make(`sk_${serial}`)
        return Effect.succeed({ secret, version: `v${serial}`, issuedAtMillis: 0, scopes: undefined, ...next })
      }
    }
    const credentials = yield* Lifecycle.make(source, { provider: "acme", credential: "key" })
    const control = Lifecycle.control(credentials)
    assert.deepStrictEqual(yield* ends, { auto: 0, manual: (2 * hour) / 1000 })
    yield* TestClock.adjust("1 second")
    next = { expiresAtMillis: hour, recheckAfterMillis: undefined }
    yield* control!.renew("ana: a test")
    assert.deepStrictEqual(yield* ends, { auto: hour / 1000, manual: 0 })
    next = { expiresAtMillis: undefined, recheckAfterMillis: undefined }
    yield* control!.renew("ana: a test")
    assert.deepStrictEqual(yield* ends, { auto: 0, manual: 0 })
    next = { expiresAtMillis: hour, recheckAfterMillis: undefined }
    yield* control!.renew("ana: a test")
    assert.deepStrictEqual(yield* ends, { auto: hour / 1000, manual: 0 })
    yield* Effect.exit(control!.revoke("ana: a test"))
    assert.deepStrictEqual(yield* ends, { auto: 0, manual: 0 })
  }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))
)
