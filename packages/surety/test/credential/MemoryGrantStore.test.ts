import { describe, it } from "@effect/vitest"
import * as MemoryGrantStore from "../../src/credential/MemoryGrantStore.ts"
import * as GrantStoreSuite from "../../src/testing/GrantStoreSuite.ts"

let runs = 0

describe("a grant store in memory", () => {
  for (const { check, name } of GrantStoreSuite.suite(MemoryGrantStore.layer, "nothing")) {
    it.live(name, () => check(`grant/${runs++}`))
  }
})
