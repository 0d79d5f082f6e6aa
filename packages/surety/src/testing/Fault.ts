/**
 * What a fake provider, or the network in front of it, does to one exchange: the
 * closed vocabulary of misbehaviour, as plain values.
 *
 * A fault says nothing of when it happens (`FaultScript`) and nothing of how it is
 * brought about (`AnswerPlan`, then memory or a socket). Each says whether the
 * provider applied the request, because that is the fact a client cannot see.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type { FakeResponse } from "./FakeExchange.ts"
import * as RetryAfterForm from "./RetryAfterForm.ts"

/**
 * The closed union of faults.
 *
 * **Details**   Not applied: `Refuse`, `ResetBefore`, `Respond`, `TooManyRequests`,
 * `Unavailable`, and `StallHead` with `effect: "never"`. Applied: all the others.
 *
 * @category models
 * @since 0.1.0
 */
export type Fault =
  | { readonly _tag: "Ok" }
  | { readonly _tag: "Latency"; readonly min: Duration.Duration; readonly max: Duration.Duration }
  | { readonly _tag: "Refuse" }
  | { readonly _tag: "ResetBefore" }
  | { readonly _tag: "ResetAfter" }
  | { readonly _tag: "StallHead"; readonly for: Duration.Duration; readonly effect: "applied" | "never" }
  | { readonly _tag: "StallBody"; readonly for: Duration.Duration; readonly afterBytes: number }
  | { readonly _tag: "CutAfter"; readonly bytes: number }
  | { readonly _tag: "Drip"; readonly bytesPerSecond: number }
  | { readonly _tag: "WrongContentType"; readonly type: string }
  | { readonly _tag: "Oversize"; readonly bytes: number }
  | { readonly _tag: "Respond"; readonly response: FakeResponse }
  | { readonly _tag: "TooManyRequests"; readonly retryAfter: RetryAfterForm.RetryAfterForm }
  | { readonly _tag: "Unavailable"; readonly retryAfter: RetryAfterForm.RetryAfterForm }

/**
 * The name of a fault, as the exchange log shows it.
 *
 * @category models
 * @since 0.1.0
 */
export type FaultTag = Fault["_tag"]

/**
 * No fault: the handler's answer, at once.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ok: Fault = { _tag: "Ok" }

/**
 * The provider is slow: it waits between `min` and `max`, then applies the request
 * and gives its real answer.
 *
 * **Gotchas**   A client that gives up meanwhile does not stop it: the request is
 * applied late, after the client has gone.
 *
 * @category constructors
 * @since 0.1.0
 */
export const latency = (min: Duration.Input, max: Duration.Input = min): Fault => ({
  _tag: "Latency",
  min: Duration.fromInputUnsafe(min),
  max: Duration.fromInputUnsafe(max)
})

/**
 * The connection is refused: no byte of the request leaves the client.
 *
 * **Gotchas**   On a real port only the listener can refuse, before there is a
 * request to count. There a script may refuse in a `FaultScript.window` only, and
 * `FakeServer.serve` fails for any other use.
 *
 * @category constructors
 * @since 0.1.0
 */
export const refuse: Fault = { _tag: "Refuse" }

/**
 * The connection is reset after the request was read and before it is applied.
 *
 * @category constructors
 * @since 0.1.0
 */
export const resetBefore: Fault = { _tag: "ResetBefore" }

/**
 * The request is applied, then the connection is reset without one byte of response.
 *
 * @category constructors
 * @since 0.1.0
 */
export const resetAfter: Fault = { _tag: "ResetAfter" }

/**
 * The request is applied, then nothing is heard for this long, then the real answer
 * comes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stallHead = (wait: Duration.Input): Fault => ({
  _tag: "StallHead",
  for: Duration.fromInputUnsafe(wait),
  effect: "applied"
})

/**
 * The request is never applied: nothing is heard for this long, then the connection
 * is reset.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stallHeadUnapplied = (wait: Duration.Input): Fault => ({
  _tag: "StallHead",
  for: Duration.fromInputUnsafe(wait),
  effect: "never"
})

/**
 * The request is applied; status, headers and `afterBytes` bytes of the body arrive,
 * then nothing for this long, then the rest.
 *
 * **Gotchas**   At least one byte is held back; an empty body cannot stall.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stallBody = (wait: Duration.Input, afterBytes: number = 0): Fault => ({
  _tag: "StallBody",
  for: Duration.fromInputUnsafe(wait),
  afterBytes
})

/**
 * The request is applied; the body ends with a reset after this many bytes.
 *
 * **Details**   `content-length` always promises more than is sent, also when the
 * body is shorter than `bytes`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const cutAfter = (bytes: number): Fault => ({ _tag: "CutAfter", bytes })

/**
 * The request is applied; the body arrives at this rate, in at most ten pieces a
 * second.
 *
 * @category constructors
 * @since 0.1.0
 */
export const drip = (options: { readonly bytesPerSecond: number }): Fault => ({
  _tag: "Drip",
  bytesPerSecond: options.bytesPerSecond
})

/**
 * The request is applied; the real body arrives under another content type.
 *
 * @category constructors
 * @since 0.1.0
 */
export const wrongContentType = (type: string): Fault => ({ _tag: "WrongContentType", type })

/**
 * The request is applied; the real body is followed by spaces up to this many bytes.
 *
 * **Details**   A JSON body stays valid JSON, so that only a size limit catches it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const oversize = (bytes: number): Fault => ({ _tag: "Oversize", bytes })

/**
 * Another answer than the real one, which is never applied: a proxy's error page, an
 * undeclared status, a body that does not decode.
 *
 * @category constructors
 * @since 0.1.0
 */
export const respond = (response: FakeResponse): Fault => ({ _tag: "Respond", response })

/**
 * 429, never applied, with the hint in any form.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tooManyRequests = (retryAfter: RetryAfterForm.RetryAfterForm = RetryAfterForm.none): Fault => ({
  _tag: "TooManyRequests",
  retryAfter
})

/**
 * 503, never applied, with or without a hint.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unavailable = (retryAfter: RetryAfterForm.RetryAfterForm = RetryAfterForm.none): Fault => ({
  _tag: "Unavailable",
  retryAfter
})

/**
 * Whether the provider applies a request that meets this fault.
 *
 * @category rules
 * @since 0.1.0
 */
export const isApplied = (fault: Fault): boolean => {
  switch (fault._tag) {
    case "Refuse":
    case "ResetBefore":
    case "Respond":
    case "TooManyRequests":
    case "Unavailable":
      return false
    case "StallHead":
      return fault.effect === "applied"
    default:
      return true
  }
}
