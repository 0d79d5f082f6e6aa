/**
 * Reads deprecation notices from response headers: those of the standards, and the dialects of some vendors. Malformed
 * notices are ignored; links are reported over https only and never followed; no text of the provider's is kept.
 *
 * Neighbours: a contract names its reader in `notices`; the engine makes one signal of whatever it reads. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Deprecation } from "./CallMetadata.ts"
import * as HttpDate from "./HttpDate.ts"
import * as Paging from "./Paging.ts"

/**
 * Reads response headers, whose names are in lower case. It is asked for each response: quick when there is nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type Reader = (headers: Readonly<Record<string, string>>) => Deprecation | undefined

/**
 * The notice in a response, or `undefined`.
 *
 * **Details**   `Deprecation` is a structured-field date (`@1688169599`); the older forms `true` and an
 * HTTP date are read too. `Sunset` is an HTTP date.
 *
 * **Example** (A deprecated operation with an end)
 *
 * ```ts import.meta.vitest
 * import * as Notice from "surety/Notice"
 *
 * Notice.fromHeaders({ deprecation: "@1688169599" })?.deprecatedAt // => 1688169599000
 * Notice.fromHeaders({ sunset: "Sun, 11 Nov 2018 23:59:59 GMT" })?.sunsetAt // => 1541980799000
 * Notice.fromHeaders({ "content-type": "application/json" }) // => undefined
 * ```
 *
 * @source RFC 9745, section 2; RFC 8594, section 3
 * @category parsers
 * @since 0.1.0
 */
export const fromHeaders: Reader = (headers) => {
  const { deprecation, link, sunset } = headers
  // most links lead to the next page
  const links = link === undefined || !mentions.test(link) ? none : Paging.links(link).filter(isNotice)
  if (deprecation === undefined && sunset === undefined && links.length === 0) return undefined
  const deprecatedAt = dateOf(deprecation)
  const sunsetAt = HttpDate.parse(sunset)
  const deprecated = deprecatedAt !== undefined || deprecation?.trim() === "true"
  if (!deprecated && sunsetAt === undefined && links.length === 0) return undefined
  return { deprecated, deprecatedAt, sunsetAt, links }
}

const none: Deprecation["links"] = []
const mentions = /deprecation|sunset|successor-version/i
const relations = new Set(["deprecation", "sunset", "successor-version"])

const isNotice = (link: { readonly rel: string; readonly href: string }): boolean =>
  relations.has(link.rel) && link.href.startsWith("https://")

const dateOf = (value: string | undefined): number | undefined => {
  const structured = /^\s*@(-?\d{1,12})\s*(?:;.*)?$/.exec(value ?? "")
  return structured === null ? HttpDate.parse(value) : Number(structured[1]) * 1000
}
