import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Degradation from "../../src/Degradation.ts"

describe("Degradation.stale", () => {
  it("keeps 1,000 answers by default", () => {
    const { keep, ...stale } = Degradation.stale({ maxAge: "1 minute" })
    assert.notStrictEqual(keep(), keep())
    assert.deepStrictEqual(stale, {
      _tag: "Stale",
      maxAgeMillis: 60_000,
      capacity: 1000
    })
  })

  it("refuses an age that is none and a capacity below 1", () => {
    for (const maxAge of [0, Duration.infinity, "old" as never]) {
      assert.throws(() => Degradation.stale({ maxAge }), RangeError, "Degradation.stale: maxAge must be")
    }
    for (const capacity of [0, 1.5, Number.NaN]) {
      assert.throws(() => Degradation.stale({ maxAge: "1 minute", capacity }), RangeError, "capacity must be")
    }
  })
})
