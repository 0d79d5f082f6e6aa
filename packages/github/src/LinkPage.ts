/**
 * GitHub's paging: the `Link` header names the next page.
 *
 * Only the page number or the cursor is taken from the link, never its host or path, so
 * that no answer can lead a request, and its credential, somewhere else.
 *
 * @source https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { CallMetadata } from "surety/CallMetadata"
import * as Paging from "surety/Paging"

/**
 * The query members of everything that comes in pages.
 *
 * **Details**   `per_page`: 1 to 100. `page` counts from 1; `after` is a cursor, which GitHub uses in
 * its links where a list is long.
 *
 * @category schemas
 * @since 0.1.0
 */
export const query = {
  per_page: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))),
  page: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  after: Schema.optionalKey(Schema.String)
} as const

/**
 * What names the next page.
 *
 * @category models
 * @since 0.1.0
 */
export type Next = { readonly page: number } | { readonly after: string }

/**
 * The next page of a `Link` header, or `undefined` on the last.
 *
 * **Failures**   `RangeError` when there is a next page that neither a page number nor a cursor names:
 * to stop there would lose what is on it.
 *
 * **Example** (A number and a cursor)
 *
 * ```ts import.meta.vitest
 * import * as LinkPage from "@surety/github/LinkPage"
 *
 * LinkPage.next('<https://api.github.com/repositories/1/issues?per_page=100&page=2>; rel="next"') // => { page: 2 }
 * LinkPage.next('<https://api.github.com/repositories/1/issues?after=Y3Vyc29y>; rel="next"') // => { after: "Y3Vyc29y" }
 * LinkPage.next('<https://api.github.com/repositories/1/issues?page=1>; rel="first"') // => undefined
 * ```
 *
 * @category parsers
 * @since 0.1.0
 */
export const next = (header: string | undefined): Next | undefined => {
  const target = Paging.link(header, "next")
  if (target === undefined) return undefined
  const mark = target.indexOf("?")
  const found = new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1))
  const after = found.get("after")
  if (after !== null && after !== "") return { after }
  const page = Number(found.get("page"))
  if (Number.isInteger(page) && page >= 1) return { page }
  throw new RangeError("GitHub: the link to the next page has neither a page number nor a cursor")
}

/**
 * The `next` of a paging rule: the same request, with another page or cursor.
 *
 * @category rules
 * @since 0.1.0
 */
export const follow = <R extends { readonly query: object }>(
  _page: unknown,
  request: R,
  metadata: CallMetadata
): R | undefined => {
  const to = next(metadata.headers["link"])
  if (to === undefined) return undefined
  const { after: _after, page: _last, ...rest } = request.query as { readonly after?: string; readonly page?: number }
  // the query of every paged operation has both members
  return { ...request, query: { ...rest, ...to } } as R
}
