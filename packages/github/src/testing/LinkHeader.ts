/**
 * One page of a list, and the `Link` header that names the others: by number, or by
 * cursor, as GitHub does for long lists.
 *
 * @source https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api (2026-11)
 * @stability experimental
 * @since 0.1.0
 */

/**
 * **Details**   `link` is absent when everything fits on one page.
 *
 * @category models
 * @since 0.1.0
 */
export interface Slice<A> {
  readonly items: ReadonlyArray<A>
  readonly link: string | undefined
}

/**
 * The page that a query asks for.
 *
 * **Details**   `per_page` is 30 where absent and at most 100, without a word, as at GitHub. Links go
 * to `/repositories/<id>`, as GitHub's do: only their query can be trusted to stay.
 *
 * @category rules
 * @since 0.1.0
 */
export const slice = <A>(
  all: ReadonlyArray<A>,
  query: URLSearchParams,
  options: { readonly url: string; readonly by: "page" | "cursor" }
): Slice<A> => {
  const size = Math.min(100, positive(query.get("per_page")) ?? 30)
  const from = options.by === "cursor" ? offsetOf(query.get("after")) : ((positive(query.get("page")) ?? 1) - 1) * size
  const items = all.slice(from, from + size)
  const to = (start: number, rel: string): string => {
    const other = new URLSearchParams(query)
    other.delete("page")
    other.delete("after")
    if (options.by === "cursor") other.set("after", cursorOf(start))
    else other.set("page", String(start / size + 1))
    return `<${options.url}?${other.toString()}>; rel="${rel}"`
  }
  const last = Math.max(0, Math.ceil(all.length / size) - 1) * size
  const links = [
    ...(from > 0 ? [to(Math.max(0, from - size), "prev")] : []),
    ...(from + size < all.length
      ? [to(from + size, "next"), ...(options.by === "page" ? [to(last, "last")] : [])]
      : []),
    ...(from > 0 ? [to(0, "first")] : [])
  ]
  return { items, link: links.length === 0 ? undefined : links.join(", ") }
}

const positive = (text: string | null): number | undefined => {
  const number = Number(text)
  return Number.isInteger(number) && number >= 1 ? number : undefined
}

const cursorOf = (offset: number): string => btoa(`cursor:${offset}`)

const offsetOf = (cursor: string | null): number => {
  if (cursor === null) return 0
  const offset = Number(atob(cursor).slice("cursor:".length))
  return Number.isInteger(offset) ? offset : 0
}
