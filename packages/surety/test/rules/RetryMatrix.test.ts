import { assert, describe, it } from "@effect/vitest"
import * as Backoff from "../../src/Backoff.ts"
import * as RetryMatrix from "../../src/RetryMatrix.ts"
import * as TransportFailure from "../../src/TransportFailure.ts"

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
const presets = {
  transport: RetryMatrix.transport(quick),
  transportNotSent: RetryMatrix.transportNotSent(quick),
  transportNever: RetryMatrix.transportNever
}

describe("the presets of a retry matrix", () => {
  it("have one rule for each of the 5 transport failures", () => {
    const tags = Object.values(TransportFailure).map((failure) => failure.tag)
    for (const preset of Object.values(presets)) assert.sameMembers(Object.keys(preset), tags)
  })

  it("retry 4, 1 and 0 of them, never an answer that breaks the contract", () => {
    const retried = Object.values(presets).map((preset) =>
      Object.entries(preset).flatMap(([tag, rule]) => (rule._tag === "Backoff" ? [tag] : []))
    )
    assert.deepStrictEqual(retried, [
      ["NotSent", "ConnectionLost", "AttemptTimeout", "UndeclaredStatus"],
      ["NotSent"],
      []
    ])
  })

  it("retry nothing ambiguous without a plan", () => {
    for (const failure of Object.values(TransportFailure)) {
      if (failure.disposition === "safe") continue
      assert.strictEqual(presets.transportNotSent[failure.tag]._tag, "Never")
    }
  })
})
