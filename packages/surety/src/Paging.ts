/**
 * How a result that comes in pages is walked: where the items are, and which request
 * fetches the next page.
 *
 * `Stream.retry` over a paged stream would emit items twice; here each page is a guarded
 * call of its own and a retry never leaves its page.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { CallMetadata, Detailed } from "./CallMetadata.ts"

/**
 * **Details**   `next` returns the request of the next page, or `undefined` after the last. It gets
 * the page, its metadata (for `Link` headers) and the request that fetched it.
 *
 * **Gotchas**   A cursor that is `undefined` in the next request asks for the first page again, and
 * the walk never ends: return `undefined` itself when the page has no cursor.
 *
 * @category models
 * @since 0.1.0
 */
export interface Rule<Req, in A, out Item> {
  readonly items: (page: A) => ReadonlyArray<Item>
  readonly next: (page: A, request: Req, metadata: CallMetadata) => Req | undefined
  readonly walk: Walk
}

/**
 * Walks the pages, from the request of the first; the rule carries it, so that only programs with pages ship it.
 *
 * @category models
 * @since 0.1.0
 */
export type Walk = (
  rule: Rule<never, never, unknown>,
  page: (request: unknown) => Effect.Effect<Detailed<unknown>, unknown>
) => (first: unknown) => Stream.Stream<unknown, unknown>

/**
 * How the pages of an operation follow one another.
 *
 * **Example** (A cursor in the page)
 *
 * ```ts import.meta.vitest
 * import * as Paging from "surety/Paging"
 *
 * interface Page {
 *   readonly items: ReadonlyArray<string>
 *   readonly cursor?: string
 * }
 * const pages = Paging.rule({
 *   items: (page: Page) => page.items,
 *   next: (page, request: { readonly after?: string }) =>
 *     page.cursor === undefined ? undefined : { ...request, after: page.cursor }
 * })
 * pages.items({ items: ["a", "b"] }) // => ["a", "b"]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const rule = <Req, A, Item>(how: {
  readonly items: (page: A) => ReadonlyArray<Item>
  // what comes next is a request of the operation, and not the other way round
  readonly next: (page: A, request: Req, metadata: CallMetadata) => NoInfer<Req> | undefined
}): Rule<Req, A, Item> => ({ ...how, walk })

const walk: Walk = (rule, page) => (first) =>
  Stream.paginate(first, (at) =>
    Effect.map(
      page(at),
      ({ metadata, value }) =>
        [
          rule.items(value as never),
          Option.fromUndefinedOr<unknown>(rule.next(value as never, at as never, metadata))
        ] as const
    )
  )

/**
 * The target of a `Link` relation, or `undefined`.
 *
 * **Details**   Only the parameters of RFC 8288 section 3 that paging needs are read. The target is
 * returned as it stands; following it is the caller's decision.
 *
 * **Example** (The next page)
 *
 * ```ts import.meta.vitest
 * import * as Paging from "surety/Paging"
 *
 * Paging.link('<https://api.example/items?page=2>; rel="next", <https://api.example/items?page=9>; rel="last"', "next") // => "https://api.example/items?page=2"
 * ```
 *
 * @source RFC 8288, section 3
 * @category parsers
 * @since 0.1.0
 */
export const link = (header: string | undefined, rel: string): string | undefined => {
  for (const target of links(header)) if (target.rel === rel) return target.href
  return undefined
}

/**
 * Every relation of a `Link` header.
 *
 * @source RFC 8288, section 3
 * @category parsers
 * @since 0.1.0
 */
export const links = (header: string | undefined): ReadonlyArray<{ readonly rel: string; readonly href: string }> => {
  const text = header ?? ""
  const found: Array<{ readonly rel: string; readonly href: string }> = []
  // one pass: every step starts where the last one stopped, whatever the header holds
  let at = 0
  while (at < text.length) {
    const open = text.indexOf("<", at)
    const close = open < 0 ? -1 : text.indexOf(">", open)
    if (close < 0) break
    const parameters = parametersAt(text, close + 1)
    at = parameters.end
    for (const rel of (parameters.rel ?? "").split(/\s+/)) {
      if (rel !== "") found.push({ rel: rel.toLowerCase(), href: text.slice(open + 1, close) })
    }
  }
  return found
}

/** Reads `; name=value` until the next comma outside quotes; the first `rel` counts. */
const parametersAt = (text: string, from: number): { readonly rel: string | undefined; readonly end: number } => {
  const parameter = /\s*;\s*([\w*-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]+)))?/y
  let rel: string | undefined
  let end = from
  for (;;) {
    parameter.lastIndex = end
    const match = parameter.exec(text)
    if (match === null) return { rel, end }
    end = parameter.lastIndex
    if (rel === undefined && match[1]?.toLowerCase() === "rel") rel = match[2] ?? match[3]
  }
}
