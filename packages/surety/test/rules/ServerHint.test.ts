import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as fc from "fast-check"
import * as HttpDate from "../../src/HttpDate.ts"
import * as ServerHint from "../../src/ServerHint.ts"

const now = Date.UTC(2026, 9, 28, 12, 0, 0)
const at = (offsetMillis: number) => new Date(now + offsetMillis)

type Form = (value: string | undefined) => Duration.Duration | undefined
const forms: Readonly<Record<string, Form>> = {
  retryAfter: (value) => ServerHint.retryAfter(value, now),
  seconds: ServerHint.seconds,
  millis: ServerHint.millis,
  epochSeconds: (value) => ServerHint.epochSeconds(value, now),
  epochMillis: (value) => ServerHint.epochMillis(value, now),
  goDuration: ServerHint.goDuration,
  rfc3339: (value) => ServerHint.rfc3339(value, now)
}

const table: ReadonlyArray<readonly [string, string, number | undefined]> = [
  ["retryAfter", "0", 0],
  ["retryAfter", " 120 ", 120_000],
  ["retryAfter", at(3000).toUTCString(), 3000],
  ["retryAfter", at(-3000).toUTCString(), 0],
  ["retryAfter", "Wednesday, 28-Oct-26 12:00:05 GMT", 5000],
  ["retryAfter", "Wed Oct 28 12:00:05 2026", 5000],
  ["retryAfter", "1.5", undefined],
  ["retryAfter", "-1", undefined],
  ["retryAfter", "12345678901", undefined],
  ["retryAfter", "Infinity", undefined],
  ["retryAfter", "2026-10-28T12:00:05Z", undefined],
  ["retryAfter", "Wed, 28 Oct 2026", undefined],
  ["retryAfter", "Foo, 99 Bar 2026 12:00:05 GMT", undefined],
  ["retryAfter", "March 7", undefined],
  ["seconds", "1.5", 1500],
  ["seconds", "2", 2000],
  ["seconds", "2s", undefined],
  ["seconds", "1e3", undefined],
  ["millis", "250", 250],
  ["millis", "0.5", 0.5],
  ["millis", "-5", undefined],
  ["epochSeconds", String(now / 1000 + 60), 60_000],
  ["epochSeconds", String(now / 1000 - 60), 0],
  ["epochSeconds", "soon", undefined],
  ["epochMillis", String(now + 60), 60],
  ["epochMillis", "", undefined],
  ["goDuration", "6m0s", 360_000],
  ["goDuration", "20ms", 20],
  ["goDuration", "1h2m3.5s", 3_723_500],
  ["goDuration", "17.5µs", 0.0175],
  ["goDuration", "1us", 0.001],
  ["goDuration", "5ns", 0.000005],
  ["goDuration", "20", undefined],
  ["goDuration", "6 m", undefined],
  ["goDuration", "-6m", undefined],
  ["goDuration", "", undefined],
  ["rfc3339", "2026-10-28T12:00:01.250Z", 1250],
  ["rfc3339", "2026-10-28T14:00:05+02:00", 5000],
  ["rfc3339", "2026-10-28 12:00:05Z", 5000],
  ["rfc3339", "2026-10-28t12:00:05z", 5000],
  ["rfc3339", "2026-10-28T11:00:00Z", 0],
  ["rfc3339", "2026-10-28T12:00:05", undefined],
  ["rfc3339", "2026-10-28", undefined],
  ["rfc3339", "2026-13-28T12:00:05Z", undefined]
]

describe("ServerHint", () => {
  for (const [form, value, expected] of table) {
    it(`${form} reads ${JSON.stringify(value)} as ${expected === undefined ? "nothing" : `${expected} ms`}`, () => {
      const read = forms[form]?.(value)
      assert.strictEqual(read === undefined ? undefined : Duration.toMillis(read), expected)
    })
  }

  it("reads an absent header as nothing in each of the 7 forms", () => {
    for (const form of Object.values(forms)) assert.isUndefined(form(undefined))
  })

  it("answers any text with nothing or with a finite wait that is not negative", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789.:-+TZ hmsnuµ,GMT"), maxLength: 40 })
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), (text) => {
        for (const form of Object.values(forms)) {
          const read = form(text)
          if (read === undefined) continue
          const millis = Duration.toMillis(read)
          assert.isTrue(millis >= 0 && Number.isFinite(millis), `${text} is ${millis}`)
        }
      }),
      { numRuns: 2000 }
    )
  })

  it("reads every whole number of seconds and every date to the second back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400 * 365 }), (seconds) => {
        for (const text of [String(seconds), at(seconds * 1000).toUTCString()]) {
          const read = ServerHint.retryAfter(text, now)
          assert.strictEqual(read === undefined ? undefined : Duration.toMillis(read), seconds * 1000)
        }
      })
    )
  })

  it("takes below 250 ms for 100 kB in each form", () => {
    const long = ["9", "1m", "1.1", " ", "Wed, ", "1h1", "T"].map((part) => part.repeat(100_000 / part.length))
    for (const text of long) {
      for (const [name, form] of Object.entries(forms)) {
        const start = performance.now()
        form(text)
        form(`${text}x`)
        assert.isBelow(performance.now() - start, 250, `${name} of ${text.slice(0, 5)}…`)
      }
    }
  })

  it("counts from 0 to 15 digits, and nothing else", () => {
    assert.deepStrictEqual(
      ["0", " 42 ", "999999999999999", "1234567890123456", "-1", "1.0", "x", "", undefined].map(ServerHint.count),
      [0, 42, 999_999_999_999_999, undefined, undefined, undefined, undefined, undefined, undefined]
    )
  })
})

describe("HttpDate", () => {
  it("reads the form without a zone as GMT, not as local time", () => {
    const zone = process.env["TZ"]
    process.env["TZ"] = "America/New_York"
    try {
      assert.strictEqual(HttpDate.parse("Sun Nov  6 08:49:37 1994"), 784_111_777_000)
    } finally {
      if (zone === undefined) delete process.env["TZ"]
      else process.env["TZ"] = zone
    }
  })

  it("reads every date that toUTCString writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        assert.strictEqual(HttpDate.parse(new Date(seconds * 1000).toUTCString()), seconds * 1000)
      })
    )
  })
})
