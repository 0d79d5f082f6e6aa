/**
 * The hidden line by which a call recognises what it wrote: GitHub has no idempotency
 * key, so a comment that no reader sees carries one.
 *
 * Neighbours: the reconcile plans of `Operations` write it into issue and comment bodies
 * and look for it in lists. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"

/**
 * The line for a marker.
 *
 * **Details**   Whatever the marker holds, the line ends where the comment ends: percent-encoded,
 * without `>` and without two hyphens in a row.
 *
 * **Example** (A key, and one that tries to get out)
 *
 * ```ts import.meta.vitest
 * import * as Marker from "@surety/github/Marker"
 *
 * Marker.line("order-7") // => "<!-- surety:order-7 -->"
 * Marker.line("--><b>") // => "<!-- surety:-%2D%3E%3Cb%3E -->"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const line = (marker: string): string => `<!-- surety:${encodeURIComponent(marker).replaceAll("--", "-%2D")} -->`

/**
 * A body with the marker as its last line.
 *
 * @category constructors
 * @since 0.1.0
 */
export const write = (body: string | undefined, marker: string): string =>
  body === undefined || body === "" ? line(marker) : `${body}\n\n${line(marker)}`

/**
 * Whether a body ends in the marker.
 *
 * **Details**   The last line must be the marker and nothing else: a quotation of a marked body, which
 * begins with `> `, is not it.
 *
 * @category guards
 * @since 0.1.0
 */
export const isIn = (body: string | null | undefined, marker: string): boolean =>
  body?.trimEnd().split(/\r?\n/).at(-1) === line(marker)

/**
 * How many entries a lookup asks for: the most that GitHub gives on a page.
 *
 * @category constants
 * @since 0.1.0
 */
export const pageSize = 100

/**
 * What a marker is looked for in.
 *
 * @category models
 * @since 0.1.0
 */
export interface Entry {
  readonly body?: string | null
  readonly created_at: DateTime.Utc
}

/**
 * The entry that carries the marker, or `undefined` when none does.
 *
 * **Details**   `newestFirst`: one page, by time of creation. `reachMillis`: how long ago the first
 * attempt can have been at most, in an earlier process too.
 *
 * **Failures**   `RangeError` when the page is full and its oldest entry is younger than that: what we
 * wrote may be on the next page, and to say "absent" would be a guess. The call then ends
 * with `OutcomeUnknown`.
 *
 * @category rules
 * @since 0.1.0
 */
export const find = <A extends Entry>(
  newestFirst: ReadonlyArray<A>,
  marker: string,
  reachMillis: number
): A | undefined => {
  const found = newestFirst.find((entry) => isIn(entry.body, marker))
  if (found !== undefined || newestFirst.length < pageSize) return found
  const [newest] = newestFirst
  const oldest = newestFirst.at(-1)
  if (newest === undefined || oldest === undefined) return undefined
  const span = DateTime.toEpochMillis(newest.created_at) - DateTime.toEpochMillis(oldest.created_at)
  if (span >= reachMillis) return undefined
  throw new RangeError(
    `GitHub: ${pageSize} entries in ${span} ms, but the call may have begun ${reachMillis} ms ago: one page does not tell`
  )
}
