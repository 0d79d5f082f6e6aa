import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as FastCheck from "fast-check"
import * as Form from "../../src/testing/Form.ts"

const read = (text: string) => Form.fromPairs(new URLSearchParams(text))

describe("Form", () => {
  const readable: ReadonlyArray<readonly [string, unknown]> = [
    ["", {}],
    ["a=", { a: "" }],
    ["a=1&a=2", { a: "2" }],
    ["a[b][c]=1&a[d]=2", { a: { b: { c: "1" }, d: "2" } }],
    ["a[]=x&a[]=y", { a: { 0: "x", 1: "y" } }],
    ["a[1]=y&a[0]=x", { a: { 0: "x", 1: "y" } }],
    ["a%5Bb%5D=%C3%BC+%2B", { a: { b: "ü +" } }],
    ["metadata[2024]=x", { metadata: { 2024: "x" } }]
  ]
  for (const [text, expected] of readable) {
    it(`reads '${text}'`, () => assert.deepEqual(JSON.parse(JSON.stringify(Result.getOrThrow(read(text)))), expected))
  }

  for (const text of ["a[b=1", "a]b[=1", "[a]=1", "=1", "a[b]c=1", "a=1&a[b]=2", "a[b]=1&a=2"]) {
    it(`refuses '${text}'`, () => assert.isTrue(Result.isFailure(read(text))))
  }

  it("keeps a parameter named __proto__ a parameter", () => {
    const form = Result.getOrThrow(read("__proto__[polluted]=yes"))
    assert.deepStrictEqual(Object.keys(form), ["__proto__"])
    assert.isUndefined(({} as Record<string, unknown>)["polluted"])
  })

  it("says the same of the same parameters, whatever their order", () => {
    const name = FastCheck.stringMatching(/^[a-z]{1,4}(\[[a-z]{1,4}\]){0,2}$/)
    FastCheck.assert(
      FastCheck.property(
        FastCheck.uniqueArray(FastCheck.tuple(name, FastCheck.string()), { selector: ([key]) => key.split("[")[0] }),
        FastCheck.integer(),
        (pairs, seed) => {
          const shuffled = [...pairs].sort((a, b) => ((seed % 7) - 3) * a[0].localeCompare(b[0]))
          assert.strictEqual(
            Form.toCanonical(Result.getOrThrow(Form.fromPairs(pairs))),
            Form.toCanonical(Result.getOrThrow(Form.fromPairs(shuffled)))
          )
        }
      )
    )
  })

  it("tells a text with quotes from a record", () => {
    const canonical = (text: string) => Form.toCanonical(Result.getOrThrow(read(text)))
    assert.notStrictEqual(canonical("a=" + encodeURIComponent('{"b":"c"}')), canonical("a[b]=c"))
  })
})
