/**
 * What is known about a finished call besides its value: how many attempts it took,
 * whether the answer is degraded or was found by reconciliation, and what the provider
 * said in its headers.
 *
 * Neighbours: `method.detailed(…)` returns it next to the value.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * A deprecation notice as the provider gave it.
 *
 * **Details**   `deprecatedAt` and `sunsetAt` are epoch milliseconds. `links`: the targets of
 * `Link` relations `deprecation`, `sunset` and `successor-version`, https only; they are
 * never followed.
 *
 * @source RFC 9745, section 2; RFC 8594, section 3; RFC 8288
 * @category models
 * @since 0.1.0
 */
export interface Deprecation {
  readonly deprecated: boolean
  readonly deprecatedAt: number | undefined
  readonly sunsetAt: number | undefined
  readonly links: ReadonlyArray<{ readonly rel: string; readonly href: string }>
  /** `true` when the provider says something about its API that is neither: somebody should read it. */
  readonly warned?: boolean
}

/**
 * Why a result is degraded.
 *
 * @category models
 * @since 0.1.0
 */
export interface Degraded {
  readonly by: "constant" | "stale" | "other"
  /** Age of a stale value; 0 for the others. */
  readonly ageMillis: number
  /** The tag of the error that made the fallback necessary. */
  readonly because: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface CallMetadata {
  readonly operation: string
  readonly attempts: number
  readonly elapsedMillis: number
  readonly idempotencyKey: string | undefined
  /** `true` when a lookup found that an earlier attempt had been applied. */
  readonly reconciled: boolean
  readonly degraded: Degraded | undefined
  /** Of the last response; `undefined` without HTTP. */
  readonly status: number | undefined
  /** The provider's name for this request, to quote to its support. */
  readonly requestId: string | undefined
  readonly deprecation: Deprecation | undefined
  /** The response headers that the contract exposes, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A value with its metadata.
 *
 * @category models
 * @since 0.1.0
 */
export interface Detailed<out A> {
  readonly value: A
  readonly metadata: CallMetadata
}
