import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as fc from "fast-check"
import * as Answers from "../src/Answers.ts"
import * as ErrorAnswer from "../src/ErrorAnswer.ts"
import * as Failures from "../src/Failures.ts"

const secondary = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
const spent = "API rate limit exceeded for installation ID 7."

const table: ReadonlyArray<
  readonly [status: number, message: string | undefined, headers: Record<string, string>, kind: string | undefined]
> = [
  [403, spent, { "x-ratelimit-remaining": "0" }, "RateLimited"],
  [429, spent, { "x-ratelimit-remaining": "0" }, "RateLimited"],
  [429, undefined, { "x-ratelimit-remaining": "0" }, "RateLimited"],
  [403, undefined, { "x-ratelimit-remaining": "0" }, "RateLimited"],
  [403, spent, {}, "RateLimited"],
  [403, secondary, { "x-ratelimit-remaining": "4321" }, "SecondaryLimited"],
  [429, secondary, { "x-ratelimit-remaining": "4321" }, "SecondaryLimited"],
  [403, secondary, { "x-ratelimit-remaining": "0" }, "SecondaryLimited"],
  [403, "You have triggered an abuse detection mechanism.", {}, "SecondaryLimited"],
  [403, "Please slow down", { "retry-after": "30" }, "SecondaryLimited"],
  [429, undefined, {}, "SecondaryLimited"],
  [403, "Resource not accessible by integration", {}, "Forbidden"],
  [403, "Resource not accessible by integration", { "x-ratelimit-remaining": "0" }, "Forbidden"],
  [403, "Must have admin rights to Repository.", { "x-ratelimit-remaining": "17" }, "Forbidden"],
  [403, undefined, {}, "Forbidden"],
  [451, "Repository access blocked", {}, "Forbidden"],
  [301, "Moved Permanently", { location: "https://api.github.com/repositories/7" }, "Moved"],
  [307, "Temporary Redirect", { location: "https://api.github.com/repositories/7" }, "Moved"],
  [301, "Moved Permanently", {}, undefined],
  [400, "Problems parsing JSON", {}, "InvalidRequest"],
  [422, "Validation Failed", {}, "InvalidRequest"],
  [401, "Bad credentials", {}, "Unauthorized"],
  [404, "Not Found", {}, "NotFound"],
  [410, "This issue was deleted", {}, "Gone"],
  [500, undefined, {}, "Unavailable"],
  [502, "Server Error", {}, "Unavailable"],
  [503, "Service unavailable", {}, "Unavailable"],
  [504, undefined, {}, "Unavailable"],
  [418, "I'm a teapot", {}, undefined]
]

describe("classify", () => {
  for (const [status, message, headers, kind] of table) {
    it(`reads ${status} ${JSON.stringify(message)} ${JSON.stringify(headers)} as ${kind}`, () => {
      const body = message === undefined ? "<html></html>" : { message }
      assert.strictEqual(ErrorAnswer.classify({ status, headers, body }), kind)
    })
  }

  it("reads a 422 that was submitted too quickly as a secondary limit", () => {
    const errors = [{ resource: "Issue", code: "custom", field: "base", message: "was submitted too quickly" }]
    const body = { message: "Validation Failed", errors }
    assert.strictEqual(ErrorAnswer.classify({ status: 422, headers: {}, body }), "SecondaryLimited")
  })

  it("gives exactly one wire to every answer that it names, over 500 answers", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(301, 307, 400, 401, 403, 404, 410, 422, 429, 451, 500, 502, 503, 504),
        fc.constantFrom(spent, secondary, "Resource not accessible by integration", undefined),
        fc.constantFrom("0", "5", undefined),
        fc.constantFrom("30", undefined),
        (status, message, remaining, retryAfter) => {
          const headers: Record<string, string> = { location: "https://api.github.com/repositories/7" }
          if (remaining !== undefined) headers["x-ratelimit-remaining"] = remaining
          if (retryAfter !== undefined) headers["retry-after"] = retryAfter
          const response = { status, headers, body: message === undefined ? "" : { message }, nowMillis: 0 }
          const claimed = Answers.all
            .filter((wire) => wire.statuses.includes(status))
            .flatMap((wire) => {
              const failure = wire.decode(response)
              return failure === undefined ? [] : [failure._tag]
            })
          assert.deepStrictEqual(claimed, [ErrorAnswer.classify(response)])
        }
      ),
      { numRuns: 500 }
    )
  })
})

describe("the wires", () => {
  const wait = { retryAfter: Duration.seconds(90) }
  const failures = [
    new Failures.RateLimited({ ...wait, bucket: "search", limit: 30, detail: spent }),
    new Failures.SecondaryLimited({ ...wait, bucket: "points", detail: secondary }),
    new Failures.Moved({ location: "https://api.github.com/repositories/7", permanence: "temporary", detail: "Moved" }),
    new Failures.InvalidRequest({ status: 422, detail: "Validation Failed", errors: [{ field: "title" }] }),
    new Failures.InvalidRequest({ status: 400, detail: "Problems parsing JSON", errors: [] }),
    new Failures.Unauthorized({ detail: "Bad credentials" }),
    new Failures.Forbidden({ status: 403, detail: "Must have admin rights", permissions: "issues=write" }),
    new Failures.Forbidden({ status: 451, detail: "Repository access blocked" }),
    new Failures.NotFound({ detail: "Not Found" }),
    new Failures.Gone({ detail: "This issue was deleted" }),
    new Failures.Unavailable({ status: 503, detail: "Service unavailable", ...wait }),
    new Failures.Unavailable({ status: 500, detail: "Server Error" })
  ]
  for (const failure of failures) {
    it(`reads back what it writes for: ${failure.message}`, () => {
      const wire = Answers.all.find((one) => one.tag === failure._tag)
      assert.isDefined(wire)
      const { body, headers = {}, status } = wire!.encode(failure)
      const back = wire!.decode({ status, headers, body: JSON.parse(JSON.stringify(body)), nowMillis: 0 })
      assert.deepStrictEqual(back, failure)
    })
  }

  it("waits a minute when a secondary limit names no time", () => {
    const wire = Answers.all.find((one) => one.tag === "SecondaryLimited")
    const failure = wire?.decode({ status: 403, headers: {}, body: { message: secondary }, nowMillis: 0 })
    assert.deepStrictEqual((failure as Failures.SecondaryLimited).retryAfter, Duration.minutes(1))
  })

  it("leaves the rejected value out of an invalid request", () => {
    const body = { message: "Validation Failed", errors: [{ field: "title", code: "invalid", value: "hunter2" }] }
    const wire = Answers.all.find((one) => one.tag === "InvalidRequest")
    const failure = wire?.decode({ status: 422, headers: {}, body, nowMillis: 0 })
    assert.notInclude(JSON.stringify(failure), "hunter2")
  })
})
