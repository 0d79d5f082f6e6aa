import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

describe("the heap", () => {
  it("B9: holds the secret while it is in use, and 0 copies of it once the scope is closed", async () => {
    const file = fileURLToPath(new URL("fixtures/heap.ts", import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 60_000 })
    const [held, closed] = JSON.parse(stdout) as [number, number]
    assert.isAtLeast(held, 1)
    assert.strictEqual(closed, 0)
  }, 60_000)
})
