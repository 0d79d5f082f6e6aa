import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as FastCheck from "fast-check"
import * as Page from "../../src/testing/Page.ts"

const list = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `x_${index}` }))

const page = (
  items: ReadonlyArray<{ readonly id: string }>,
  limit: number | undefined,
  cursor: { readonly after?: string; readonly before?: string } = {}
) =>
  Page.decide(items, {
    url: "/v1/x",
    kind: "x",
    limit,
    starting_after: cursor.after,
    ending_before: cursor.before
  })

describe("Page", () => {
  it("has 10 items unless told otherwise", () => {
    const first = Result.getOrThrow(page(list(11), undefined))
    assert.deepStrictEqual([first.data.length, first.has_more], [10, true])
  })

  it("refuses both cursors, and a cursor that is not in the list", () => {
    assert.isTrue(Result.isFailure(page(list(3), 1, { after: "x_0", before: "x_2" })))
    assert.isTrue(Result.isFailure(page(list(3), 1, { after: "x_9" })))
  })

  it("gives every item once and in order, forwards and backwards, whatever the size of the page", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.integer({ min: 1, max: 40 }),
        FastCheck.integer({ min: 1, max: 12 }),
        (count, limit) => {
          const items = list(count)
          const forwards: Array<string> = []
          for (let after: string | undefined; ;) {
            const next = Result.getOrThrow(page(items, limit, after === undefined ? {} : { after }))
            forwards.push(...next.data.map((one) => one.id))
            if (!next.has_more) break
            after = forwards.at(-1)!
          }
          let backwards: Array<string> = [items.at(-1)!.id]
          for (;;) {
            const previous = Result.getOrThrow(page(items, limit, { before: backwards[0]! }))
            backwards = [...previous.data.map((one) => one.id), ...backwards]
            if (!previous.has_more) break
          }
          const ids = items.map((one) => one.id)
          assert.deepStrictEqual(forwards, ids)
          assert.deepStrictEqual(backwards, ids)
        }
      )
    )
  })
})
