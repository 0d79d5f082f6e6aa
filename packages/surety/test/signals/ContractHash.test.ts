import { assert, describe, it } from "@effect/vitest"
import { Contract, RateLimit } from "surety"
import * as ContractHash from "../../src/signals/ContractHash.ts"
import { options, operations } from "./Booth.ts"

const hashOf = (rest: object = {}): string =>
  ContractHash.of(Contract.make("tests/Booth", { ...options, ...rest } as never))

describe("ContractHash", () => {
  it("is 14 digits, the same for the same contract, wherever the provider is and in whatever order it is written", () => {
    const { add, drop, get, local, plain, watch } = operations
    assert.match(hashOf(), /^[0-9a-f]{14}$/)
    assert.strictEqual(hashOf(), hashOf())
    assert.strictEqual(hashOf({ baseUrl: "http://localhost:8080" }), hashOf())
    assert.strictEqual(hashOf({ operations: { local, drop, watch, plain, add, get } }), hashOf())
  })

  it("changes with the owner, a limit, a time, a failure, an endpoint and the version", () => {
    const { get } = operations
    const changed = [
      { owner: "team-other" },
      { limits: { ...options.limits, concurrency: 8 } },
      {
        limits: {
          ...options.limits,
          rate: { ...options.limits.rate, calls: RateLimit.tokenBucket({ limit: 21, per: "1 second" }) }
        }
      },
      { version: { ...options.version, value: "8" } },
      { operations: { ...operations, get: { ...get, totalMillis: 4999 } } },
      { operations: { ...operations, get: { ...get, failures: get.failures.slice(1) } } },
      { operations: { ...operations, get: { ...get, binding: operations.plain.binding } } }
    ].map(hashOf)
    assert.strictEqual(new Set([hashOf(), ...changed]).size, 8)
  })

  it("takes constants that JSON cannot write", () => {
    const fallback = { _tag: "Constant", value: 7n }
    assert.match(hashOf({ operations: { ...operations, get: { ...operations.get, fallback } } }), /^[0-9a-f]{14}$/)
  })
})
