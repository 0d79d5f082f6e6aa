/**
 * The filter by time that Stripe's lists take: a second since 1970
 * (`created=1700000000`), or bounds (`created[gte]=…&created[lt]=…`).
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"
import type { FormValue } from "./Form.ts"

/**
 * Whether a time in seconds is inside; without a range every time is.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (
  value: FormValue | undefined,
  param: string
): Result.Result<(atSeconds: number) => boolean, ErrorEnvelope.ErrorEnvelope> => {
  if (value === undefined) return Result.succeed(() => true)
  const bounds = typeof value === "string" ? [["eq", value] as const] : Object.entries(value)
  const tests: Array<(atSeconds: number) => boolean> = []
  for (const [bound, text] of bounds) {
    const limit = typeof text === "string" && /^\d{1,12}$/.test(text) ? Number(text) : undefined
    const compare = Object.hasOwn(comparisons, bound) ? comparisons[bound] : undefined
    if (limit === undefined || compare === undefined) {
      return Result.fail(ErrorEnvelope.invalidRequest(`'${param}' is no time or range of times.`, { param }))
    }
    tests.push((atSeconds) => compare(atSeconds, limit))
  }
  return Result.succeed((atSeconds) => tests.every((test) => test(atSeconds)))
}

const comparisons: Readonly<Record<string, (at: number, limit: number) => boolean>> = {
  eq: (at, limit) => at === limit,
  gt: (at, limit) => at > limit,
  gte: (at, limit) => at >= limit,
  lt: (at, limit) => at < limit,
  lte: (at, limit) => at <= limit
}
