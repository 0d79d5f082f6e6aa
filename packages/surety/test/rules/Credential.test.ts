import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as fc from "fast-check"
import * as Credential from "../../src/Credential.ts"

const rotated = { scopes: ["charges:write"], rotateEvery: "90 days" } as const

describe("Credential", () => {
  it("is rotated every 7,776,000,000 ms, or expires in the words it gives", () => {
    assert.deepStrictEqual(Credential.bearer(rotated).life, { _tag: "Rotated", everyMillis: 7_776_000_000 })
    assert.deepStrictEqual(Credential.basic({ scopes: [], expires: "after 1 hour" }).life, {
      _tag: "Expiring",
      how: "after 1 hour"
    })
  })

  it("takes its name from the scheme unless it has one", () => {
    const names = [
      Credential.bearer(rotated),
      Credential.basic(rotated),
      Credential.header("X-Api-Key", rotated),
      Credential.bearer({ ...rotated, name: "live-key" })
    ].map(({ name }) => name)
    assert.deepStrictEqual(names, ["bearer", "basic", "x-api-key", "live-key"])
  })

  it("refuses a life that is none, and two lives at once", () => {
    for (const rotateEvery of [0, -1, 90, 59_999, Duration.infinity]) {
      assert.throws(() => Credential.bearer({ scopes: [], rotateEvery }), RangeError, "rotateEvery must be")
    }
    assert.throws(
      () => Credential.bearer({ scopes: [], expires: " " }),
      RangeError,
      "declare rotateEvery, or say in expires how it ends"
    )
    assert.throws(
      () => Credential.bearer({ ...rotated, expires: "after 1 hour" }),
      RangeError,
      "Credential bearer: declare rotateEvery or expires, not both"
    )
  })

  it("refuses a header that is no header name, and a prefix with a line break", () => {
    for (const name of ["", "X Api", "X-Key\r\n", "Schlüssel"]) {
      assert.throws(() => Credential.header(name, rotated), RangeError, "Credential.header: not a header name")
    }
    assert.throws(() => Credential.header("X-Key", { ...rotated, prefix: "a\nb" }), RangeError, "prefix")
  })

  it("writes Bearer, Basic in base 64 and a header of its own with a prefix", () => {
    const written = [
      Credential.bearer(rotated),
      Credential.basic(rotated),
      Credential.header("X-Api-Key", { ...rotated, prefix: "Key " })
    ].map(({ scheme }) => [Credential.headersOf(scheme), Credential.writtenTo(scheme, "user:pass")])
    assert.deepStrictEqual(written, [
      [["authorization"], { authorization: "Bearer user:pass" }],
      [["authorization"], { authorization: "Basic dXNlcjpwYXNz" }],
      [["x-api-key"], { "x-api-key": "Key user:pass" }]
    ])
  })

  it("A12: writes a key into the query only behind a marker that says why", () => {
    const { scheme } = Credential.legacyQueryKey("api key", { ...rotated, because: "their gateway reads nothing else" })
    assert.deepStrictEqual(Credential.headersOf(scheme), [])
    assert.deepStrictEqual(Credential.writtenTo(scheme, "k&y"), {})
    assert.strictEqual(Credential.pathOf("api key", "k&y", "/a"), "/a?api%20key=k%26y")
    assert.strictEqual(Credential.pathOf("key", "k", "/a?b=1"), "/a?b=1&key=k")
    assert.throws(() => Credential.legacyQueryKey("key", { ...rotated, because: " " }), RangeError, "say why")
  })

  it("names the 2 headers of a signature in lower case, and refuses a signature without any", () => {
    const { scheme } = Credential.signature({ ...rotated, headers: ["X-Signature", "X-Date"] })
    assert.deepStrictEqual(Credential.headersOf(scheme), ["x-signature", "x-date"])
    assert.throws(() => Credential.signature({ ...rotated, headers: [] }), RangeError, "headers must name")
  })

  it("has an owner of its own, or none", () => {
    assert.strictEqual(Credential.bearer({ ...rotated, owner: "team-keys" }).owner, "team-keys")
    assert.isUndefined(Credential.bearer(rotated).owner)
    assert.throws(() => Credential.bearer({ ...rotated, owner: "" }), RangeError, "owner is empty")
  })
})

describe("Credential.defectOf", () => {
  const table: ReadonlyArray<readonly [string, RegExp | undefined]> = [
    ["sk_live_123", undefined],
    ["", /empty/],
    ["sk_live_123\n", /ends in a line break/],
    ["sk_live_123\r\n", /ends in a line break/],
    ["sk\nlive", /characters that no header may carry/],
    ["sk_schlüssel", /characters that no header may carry/],
    ["sk\u0000", /characters that no header may carry/]
  ]
  for (const [secret, expected] of table) {
    it(`${expected === undefined ? "accepts" : "refuses"} ${JSON.stringify(secret)}`, () => {
      const defect = Credential.defectOf(secret)
      if (expected === undefined) assert.isUndefined(defect)
      else assert.match(defect ?? "", expected)
    })
  }

  it("never quotes the secret, and what it accepts makes a legal header value", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (secret) => {
        const defect = Credential.defectOf(secret)
        if (defect !== undefined) return assert.notInclude(defect, secret)
        for (const scheme of [{ _tag: "Bearer" }, { _tag: "Basic" }] as const) {
          assert.match(Credential.writtenTo(scheme, secret)["authorization"] ?? "", /^[\x20-\x7e]+$/)
        }
      })
    )
  })
})
