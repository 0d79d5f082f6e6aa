/**
 * What the answer of a secret store means: the two rings in which answers come, HTTP statuses and rejected promises of
 * a vendor's client, turned into our own failures. Codes only: nothing that a store or a client says is kept.
 *
 * Neighbours: the four `SecretStore…` adapters use it. Pure, but for `call`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { SourceFailure } from "./Source.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Reason = "absent" | "unavailable" | "rejected" | "misconfigured"

/**
 * What a status of HTTP says about a request to read a secret; `undefined` when it is none.
 *
 * **Details**   401, 403: who we are, or may do, was refused. 404: there is none. 408, 412 (an eventually consistent
 * store), 425, 429, redirects and 5xx: later. The rest: what we asked can never work.
 *
 * @category rules
 * @since 0.1.0
 */
export const reasonOf = (status: number): Reason => {
  if (status === 401 || status === 403) return "rejected"
  if (status === 404) return "absent"
  if (status === 408 || status === 412 || status === 425 || status === 429) return "unavailable"
  return status >= 400 && status < 472 ? "misconfigured" : "unavailable"
}

/**
 * What a client rejected with.
 *
 * @category models
 * @since 0.1.0
 */
export interface Judgement {
  readonly reason: Reason
  /** a code from a list of ours, or a number */
  readonly code: string
}

/**
 * One call of a vendor's client, which is given up after the timeout.
 *
 * **Details**   `run` is given a signal that is raised when nobody waits any more. An absent secret is `undefined`.
 *
 * **Failures**   What `judge` makes of the rejection; `unavailable` after the timeout.
 *
 * @category running
 * @since 0.1.0
 */
export const call = <A>(options: {
  readonly store: string
  readonly timeoutMillis: number
  readonly run: (signal: AbortSignal) => Promise<A>
  readonly judge: (error: unknown) => Judgement
}): Effect.Effect<A | undefined, SourceFailure> =>
  Effect.tryPromise({ try: options.run, catch: options.judge }).pipe(
    Effect.catch(({ code, reason }: Judgement): Effect.Effect<undefined, SourceFailure> =>
      reason === "absent"
        ? Effect.succeed(undefined)
        : Effect.fail(new SourceFailure({ reason, detail: `${options.store}: ${code}` }))
    ),
    Effect.timeoutOrElse({
      duration: Duration.millis(options.timeoutMillis),
      orElse: () =>
        Effect.fail(
          new SourceFailure({
            reason: "unavailable",
            detail: `${options.store}: no answer within ${options.timeoutMillis} ms`
          })
        )
    })
  )

/**
 * The member of whatever was thrown, or `undefined`.
 *
 * @category rules
 * @since 0.1.0
 */
export const member = (thrown: unknown, ...path: ReadonlyArray<string>): unknown => {
  let at = thrown
  for (const name of path) {
    if (typeof at !== "object" || at === null) return undefined
    try {
      at = (at as Readonly<Record<string, unknown>>)[name]
    } catch {
      return undefined
    }
  }
  return at
}
