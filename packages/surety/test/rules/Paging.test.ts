import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Paging from "../../src/Paging.ts"

describe("Paging.links", () => {
  const table: ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, string]>]> = [
    ['<https://a/?page=2>; rel="next"', [["next", "https://a/?page=2"]]],
    ["<https://a/2>; rel=next", [["next", "https://a/2"]]],
    [
      '<https://a/1>; rel="prev first", <https://a/9>; rel="last"',
      [
        ["prev", "https://a/1"],
        ["first", "https://a/1"],
        ["last", "https://a/9"]
      ]
    ],
    ['</2>; title="a, <b>; rel=x"; rel="next"', [["next", "/2"]]],
    ['<https://a/?q=1,2;3>; rel="next"', [["next", "https://a/?q=1,2;3"]]],
    ['</2>;rel="NEXT"', [["next", "/2"]]],
    ['</2>; REL="next"', [["next", "/2"]]],
    ['</2>; rel="next"; rel="last"', [["next", "/2"]]],
    ['</2>; title="say \\"hi\\"; x"; rel=next', [["next", "/2"]]],
    ["</2>; crossorigin; rel=next", [["next", "/2"]]],
    ["</2>; title*=UTF-8''n%c3%a4; rel=\"next\"", [["next", "/2"]]],
    ["</2>", []],
    ['</2>; rev="next"', []],
    ["</2; rel=next", []],
    ["rel=next", []],
    ["", []]
  ]
  for (const [header, expected] of table) {
    it(`reads ${header === "" ? "an empty header" : header}`, () => {
      assert.deepStrictEqual(
        Paging.links(header).map(({ href, rel }) => [rel, href] as const),
        expected
      )
    })
  }

  it("is empty without a header", () => {
    assert.deepStrictEqual([Paging.links(undefined), Paging.link(undefined, "next")], [[], undefined])
  })

  it("reads back every list of links that is written as RFC 8288 says", () => {
    const token = fc.string({ unit: fc.constantFrom(..."abcdefghij-"), minLength: 1, maxLength: 8 })
    const target = fc.webUrl({ withQueryParameters: true })
    const quoted = fc.string({ unit: fc.constantFrom(...'abc ,;<>=\\"'), maxLength: 12 })
    const links = fc.array(fc.record({ href: target, rel: token, title: quoted }), { maxLength: 8 })
    fc.assert(
      fc.property(links, (list) => {
        const header = list
          .map(({ href, rel, title }) => `<${href}>; title="${title.replace(/["\\]/g, "\\$&")}"; rel="${rel}"`)
          .join(", ")
        assert.deepStrictEqual(
          Paging.links(header),
          list.map(({ href, rel }) => ({ rel, href }))
        )
      })
    )
  })

  it("answers any text without an error", () => {
    const unit = fc.constantFrom(...'<>;=", \\relnxt')
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit, maxLength: 60 })), (text) => {
        for (const { href, rel } of Paging.links(text)) assert.isTrue(text.includes(`<${href}>`) && rel !== "")
      }),
      { numRuns: 2000 }
    )
  })

  it("takes below 250 ms for 100 kB of anything", () => {
    const start = '<a>; rel="'
    const parts = ["<", ">", "<>", ";", " ", "\\", "a", "; a=", " ;  ", start, "<a>;rel=next,", '<a>; a="b', ";a "]
    for (const part of parts) {
      for (const before of ["", "<a>", "<a>; ", start]) {
        const text = before + part.repeat(100_000 / part.length)
        const began = performance.now()
        Paging.links(text)
        assert.isBelow(performance.now() - began, 250, `${before} ${part}`)
      }
    }
  })
})

describe("Paging.link", () => {
  const header = '<https://a/?page=2>; rel="next", <https://a/?page=9>; rel="last"'
  it("is the first target of a relation, or nothing", () => {
    assert.strictEqual(Paging.link(header, "last"), "https://a/?page=9")
    assert.isUndefined(Paging.link(header, "prev"))
  })
})
