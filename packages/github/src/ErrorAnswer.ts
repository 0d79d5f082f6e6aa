/**
 * GitHub's error answers, and the one decision that reads them: which failure an answer
 * means. A 403 may be a missing permission, the hourly limit or a secondary limit; status,
 * headers and message together tell them apart.
 *
 * Each wire in `Answers` asks `classify`, so no two failures claim one answer.
 *
 * @source https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/**
 * What is wrong with one member of a request.
 *
 * **Details**   `code`: `missing`, `missing_field`, `invalid`, `already_exists`, `unprocessable`,
 * `custom`. The rejected value is not read.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Detail = Schema.Struct({
  resource: Schema.optionalKey(Schema.String),
  field: Schema.optionalKey(Schema.String),
  code: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export type Detail = typeof Detail.Type

/**
 * **Details**   Every member may be absent. `errors` may hold texts in place of objects.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Body = Schema.Struct({
  message: Schema.optionalKey(Schema.String),
  documentation_url: Schema.optionalKey(Schema.String),
  url: Schema.optionalKey(Schema.String),
  errors: Schema.optionalKey(Schema.Array(Schema.Union([Schema.String, Detail])))
})

/**
 * @category models
 * @since 0.1.0
 */
export type Body = typeof Body.Type

const decode = Schema.decodeUnknownOption(Body)

/**
 * The body of an error answer; a page of HTML, or anything else, is an empty one.
 *
 * @category parsers
 * @since 0.1.0
 */
export const bodyOf = (body: unknown): Body => Option.getOrElse(decode(body), (): Body => ({}))

/**
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/**
 * The tag of the failure that an answer means.
 *
 * @category models
 * @since 0.1.0
 */
export type Kind =
  | "RateLimited"
  | "SecondaryLimited"
  | "Moved"
  | "InvalidRequest"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "Gone"
  | "Unavailable"

/**
 * **Details**   A 403 whose message speaks of something else than a limit is a refusal on its merits,
 * also when it happened to be the last request of the hour and `x-ratelimit-remaining` is 0.
 * A 422 that says "submitted too quickly" is a secondary limit.
 *
 * **Example** (One status, three failures)
 *
 * ```ts import.meta.vitest
 * import * as ErrorAnswer from "@surety/github/ErrorAnswer"
 *
 * const at = (message: string, headers: Record<string, string>) =>
 *   ErrorAnswer.classify({ status: 403, headers, body: { message } })
 *
 * at("API rate limit exceeded for user ID 1.", { "x-ratelimit-remaining": "0" }) // => "RateLimited"
 * at("You have exceeded a secondary rate limit.", { "x-ratelimit-remaining": "41" }) // => "SecondaryLimited"
 * at("Resource not accessible by integration", { "x-ratelimit-remaining": "0" }) // => "Forbidden"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const classify = (answer: Answer): Kind | undefined => {
  const body = bodyOf(answer.body)
  switch (answer.status) {
    case 301:
    case 302:
    case 307:
    case 308:
      return answer.headers["location"] === undefined && body.url === undefined ? undefined : "Moved"
    case 400:
      return "InvalidRequest"
    case 401:
      return "Unauthorized"
    case 403:
    case 429:
      return limited(answer, body)
    case 404:
      return "NotFound"
    case 410:
      return "Gone"
    case 422:
      return details(body).some((one) => /submitted too quickly/i.test(one.message ?? ""))
        ? "SecondaryLimited"
        : "InvalidRequest"
    case 451:
      return "Forbidden"
    case 500:
    case 502:
    case 503:
    case 504:
      return "Unavailable"
    default:
      return undefined
  }
}

/**
 * What is wrong with the request, one entry per member.
 *
 * @category parsers
 * @since 0.1.0
 */
export const details = (body: Body): ReadonlyArray<Detail> =>
  (body.errors ?? []).map((one) => (typeof one === "string" ? { message: one } : one))

const limited = ({ headers, status }: Answer, { message }: Body): Kind => {
  if (message !== undefined && /\bsecondary rate\b|\babuse detection\b/i.test(message)) return "SecondaryLimited"
  const spent = headers["x-ratelimit-remaining"] === "0" && (status === 429 || message === undefined)
  if (spent || /\brate limit\b/i.test(message ?? "")) return "RateLimited"
  return status === 429 || headers["retry-after"] !== undefined ? "SecondaryLimited" : "Forbidden"
}
