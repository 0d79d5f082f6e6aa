/**
 * Spans of a call: one internal span for the operation, and one client span for each request that was sent.
 *
 * Effect's native tracer keeps spans in memory and shows them to nobody; where it is the
 * tracer in force, none is made. Any other tracer gets them all.
 *
 * No span carries a header, a body or the value of a query, but for 500 letters of the request id that the contract names;
 * what it carries is declared here.
 *
 * Neighbours: `Call`, `Admission` and `Conclude` begin and end them; `signals/HttpExchange` knows the attributes.
 *
 * @source OpenTelemetry semantic conventions 1.44, http/http-spans
 * @stability experimental
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import type * as Contract from "../Contract.ts"
import type * as Failure from "../Failure.ts"
import type * as Operation from "../Operation.ts"
import * as ContractHash from "../signals/ContractHash.ts"
import * as HttpExchange from "../signals/HttpExchange.ts"
import * as SignalName from "../signals/SignalName.ts"
import type { Attempt } from "./Attempt.ts"
import type { Call } from "./Call.ts"

/**
 * What the span of every attempt of an operation has, known when the layer is built.
 *
 * @category models
 * @since 0.1.0
 */
export interface AttemptSpan {
  readonly name: string
  readonly attributes: ReadonlyArray<readonly [string, unknown]>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const described = (operation: Operation.Any, contract: Contract.Any): AttemptSpan => {
  const endpoint = HttpExchange.endpointOf(operation)
  const http = endpoint === undefined ? undefined : HttpExchange.attributesOf(endpoint, contract)
  return {
    name:
      http === undefined
        ? `${contract.id}.${operation.name} attempt`
        : `${http["http.request.method"]} ${http["url.template"]}`,
    attributes: [
      [SignalName.provider, contract.id],
      [SignalName.operation, operation.name],
      ["service.peer.name", contract.id],
      // on the request, which is what has a version; a fifth attribute on the call's span would double what it holds
      ...("value" in contract.version ? [["integration.contract.version", contract.version.value] as const] : []),
      ...spoken(http ?? {})
    ]
  }
}

/** The metric's label is a text, the span's attribute a number. */
const spoken = (labels: Readonly<Record<string, string>>): AttemptSpan["attributes"] =>
  Object.entries(labels).map(([key, value]) => [key, key === "server.port" ? Number(value) : value])

const noAnnotations = Context.empty()

// a tracer that throws loses its spans, not the call; a closure for each step would cost more than the spans

/**
 * @category running
 * @since 0.1.0
 */
export const operation = (call: Call): Tracer.Span | undefined => {
  const { cache } = call.fiber
  if (!cache.tracerEnabled || cache.tracer === undefined) return undefined
  try {
    const { environment, fullName, name } = call.op
    const parent = cache.span
    const inherits = parent !== undefined && !Context.get(parent.annotations, Tracer.DisablePropagation)
    const span = cache.tracer.span({
      name: fullName,
      parent: inherits ? Option.some(parent) : Option.none(),
      annotations: noAnnotations,
      // its own: whoever runs below may add to it
      links: [],
      startTime: call.time.nanos(call.startedAt),
      kind: "internal",
      root: false,
      sampled: parent === undefined || parent.sampled
    })
    span.attribute(SignalName.provider, environment.contract.id)
    span.attribute(SignalName.operation, name)
    return span
  } catch {
    return undefined
  }
}

/**
 * **Details**   `redirects`: requests of this attempt before. `now`: when this one begins.
 *
 * @category running
 * @since 0.1.0
 */
export const attempt = (attempt: Attempt, now: number, redirects = 0): void => {
  const { call } = attempt
  const { span: parent } = call
  const { tracer } = call.fiber.cache
  if (parent === undefined || tracer === undefined) return
  attempt.span = undefined
  try {
    const { attributes, name } = call.op.attemptSpan
    const span = tracer.span({
      name,
      parent: Option.some(parent),
      annotations: noAnnotations,
      links: [],
      startTime: call.time.nanos(now),
      kind: "client",
      root: false,
      sampled: parent.sampled
    })
    attempt.span = span
    for (let at = 0; at < attributes.length; at++) {
      const pair = attributes[at]
      if (pair !== undefined) span.attribute(pair[0], pair[1])
    }
    const before = attempt.number - 1 + redirects
    if (before > 0) span.attribute("http.request.resend_count", before)
  } catch {}
}

/**
 * The address of a request, without what its query says.
 *
 * @category running
 * @since 0.1.0
 */
export const address = ({ span }: Attempt, origin: string, path: string): void => {
  if (span === undefined) return
  try {
    span.attribute("url.full", origin + withoutQuery(path))
  } catch {}
}

/**
 * An address without the values of its query.
 *
 * @category conversions
 * @since 0.1.0
 */
export const withoutQuery = (address: string): string =>
  address.replace(/([?&])(?:([^=&]*=)[^&]*|[^&]+)/g, "$1$2REDACTED")

/**
 * The request is redirected: one span for each request. `redirects`: how often so far.
 *
 * @category running
 * @since 0.1.0
 */
export const redirected = (of: Attempt, redirects: number, origin: string, path: string): void => {
  if (of.span === undefined) return
  const now = of.call.time.now()
  endAttempt(of, now, undefined, undefined)
  attempt(of, now, redirects)
  try {
    for (const [key, value] of spoken(HttpExchange.serverOf(new URL(origin)))) of.span?.attribute(key, value)
  } catch {}
  address(of, origin, path)
}

/**
 * **Details**   `type`: the failure's `error.type`.
 *
 * @category running
 * @since 0.1.0
 */
export const endAttempt = (
  attempt: Attempt,
  now: number,
  type: string | undefined,
  failure: Failure.Any | undefined,
  cause?: Cause.Cause<unknown>
): void => {
  const { call, responseHeaders, span, status } = attempt
  if (span === undefined) return
  const { requestId } = call.op.environment.contract
  const overHttp = call.op.signals.exchange !== undefined
  const broke = type !== undefined && overHttp ? HttpExchange.errorTypeOf(status, type) : type
  const named = requestId === undefined ? undefined : responseHeaders?.[requestId]
  try {
    if (status !== undefined) span.attribute("http.response.status_code", status)
    if (named !== undefined) span.attribute(`http.response.header.${requestId}`, [named.slice(0, 500)])
    if (broke !== undefined) span.attribute(SignalName.errorType, broke)
    span.end(
      call.time.nanos(now),
      cause !== undefined
        ? Exit.failCause(cause)
        : broke === undefined || failure === undefined
          ? Exit.void
          : Exit.fail(failure)
    )
  } catch {}
}

/**
 * Something that happened to a call between its attempts.
 *
 * @category running
 * @since 0.1.0
 */
export const event = (call: Call, name: string, attributes?: Record<string, unknown>): void => {
  if (call.span === undefined) return
  try {
    call.span.event(name, call.time.nanos(call.time.now()), attributes)
  } catch {}
}

/**
 * **Details**   `now`: when the call ended, where that is known already.
 *
 * @category running
 * @since 0.1.0
 */
export const end = (call: Call, exit: Exit.Exit<unknown, unknown>, now?: number): void => {
  const { ending, key, span } = call
  if (span === undefined) return
  try {
    span.attribute("integration.attempts", call.attempts)
    span.attribute(SignalName.outcome, ending?.outcome ?? "success")
    if (ending?.type !== undefined) span.attribute(SignalName.errorType, ending.type)
    if (key !== undefined) span.attribute(SignalName.keyHash, ContractHash.ofText(key))
    span.end(call.time.nanos(now ?? call.time.now()), exit)
  } catch {}
}
