// A key that the program is given 2 seconds before the provider takes it costs no call.
//
// The new key was refused and the program went back to the previous one; when the provider changed over, that one was
// refused so soon after it had come back that the source was not asked again for 30 seconds.
import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Lifecycle, StaticSource } from "surety/credential"

const refused = { status: 401, headers: {} }

it.effect("B1: goes back to the previous key and on to the new one 2 s later, with 2 refusals and no call lost", () =>
  Effect.gen(function* () {
    const source = StaticSource.make({ current: Redacted.make("sk_1"), recheckEvery: "1 second" })
    const credentials = yield* Lifecycle.make(source, { provider: "acme", credential: "bearer" })
    const secret = Effect.suspend(() => credentials.current)
    const replayed = (given: Redacted.Redacted<string>) =>
      Effect.map(credentials.rejected!(given, refused, "charge", "allowed"), (verdict) =>
        verdict._tag === "Replay" ? Redacted.value(verdict.secret) : verdict._tag
      )
    assert.strictEqual(Redacted.value(yield* secret), "sk_1")

    yield* source.replace(Redacted.make("sk_2"))
    yield* TestClock.adjust("1 second")
    yield* secret
    yield* TestClock.adjust("1 second")
    const early = yield* secret
    assert.strictEqual(Redacted.value(early), "sk_2")
    assert.strictEqual(yield* replayed(early), "sk_1")

    yield* TestClock.adjust("2 seconds")
    const late = yield* secret
    assert.strictEqual(Redacted.value(late), "sk_1")
    assert.strictEqual(yield* replayed(late), "sk_2")
  }).pipe(Effect.scoped)
)

it.effect("B2: a key that is refused when the call is sent again with it is not asked for again for 30 s", () =>
  Effect.gen(function* () {
    const source = StaticSource.make({ current: Redacted.make("sk_2"), previous: Redacted.make("sk_1") })
    const credentials = yield* Lifecycle.make(source, { provider: "acme", credential: "bearer" })
    const first = yield* credentials.current
    const verdict = yield* credentials.rejected!(first, refused, "charge", "allowed")
    assert.strictEqual(verdict._tag, "Replay")
    if (verdict._tag !== "Replay") return
    yield* credentials.rejected!(verdict.secret, refused, "charge", "done")
    const next = yield* credentials.current
    assert.strictEqual((yield* credentials.rejected!(next, refused, "charge", "allowed"))._tag, "Final")
  }).pipe(Effect.scoped)
)
