/**
 * Spans of a call: one operation span, and one client span per attempt.
 *
 * Effect's native tracer keeps spans in memory and shows them to nobody; where it is the
 * tracer in force, none is made. Any other tracer gets them all.
 *
 * No span carries a header, a body or a query; what it carries is declared here.
 *
 * Neighbours: `Call` and `Attempt` begin and end them.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import type * as Failure from "../Failure.ts"
import type { Attempt } from "./Attempt.ts"
import type { Call } from "./Call.ts"

const none: Array<Tracer.SpanLink> = []

/** A tracer that throws loses its spans, not the call. */
const safely = <A>(tell: () => A): A | undefined => {
  try {
    return tell()
  } catch {
    return undefined
  }
}

const start = (
  call: Call,
  tracer: Tracer.Tracer,
  name: string,
  kind: Tracer.SpanKind,
  parent: Tracer.AnySpan | undefined
): Tracer.Span => {
  const inherited = parent === undefined || !Context.get(parent.annotations, Tracer.DisablePropagation)
  return tracer.span({
    name,
    parent: parent === undefined || !inherited ? Option.none() : Option.some(parent),
    annotations: Context.empty(),
    links: none,
    startTime: call.fiber.getRef(Clock.Clock).currentTimeNanosUnsafe(),
    kind,
    root: false,
    sampled: parent === undefined || parent.sampled
  })
}

/**
 * @category running
 * @since 0.1.0
 */
export const operation = (call: Call): Tracer.Span | undefined => {
  const { cache } = call.fiber
  if (!cache.tracerEnabled || cache.tracer === undefined) return undefined
  const { span: parent, tracer } = cache
  return safely(() => {
    const span = start(call, tracer, call.op.fullName, "internal", parent)
    span.attribute("integration.provider.name", call.op.environment.contract.id)
    span.attribute("integration.operation.name", call.op.name)
    return span
  })
}

/**
 * @category running
 * @since 0.1.0
 */
export const attempt = (attempt: Attempt): void => {
  const { call } = attempt
  const { tracer } = call.fiber.cache
  if (call.span === undefined || tracer === undefined) return
  const parent = call.span
  attempt.span = safely(() => {
    const span = start(call, tracer, `${call.op.fullName} attempt`, "client", parent)
    span.attribute("integration.provider.name", call.op.environment.contract.id)
    span.attribute("integration.operation.name", call.op.name)
    if (attempt.number > 1) span.attribute("http.request.resend_count", attempt.number - 1)
    return span
  })
}

/**
 * @category running
 * @since 0.1.0
 */
export const endAttempt = (attempt: Attempt, failure: Failure.Any | undefined, cause?: Cause.Cause<unknown>): void => {
  const { span } = attempt
  if (span === undefined) return
  const exit = cause !== undefined ? Exit.failCause(cause) : failure === undefined ? Exit.void : Exit.fail(failure)
  safely(() => {
    if (attempt.status !== undefined) span.attribute("http.response.status_code", attempt.status)
    if (failure !== undefined) span.attribute("error.type", failure._tag)
    span.end(now(attempt.call), exit)
  })
}

/**
 * @category running
 * @since 0.1.0
 */
export const retry = (call: Call, afterMillis: number): void => {
  const { span } = call
  if (span !== undefined) safely(() => span.event("retry scheduled", now(call), { "retry.delay_ms": afterMillis }))
}

/**
 * @category running
 * @since 0.1.0
 */
export const end = (call: Call, exit: Exit.Exit<unknown, unknown>): void => {
  const { span } = call
  if (span === undefined) return
  safely(() => {
    span.attribute("integration.attempts", call.attempts)
    if (call.degraded !== undefined) span.attribute("integration.outcome", "degraded")
    span.end(now(call), exit)
  })
}

const now = (call: Call): bigint => call.fiber.getRef(Clock.Clock).currentTimeNanosUnsafe()
