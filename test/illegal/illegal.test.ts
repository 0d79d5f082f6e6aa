import { readdirSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { judge, type Verdict } from "../../scripts/illegal.ts"

let verdicts: ReadonlyMap<string, Verdict>

beforeAll(async () => {
  verdicts = new Map((await judge(import.meta.dirname)).map((verdict) => [verdict.file, verdict]))
})

const files = readdirSync(import.meta.dirname)
  .filter((file) => /\.(il)?legal\.ts$/.test(file))
  .sort()

describe("the compiler", () => {
  for (const file of [...files, "everything they import"]) {
    it(`${file.endsWith(".illegal.ts") ? "refuses" : "accepts"} ${file}`, () => {
      expect(verdicts.get(file)?.faults).toEqual([])
    })
  }
})
