/**
 * Stripe's cursor paging, as a rule: newest first, at most `limit`, after or before
 * an object that is named by its identifier.
 *
 * @source https://docs.stripe.com/api/pagination (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"
import * as Parameter from "./Parameter.ts"

/**
 * A list object.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page<A> {
  readonly object: "list"
  readonly url: string
  readonly has_more: boolean
  readonly data: ReadonlyArray<A>
}

/**
 * The parameters every list takes. `limit` is 1 to 100, default 10.
 *
 * @category constants
 * @since 0.1.0
 */
export const parameters: {
  readonly limit: Parameter.Parameter<number>
  readonly starting_after: Parameter.Parameter<string>
  readonly ending_before: Parameter.Parameter<string>
} = {
  limit: Parameter.integer({ min: 1, max: 100 }),
  starting_after: Parameter.text(),
  ending_before: Parameter.text()
}

/**
 * **Details**   `has_more` looks in the direction of paging: with `ending_before` it
 * says whether there are newer objects still. A cursor that is no object of the list
 * is a 400.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = <A extends { readonly id: string }>(
  newestFirst: ReadonlyArray<A>,
  options: {
    readonly url: string
    readonly kind: string
    readonly limit: number | undefined
    readonly starting_after: string | undefined
    readonly ending_before: string | undefined
  }
): Result.Result<Page<A>, ErrorEnvelope.ErrorEnvelope> => {
  const { ending_before: before, kind, starting_after: after, url } = options
  const limit = options.limit ?? 10
  if (after !== undefined && before !== undefined) {
    return Result.fail(
      ErrorEnvelope.invalidRequest("A page begins after one object or ends before one, not both.", {
        code: "parameters_exclusive"
      })
    )
  }
  const cursor = after ?? before
  const at = cursor === undefined ? -1 : newestFirst.findIndex((one) => one.id === cursor)
  if (cursor !== undefined && at === -1) {
    const param = after === undefined ? "ending_before" : "starting_after"
    return Result.fail(ErrorEnvelope.resourceMissing(kind, cursor, { param }))
  }
  const [from, to] = before === undefined ? [at + 1, at + 1 + limit] : [Math.max(0, at - limit), at]
  return Result.succeed({
    object: "list",
    url,
    has_more: before === undefined ? to < newestFirst.length : from > 0,
    data: newestFirst.slice(from, to)
  })
}
