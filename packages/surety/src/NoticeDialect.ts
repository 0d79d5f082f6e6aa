/**
 * Deprecation notices in the words of vendors, read into the one form that the standards have: `Notice.Reader`s to name in a
 * contract's `notices`. What a vendor writes for people is not kept, only that it was there.
 *
 * Neighbours: `Notice` reads the standard headers. Pure; only programs that name one ship it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Deprecation } from "./CallMetadata.ts"
import * as HttpDate from "./HttpDate.ts"
import type * as Notice from "./Notice.ts"

/**
 * Several readers as one: flags of any, dates of the first that has one, links of all.
 *
 * **Example** (The standard headers, and commercetools')
 *
 * ```ts import.meta.vitest
 * import * as Notice from "surety/Notice"
 * import * as NoticeDialect from "surety/NoticeDialect"
 *
 * const read = NoticeDialect.anyOf(Notice.fromHeaders, NoticeDialect.commercetools)
 *
 * read({ "x-deprecation-notice": "The field is going away" })?.deprecated // => true
 * read({ sunset: "Sun, 11 Nov 2018 23:59:59 GMT" })?.sunsetAt // => 1541980799000
 * read({}) // => undefined
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const anyOf =
  (...readers: ReadonlyArray<Notice.Reader>): Notice.Reader =>
  (headers) => {
    const found = readers.map((read) => read(headers)).filter((one) => one !== undefined)
    if (found.length < 2) return found[0]
    const first = <K extends "deprecatedAt" | "sunsetAt">(key: K): number | undefined =>
      found.find((one) => one[key] !== undefined)?.[key]
    return {
      deprecated: found.some((one) => one.deprecated),
      deprecatedAt: first("deprecatedAt"),
      sunsetAt: first("sunsetAt"),
      links: found.flatMap((one) => one.links),
      ...(found.some((one) => one.warned === true) ? { warned: true } : undefined)
    }
  }

const deprecated: Deprecation = { deprecated: true, deprecatedAt: undefined, sunsetAt: undefined, links: [] }
const warned: Deprecation = { ...deprecated, deprecated: false, warned: true }

/**
 * commercetools: `X-DEPRECATION-NOTICE`, a text.
 *
 * @source https://docs.commercetools.com/api/general-concepts (2026-11)
 * @category readers
 * @since 0.1.0
 */
export const commercetools: Notice.Reader = (headers) =>
  isSaid(headers["x-deprecation-notice"]) ? deprecated : undefined

/**
 * Zapier: `X-API-Deprecation-Date`, an HTTP date or a day, and `X-API-Deprecation-Info`, an address or a text.
 *
 * @category readers
 * @since 0.1.0
 */
export const zapier: Notice.Reader = (headers) => {
  const date = headers["x-api-deprecation-date"]
  const info = headers["x-api-deprecation-info"]
  if (!isSaid(date) && !isSaid(info)) return undefined
  const href = info?.trim() ?? ""
  return {
    ...deprecated,
    deprecatedAt: date === undefined ? undefined : dayOf(date),
    links: /^https:\/\/\S+$/.test(href) ? [{ rel: "deprecation", href }] : []
  }
}

/**
 * `Warning: 299`, the code for warnings that hold until somebody acts (Unsplash and others). Other codes are about caches.
 *
 * @source RFC 7234, section 5.5 (obsolete, in use)
 * @category readers
 * @since 0.1.0
 */
export const warning: Notice.Reader = (headers) =>
  headers["warning"] !== undefined && /(?:^|,)\s*299 /.test(headers["warning"]) ? warned : undefined

/**
 * Stripe: `Stripe-Notice`, a text for people.
 *
 * @source https://github.com/stripe/stripe-node, RequestSender (2026-11)
 * @category readers
 * @since 0.1.0
 */
export const stripe: Notice.Reader = (headers) => (isSaid(headers["stripe-notice"]) ? warned : undefined)

const isSaid = (value: string | undefined): boolean => value !== undefined && value.trim() !== ""

const dayOf = (value: string): number | undefined => {
  const day = /^\s*(\d{4}-\d\d-\d\d)\s*$/.exec(value)?.[1]
  if (day === undefined) return HttpDate.parse(value)
  const date = new Date(`${day}T00:00:00Z`)
  // the way back refuses days that do not exist, such as February 30
  return date.toJSON()?.slice(0, 10) === day ? date.getTime() : undefined
}
