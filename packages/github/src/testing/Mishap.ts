/**
 * What can go wrong inside GitHub, as opposed to on the wire: a limit, a missing
 * permission, a server error with a known relation to the execution, a move.
 *
 * Resets, stalls and truncated bodies are not mishaps: they are faults of the connection,
 * and the fake server plays those.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * - `PrimaryLimit`: the limit of `resource` is spent until `resetAfterMillis` from now.
 * - `SecondaryLimit`: refused with the documented message; `retryAfterSeconds` is often absent.
 * - `TooQuickly`: the secondary limit of writes, which comes as a 422.
 * - `Refused`: the token may not do this; with `remaining: "none"` it was also the last
 *   request of the hour, which looks like a limit and is none.
 * - `ServerError`: `before-execution` nothing was applied, `after-execution` it was.
 * - `Moved`: the object is at `location` now.
 * - `Annotated`: answered as usual, with these headers added (`deprecation`, `sunset`, …).
 *
 * None of them but `ServerError` after execution and `Annotated` applies the request.
 *
 * @category models
 * @since 0.1.0
 */
export type Mishap =
  | {
      readonly _tag: "PrimaryLimit"
      readonly status: 403 | 429
      readonly resource: string
      readonly resetAfterMillis: number
    }
  | { readonly _tag: "SecondaryLimit"; readonly status: 403 | 429; readonly retryAfterSeconds: number | undefined }
  | { readonly _tag: "TooQuickly" }
  | { readonly _tag: "Refused"; readonly permissions: string; readonly remaining: "some" | "none" }
  | {
      readonly _tag: "ServerError"
      readonly status: 500 | 502 | 503 | 504
      readonly at: "before-execution" | "after-execution"
    }
  | { readonly _tag: "Moved"; readonly status: 301 | 307; readonly location: string }
  | { readonly _tag: "Annotated"; readonly headers: Readonly<Record<string, string>> }

/**
 * @category constructors
 * @since 0.1.0
 */
export const primaryLimit = (options: {
  readonly status: 403 | 429
  readonly resource?: string
  readonly resetAfterMillis: number
}): Mishap => ({ _tag: "PrimaryLimit", resource: "core", ...options })

/**
 * @category constructors
 * @since 0.1.0
 */
export const secondaryLimit = (status: 403 | 429, retryAfterSeconds?: number): Mishap => ({
  _tag: "SecondaryLimit",
  status,
  retryAfterSeconds
})

/**
 * @category constructors
 * @since 0.1.0
 */
export const tooQuickly: Mishap = { _tag: "TooQuickly" }

/**
 * @category constructors
 * @since 0.1.0
 */
export const refused = (permissions: string, remaining: "some" | "none" = "some"): Mishap => ({
  _tag: "Refused",
  permissions,
  remaining
})

/**
 * @category constructors
 * @since 0.1.0
 */
export const serverError = (
  status: 500 | 502 | 503 | 504,
  at: "before-execution" | "after-execution" = "before-execution"
): Mishap => ({ _tag: "ServerError", status, at })

/**
 * @category constructors
 * @since 0.1.0
 */
export const moved = (location: string, status: 301 | 307 = 301): Mishap => ({ _tag: "Moved", status, location })

/**
 * @category constructors
 * @since 0.1.0
 */
export const annotated = (headers: Readonly<Record<string, string>>): Mishap => ({ _tag: "Annotated", headers })
