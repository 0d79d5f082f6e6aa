import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as fc from "fast-check"
import * as Marker from "../src/Marker.ts"

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1
})
const entry = (body: string | null, secondsAgo: number) => ({
  body,
  created_at: DateTime.makeUnsafe(-secondsAgo * 1000)
})

describe("the marker", () => {
  it("is one comment that ends at its end, whatever the key", () => {
    fc.assert(
      fc.property(visible, (key) => {
        const line = Marker.line(key)
        assert.strictEqual(line.indexOf("-->"), line.length - 3)
        assert.notInclude(line.slice(4, -3), "--")
        assert.notInclude(line, "\n")
      })
    )
  })

  it("is found in every body it was written into, and never under another key", () => {
    fc.assert(
      fc.property(fc.string(), visible, visible, (body, key, other) => {
        const written = Marker.write(body, key)
        assert.isTrue(Marker.isIn(written, key))
        assert.isTrue(Marker.isIn(`${written}\r\n`, key))
        assert.strictEqual(Marker.isIn(written, other), key === other)
      })
    )
  })

  it("is not found in a quotation, in the middle of a body, or in none", () => {
    assert.isFalse(Marker.isIn(`> ${Marker.line("k")}`, "k"))
    assert.isFalse(Marker.isIn(`${Marker.line("k")}\n\nlater`, "k"))
    assert.isFalse(Marker.isIn(null, "k"))
    assert.isFalse(Marker.isIn(undefined, "k"))
  })
})

describe("find", () => {
  const many = (count: number, span: number) =>
    Array.from({ length: count }, (_, index) => entry("other", (index * span) / (count - 1)))

  it("gives the marked entry", () => {
    const marked = entry(Marker.write("text", "k"), 3)
    assert.strictEqual(Marker.find([entry("other", 1), marked], "k", 60_000), marked)
  })

  it("says absent when the page is not full", () => {
    assert.isUndefined(Marker.find(many(99, 1), "k", 60_000))
  })

  it("says absent when 100 entries reach back 60 s or more", () => {
    assert.isUndefined(Marker.find(many(100, 60), "k", 60_000))
  })

  it("refuses to say absent when 100 entries reach back 59 s only", () => {
    assert.throws(() => Marker.find(many(100, 59), "k", 60_000), "100 entries in 59000 ms")
  })
})
