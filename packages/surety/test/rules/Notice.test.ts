import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Notice from "../../src/Notice.ts"

const sunset = "Sun, 11 Nov 2018 23:59:59 GMT"

describe("Notice.fromHeaders", () => {
  it("is undefined without a notice", () => {
    assert.isUndefined(Notice.fromHeaders({}))
    assert.isUndefined(Notice.fromHeaders({ link: '<https://a/2>; rel="next"' }))
  })

  it("reads the structured date, the HTTP date and the word true", () => {
    const read = (deprecation: string) => {
      const notice = Notice.fromHeaders({ deprecation })
      return [notice?.deprecated, notice?.deprecatedAt]
    }
    assert.deepStrictEqual(read("@1688169599"), [true, 1_688_169_599_000])
    assert.deepStrictEqual(read(" @1688169599;x=1"), [true, 1_688_169_599_000])
    assert.deepStrictEqual(read("@-1"), [true, -1000])
    assert.deepStrictEqual(read(sunset), [true, 1_541_980_799_000])
    assert.deepStrictEqual(read("true"), [true, undefined])
  })

  it("ignores malformed notices", () => {
    for (const deprecation of ["", "false", "@", "@x", "@1688169599999999", "soon", "0"]) {
      assert.isUndefined(Notice.fromHeaders({ deprecation }), deprecation)
    }
    assert.isUndefined(Notice.fromHeaders({ sunset: "2018-11-11" }))
    assert.deepStrictEqual(Notice.fromHeaders({ deprecation: "nonsense", sunset })?.deprecated, false)
  })

  it("reports 3 relations over https and none over http", () => {
    const link =
      '<https://a/d>; rel="deprecation", <https://a/s>; rel="sunset", <https://a/n>; rel="successor-version", ' +
      '<http://a/d>; rel="deprecation", <javascript:x>; rel="sunset", <https://a/2>; rel="next"'
    assert.deepStrictEqual(Notice.fromHeaders({ link })?.links, [
      { rel: "deprecation", href: "https://a/d" },
      { rel: "sunset", href: "https://a/s" },
      { rel: "successor-version", href: "https://a/n" }
    ])
  })

  it("answers any headers without an error", () => {
    const value = fc.option(fc.oneof(fc.string(), fc.constant(sunset), fc.constant("@1")), { nil: undefined })
    fc.assert(
      fc.property(value, value, value, (deprecation, end, link) => {
        const notice = Notice.fromHeaders({
          ...(deprecation === undefined ? {} : { deprecation }),
          ...(end === undefined ? {} : { sunset: end }),
          ...(link === undefined ? {} : { link })
        })
        if (notice?.sunsetAt !== undefined) assert.isTrue(Number.isFinite(notice.sunsetAt))
        if (notice?.deprecatedAt !== undefined) assert.isTrue(Number.isFinite(notice.deprecatedAt))
      })
    )
  })
})
