/**
 * How one exchange goes, in terms that memory and a socket share: how long the
 * provider thinks, whether it applies the request, how long it is silent, and what
 * becomes of the bytes.
 *
 * Pure: a plan waits for nothing and sends nothing. `FakeTransport` and
 * `SocketServer` only carry plans out, so that a fault means the same in both.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Draw from "./Draw.ts"
import { type FakeResponse, json, toBytes } from "./FakeExchange.ts"
import { type Fault, isApplied } from "./Fault.ts"
import * as RetryAfterForm from "./RetryAfterForm.ts"

/**
 * The course of one exchange: think, apply or not, hold, then the outcome.
 *
 * @category models
 * @since 0.1.0
 */
export interface AnswerPlan {
  readonly thinkMillis: number
  readonly apply: "yes" | "no"
  readonly holdMillis: number
  readonly outcome: "refused" | "reset" | "answer"
  /** the answer when the request is not applied */
  readonly instead: FakeResponse | undefined
  readonly fault: Fault
}

/**
 * A response on its way out.
 *
 * **Details**   `promisedBytes` is the `content-length`; `end: "cut"` means that the
 * connection is reset after the last piece, before the promise is kept.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly promisedBytes: number
  readonly body: Uint8Array
  readonly end: "complete" | "cut"
  /** `true` when the body must not be sent in one piece */
  readonly paced: boolean
}

/**
 * A part of a body, and how long to wait before sending it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Piece {
  readonly afterMillis: number
  readonly bytes: Uint8Array
}

/**
 * The body that a provider gives its own refusals; `detail` is a sentence, where there is
 * more to say than the status.
 *
 * @category models
 * @since 0.1.0
 */
export type ErrorResponse = (status: number, detail?: string) => FakeResponse

/**
 * `{"error":{"status":429}}`, for providers that do not name their own envelope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const plainError: ErrorResponse = (status, detail) =>
  json(status, { error: detail === undefined ? { status } : { status, message: detail } })

/**
 * The plan for a fault.
 *
 * **Details**   `nowMillis` is the time of day, for hints that name a moment; `index`
 * fixes the draw of `latency`.
 *
 * @category rules
 * @since 0.1.0
 */
export const fromFault = (
  fault: Fault,
  facts: { readonly index: number; readonly nowMillis: number },
  errorResponse: ErrorResponse = plainError
): AnswerPlan => ({
  thinkMillis: thinkMillis(fault, facts.index),
  apply: isApplied(fault) ? "yes" : "no",
  holdMillis: fault._tag === "StallHead" ? Duration.toMillis(fault.for) : 0,
  outcome: outcome(fault),
  instead: instead(fault, facts.nowMillis, errorResponse),
  fault
})

/**
 * What goes on the wire for a response under a plan.
 *
 * @category rules
 * @since 0.1.0
 */
export const toAnswer = (plan: AnswerPlan, response: FakeResponse, method: string): Answer => {
  const fault = plan.fault
  const isBodiless = method === "HEAD" || response.status === 204 || response.status === 304
  const real = isBodiless ? new Uint8Array(0) : toBytes(response)
  const body = fault._tag === "Oversize" && !isBodiless ? pad(real, fault.bytes) : real
  const cut = (fault._tag === "CutAfter" || response.end === "cut") && !isBodiless
  const sentBytes = fault._tag === "CutAfter" && cut ? Math.min(fault.bytes, body.length) : body.length
  const promisedBytes = cut ? Math.max(body.length, sentBytes + 1) : body.length
  return {
    status: response.status,
    headers: {
      ...response.headers,
      ...(fault._tag === "WrongContentType" ? { "content-type": fault.type } : {}),
      ...(isBodiless ? {} : { "content-length": String(promisedBytes) })
    },
    promisedBytes,
    body: cut ? body.subarray(0, sentBytes) : body,
    end: cut ? "cut" : "complete",
    paced: fault._tag === "StallBody" || fault._tag === "Drip"
  }
}

/**
 * The body of an answer in the pieces that its plan asks for, none above 64 KiB.
 *
 * @category rules
 * @since 0.1.0
 */
export function* pieces(plan: AnswerPlan, answer: Answer): Generator<Piece, void> {
  const fault = plan.fault
  const total = answer.body.length
  const perSecond = fault._tag === "Drip" ? fault.bytesPerSecond : undefined
  const largest = perSecond === undefined ? 65_536 : Math.max(1, Math.floor(perSecond / 10))
  const stallAt = fault._tag === "StallBody" ? Math.max(0, Math.min(fault.afterBytes, total - 1)) : undefined
  let offset = 0
  while (offset < total) {
    const end = Math.min(offset + largest, total, stallAt !== undefined && offset < stallAt ? stallAt : total)
    yield {
      afterMillis:
        (perSecond === undefined ? 0 : ((end - offset) / perSecond) * 1000) +
        (offset === stallAt && fault._tag === "StallBody" ? Duration.toMillis(fault.for) : 0),
      bytes: answer.body.subarray(offset, end)
    }
    offset = end
  }
}

const thinkMillis = (fault: Fault, index: number): number => {
  if (fault._tag !== "Latency") return 0
  const least = Duration.toMillis(fault.min)
  const most = Duration.toMillis(fault.max)
  return most > least ? Math.round(least + (most - least) * Draw.uniform(0, `latency ${index}`)) : least
}

const outcome = (fault: Fault): AnswerPlan["outcome"] => {
  switch (fault._tag) {
    case "Refuse":
      return "refused"
    case "ResetBefore":
    case "ResetAfter":
      return "reset"
    case "StallHead":
      return fault.effect === "applied" ? "answer" : "reset"
    default:
      return "answer"
  }
}

const instead = (fault: Fault, nowMillis: number, errorResponse: ErrorResponse): FakeResponse | undefined => {
  switch (fault._tag) {
    case "Respond":
      return fault.response
    case "TooManyRequests":
      return withHint(errorResponse(429), fault.retryAfter, nowMillis)
    case "Unavailable":
      return withHint(errorResponse(503), fault.retryAfter, nowMillis)
    default:
      return undefined
  }
}

const withHint = (response: FakeResponse, form: RetryAfterForm.RetryAfterForm, nowMillis: number): FakeResponse => ({
  ...response,
  headers: { ...response.headers, ...RetryAfterForm.toHeaders(form, nowMillis) }
})

const pad = (body: Uint8Array, bytes: number): Uint8Array => {
  if (body.length >= bytes) return body
  const padded = new Uint8Array(bytes).fill(0x20)
  padded.set(body)
  return padded
}
