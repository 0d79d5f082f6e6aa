// A date that does not exist is no date.
//
// February 31 was read as March 3: a provider's `Sunset` of it moved an end of life by days, and a `Retry-After` was waited
// for. A second of 61 was silently 0, and in the oldest form `08:49:60 1994` was the year 1960.
import { assert, it } from "@effect/vitest"
import * as HttpDate from "surety/HttpDate"
import * as Notice from "surety/Notice"
import * as NoticeDialect from "surety/NoticeDialect"
import * as ServerHint from "surety/ServerHint"

const none = [
  "Tue, 31 Feb 2026 00:00:00 GMT",
  "Sun, 29 Feb 2026 00:00:00 GMT",
  "Fri, 31 Apr 2026 00:00:00 +0900",
  "Sat, 00 Jan 2000 00:00:00 GMT",
  "Tuesday, 31-Feb-26 00:00:00 GMT",
  "Tue Feb 31 00:00:00 2026",
  "Sun, 06 Nov 1994 24:00:00 GMT",
  "Sun, 06 Nov 1994 08:60:00 GMT",
  "Sun, 06 Nov 1994 08:49:61 GMT",
  "Sun Nov  6 08:49:60 1994"
]

// one field further, each exists
const some = [
  ["Sat, 28 Feb 2026 00:00:00 GMT", "2026-02-28T00:00:00.000Z"],
  ["Thu, 29 Feb 2024 00:00:00 GMT", "2024-02-29T00:00:00.000Z"],
  ["Thu, 30 Apr 2026 00:00:00 +0900", "2026-04-29T15:00:00.000Z"],
  ["Thu, 30 Apr 2026 23:30:00 -0900", "2026-05-01T08:30:00.000Z"],
  ["Sat, 01 Jan 2000 00:00:00 GMT", "2000-01-01T00:00:00.000Z"],
  ["Saturday, 28-Feb-26 00:00:00 GMT", "2026-02-28T00:00:00.000Z"],
  ["Sat Feb 28 00:00:00 2026", "2026-02-28T00:00:00.000Z"],
  ["Sun, 06 Nov 1994 23:59:59 GMT", "1994-11-06T23:59:59.000Z"],
  ["Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00.000Z"]
] as const

it.each(none)("%s is refused", (text) => {
  assert.strictEqual(HttpDate.parse(text), undefined)
  assert.strictEqual(ServerHint.retryAfter(text, 0), undefined)
  assert.strictEqual(Notice.fromHeaders({ sunset: text }), undefined)
})

it.each(some)("%s is %s", (text, iso) => {
  assert.strictEqual(HttpDate.parse(text), Date.parse(iso))
})

it("refuses February 30 as a day of a header and in the form of RFC 3339 too, and reads February 28", () => {
  const day = (date: string) => NoticeDialect.zapier({ "x-api-deprecation-date": date })?.deprecatedAt
  assert.deepStrictEqual([day("2026-02-30"), day("2026-02-28")], [undefined, Date.parse("2026-02-28")])
  assert.strictEqual(ServerHint.rfc3339("2026-02-30T00:00:00Z", 0), undefined)
  assert.isDefined(ServerHint.rfc3339("2026-02-28T00:00:00Z", 0))
})
