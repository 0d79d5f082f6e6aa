import { expect, it } from "vitest"

it("runs on Node 24", () => {
  expect(process.version).toMatch(/^v24\./)
})
