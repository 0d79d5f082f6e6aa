import { describe, expect, it } from "@effect/vitest"
import { AlertRules, type Ops } from "@surety/ops"
import { local } from "./rig/Contracts.ts"

const exprOf = (name: string, options: Ops.Options): string | undefined =>
  AlertRules.make(local.low, options).find((one) => one.name === name)?.expr

describe("alerts about what only a call can change", () => {
  it("are told for 10 minutes after the last call, and for the time of 3 calls where few are expected", () => {
    const windows = (expectedCallsPerHour?: number): ReadonlyArray<string | undefined> => {
      const options = expectedCallsPerHour === undefined ? {} : { expectedCallsPerHour }
      return ["IntegrationCircuitOpen", "IntegrationRetryBudgetExhausted"].map(
        (name) => /increase\(.*\[(\w+)\]\)\) > 0$/.exec(exprOf(name, options) ?? "")?.[1]
      )
    }
    expect(windows()).toEqual(["10m", "10m"])
    expect(windows(1000)).toEqual(["10m", "10m"])
    expect(windows(6)).toEqual(["30m", "30m"])
    expect(windows(0.1)).toEqual(["360m", "360m"])
  })
})
