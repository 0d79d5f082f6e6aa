/**
 * GitHub's refusals as its fake sends them.
 *
 * @source https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import type { FakeResponse } from "surety/testing/FakeExchange"
import { json } from "surety/testing/FakeExchange"

const documentation = "https://docs.github.com/rest"

/**
 * **Details**   `status` is repeated in the body, as text.
 *
 * @category constructors
 * @since 0.1.0
 */
export const error = (
  status: number,
  message: string,
  more: { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {}
): FakeResponse =>
  json(status, { message, documentation_url: documentation, status: String(status), ...more.body }, more.headers)

/**
 * @category constructors
 * @since 0.1.0
 */
export const invalid = (
  errors: ReadonlyArray<{
    readonly resource: string
    readonly code: string
    readonly field?: string
    readonly message?: string
  }>
): FakeResponse => error(422, "Validation Failed", { body: { errors } })

/**
 * @category constructors
 * @since 0.1.0
 */
export const primaryLimit = (status: 403 | 429): FakeResponse => error(status, "API rate limit exceeded for user ID 1.")

/**
 * @category constructors
 * @since 0.1.0
 */
export const secondaryLimit = (status: 403 | 429, retryAfterSeconds?: number): FakeResponse =>
  error(
    status,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    retryAfterSeconds === undefined ? {} : { headers: { "retry-after": String(retryAfterSeconds) } }
  )

/**
 * @category constructors
 * @since 0.1.0
 */
export const notFound: FakeResponse = error(404, "Not Found")

/**
 * **Details**   503 has its own shape at GitHub, without a `status` in the body.
 *
 * @category constructors
 * @since 0.1.0
 */
export const serverError = (status: number): FakeResponse =>
  status === 503
    ? json(503, { code: "unavailable", message: "Service unavailable", documentation_url: documentation })
    : error(status, "Server Error")
