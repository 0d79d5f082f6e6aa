/**
 * Stripe's lists: a page of objects, newest first, and the cursor to the next one.
 *
 * Neighbours: `Operations` walks pages with `next`; each page is a guarded call.
 *
 * @source https://docs.stripe.com/api/pagination (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * @category models
 * @since 0.1.0
 */
export interface Page<out A> {
  readonly object: "list"
  readonly has_more: boolean
  readonly data: ReadonlyArray<A>
}

/**
 * A list object of these items.
 *
 * @category schemas
 * @since 0.1.0
 */
export const of = <A, I>(item: Schema.Codec<A, I>): Schema.Codec<Page<A>, Page<I>> =>
  Schema.Struct({
    object: Schema.Literal("list"),
    has_more: Schema.Boolean,
    data: Schema.Array(item)
  })

/**
 * The cursor of the next page, or `undefined` after the last.
 *
 * **Details**   An empty page that promises more ends the walk: there is no object to begin
 * after.
 *
 * **Example** (The last object is the cursor)
 *
 * ```ts import.meta.vitest
 * import * as Page from "@surety/stripe/Page"
 *
 * Page.next({ object: "list", has_more: true, data: [{ id: "pi_2" }, { id: "pi_1" }] }) // => "pi_1"
 * Page.next({ object: "list", has_more: false, data: [{ id: "pi_2" }] }) // => undefined
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const next = (page: Page<{ readonly id: string }>): string | undefined =>
  page.has_more ? page.data.at(-1)?.id : undefined
