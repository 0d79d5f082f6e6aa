// A source that is well again when a secret ends costs no call.
//
// The backoff after failures in the advisory window went beyond the end of the secret: calls failed for the rest of it,
// up to a minute, though nobody had asked the source since it was well.
import { assert, it } from "@effect/vitest"
import { Clock, Effect, Random, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Lifecycle, Source } from "surety/credential"

it.effect("B10: asks at 9.0 s, when the secret ends, and not at 10.3 s, when the backoff would", () =>
  Effect.gen(function* () {
    const askedAt: Array<number> = []
    const source: Source.Source = {
      name: "vault",
      issue: () =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          askedAt.push(now)
          if (now > 0 && now < 8_500) {
            return yield* new Source.SourceFailure({ reason: "unavailable", detail: "status 503" })
          }
          const serial = askedAt.length
          const secret = Redacted.make(`secret-${serial}`)
          return { secret, version: `v${serial}`, issuedAtMillis: now, expiresAtMillis: now + 10_000 }
        })
    }
    const credentials = yield* Lifecycle.make(source, { provider: "acme", credential: "bearer" })
    const call = Effect.map(
      Effect.suspend(() => credentials.current),
      Redacted.value
    )
    for (let at = 0; at < 9_000; at += 100) {
      assert.strictEqual(yield* call, "secret-1")
      yield* TestClock.adjust("100 millis")
    }
    assert.strictEqual(yield* call, "secret-4")
    assert.deepStrictEqual(askedAt, [0, 7_300, 8_300, 9_000])
  }).pipe(Effect.scoped, Effect.provideService(Random.Random, always(0.99)))
)

/** The longest backoff that there is. */
const always = (draw: number): typeof Random.Random.Service => ({
  nextDoubleUnsafe: () => draw,
  nextIntUnsafe: () => 0
})
