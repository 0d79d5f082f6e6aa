import { assert, describe, it } from "@effect/vitest"
import { RetryAfterForm } from "../../src/testing/index.ts"

const now = Date.UTC(2026, 9, 28, 12, 0, 0, 250)

const cases: ReadonlyArray<readonly [RetryAfterForm.RetryAfterForm, Readonly<Record<string, string>>]> = [
  [RetryAfterForm.none, {}],
  [RetryAfterForm.seconds("3 seconds"), { "retry-after": "3" }],
  [RetryAfterForm.seconds("1200 millis"), { "retry-after": "2" }],
  [RetryAfterForm.seconds("0 seconds"), { "retry-after": "0" }],
  [RetryAfterForm.httpDate("2 seconds"), { "retry-after": "Wed, 28 Oct 2026 12:00:03 GMT" }],
  [RetryAfterForm.millis("250 millis"), { "retry-after-ms": "250" }],
  [RetryAfterForm.epochSeconds("2 seconds"), { "x-ratelimit-reset": String(Date.UTC(2026, 9, 28, 12, 0, 3) / 1000) }],
  [RetryAfterForm.goDuration("6 minutes"), { "x-ratelimit-reset-requests": "6m0s" }],
  [RetryAfterForm.goDuration("20 millis"), { "x-ratelimit-reset-requests": "20ms" }],
  [RetryAfterForm.goDuration("1500 millis"), { "x-ratelimit-reset-requests": "1.5s" }],
  [RetryAfterForm.goDuration("2 hours", "x-reset"), { "x-reset": "2h0m0s" }],
  [RetryAfterForm.goDuration("0 seconds"), { "x-ratelimit-reset-requests": "0s" }],
  [RetryAfterForm.rfc3339("1 second"), { "anthropic-ratelimit-requests-reset": "2026-10-28T12:00:01.250Z" }],
  [RetryAfterForm.malformed(), { "retry-after": "soon" }]
]

describe("RetryAfterForm", () => {
  for (const [form, headers] of cases) {
    it(`writes ${form._tag} as ${JSON.stringify(headers)}`, () =>
      assert.deepStrictEqual(RetryAfterForm.toHeaders(form, now), headers))
  }
})
