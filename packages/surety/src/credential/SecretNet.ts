/**
 * The second net: whatever is given to a logger, a span or an error reporter passes through it, and a secret that is
 * held at that moment comes out as `<redacted>`, in any of the forms that `LiveSecrets` knows.
 *
 * The first net is that nothing holds a secret that could be written. This one is for the code of others: a client that
 * quotes a header, a provider that echoes a key, a colleague who logs a request. It does not see what is written past
 * Effect (`console.log`, an agent that reads the heap), nor a secret that nobody holds.
 *
 * Measured with 1 and with 100 secrets held (Node 24): 0.3 to 0.5 microseconds for a text of 200 characters, 1 for the log
 * line made of it, 6 for one with an error (pretty-printing it costs 4), 0.8 for a span of 5 attributes. While no secret
 * is held, nothing is looked at.
 *
 * Neighbours: `LiveSecrets` is the registry, `ScrubbedValue` the walk; `Lifecycle` holds what it is given.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as ErrorReporter from "effect/ErrorReporter"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import * as LiveSecrets from "./LiveSecrets.ts"
import * as RedactedNames from "./RedactedNames.ts"
import * as ScrubbedValue from "./ScrubbedValue.ts"

export {
  /** @category running @since 0.1.0 */
  hold,
  /** @category running @since 0.1.0 */
  holdScoped,
  /** @category constructors @since 0.1.0 */
  pieces,
  /** @category running @since 0.1.0 */
  release,
  /** @category running @since 0.1.0 */
  scrub
} from "./LiveSecrets.ts"

/**
 * Puts the net before every logger, the tracer and every error reporter that are in the context, and hides what stands
 * under the names that contracts declare (`RedactedNames.install`).
 *
 * **Gotchas**   Loggers and tracers that are provided further in than this layer are not wrapped. `over` has the order right.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never> = Layer.effectContext(
  Effect.withFiber((fiber) =>
    Effect.sync(() => {
      RedactedNames.install()
      const tracer = fiber.getRef(Tracer.Tracer)
      const net = Context.make(
        Logger.CurrentLoggers,
        new Set([...fiber.getRef(Logger.CurrentLoggers)].map(logger))
      ).pipe(
        Context.add(
          ErrorReporter.CurrentErrorReporters,
          new Set([...fiber.getRef(ErrorReporter.CurrentErrorReporters)].map(reporter))
        )
      )
      // spans of the native tracer are shown to nobody, and are not even made where that is the tracer
      return tracer === Tracer.nativeTracer ? net : Context.add(net, Tracer.Tracer, tracerOf(tracer))
    })
  )
)

/**
 * The telemetry of a program with the net before it.
 *
 * **Example** (A JSON logger that cannot write a held secret)
 *
 * ```ts import.meta.vitest
 * import { Effect, Layer, Logger, Redacted } from "effect"
 * import { SecretNet } from "surety/credential"
 *
 * const lines: Array<string> = []
 * const logger = Logger.map(Logger.formatJson, (line) => void lines.push(line))
 * const telemetry = SecretNet.over(Logger.layer([logger]))
 *
 * const secret = Redacted.make("sk_live_51Habc")
 * SecretNet.hold(secret)
 * Effect.runSync(Effect.provide(Effect.log({ sent: "Bearer sk_live_51Habc" }), telemetry))
 * SecretNet.release(secret)
 * JSON.parse(lines[0] ?? "").message // => { sent: "Bearer <redacted>" }
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const over = <A, E, R>(telemetry: Layer.Layer<A, E, R>): Layer.Layer<A, E, R> =>
  Layer.provideMerge(layer, telemetry)

/**
 * A logger behind the net.
 *
 * @category constructors
 * @since 0.1.0
 */
export const logger = <Output>(inner: Logger.Logger<unknown, Output>): Logger.Logger<unknown, Output> =>
  Logger.make((options) => {
    if (LiveSecrets.isEmpty()) return inner.log(options)
    return inner.log({
      ...options,
      message: ScrubbedValue.of(options.message),
      cause: ScrubbedValue.cause(options.cause),
      fiber: fiberOf(options.fiber)
    })
  })

/**
 * An error reporter behind the net.
 *
 * @category constructors
 * @since 0.1.0
 */
export const reporter = (inner: ErrorReporter.ErrorReporter): ErrorReporter.ErrorReporter => {
  // a reporter tells by its identity that it has seen a cause
  const known = new WeakMap<Cause.Cause<unknown>, Cause.Cause<unknown>>()
  return {
    [ErrorReporter.TypeId]: ErrorReporter.TypeId,
    report: (options) => {
      // what is clean already stays the cause that it is
      const cause = ScrubbedValue.cause(known.get(options.cause) ?? options.cause)
      known.set(options.cause, cause)
      inner.report({ ...options, cause })
    }
  }
}

/**
 * A tracer behind the net: names, attributes, events, links and the failures that spans end with.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tracerOf = (inner: Tracer.Tracer): Tracer.Tracer => {
  const span: Tracer.Tracer["span"] = (options) =>
    netted(inner.span({ ...options, name: LiveSecrets.scrub(options.name), links: links(options.links) }))
  return Tracer.make(inner.context === undefined ? { span } : { span, context: inner.context.bind(inner) })
}

/** The span itself, because tracers and exporters know theirs by identity. */
const netted = (span: Tracer.Span): Tracer.Span => {
  const { addLinks, attribute, end, event } = span
  return Object.assign(span, {
    attribute: (key: string, value: unknown) => attribute.call(span, LiveSecrets.scrub(key), ScrubbedValue.of(value)),
    event: (name: string, startTime: bigint, attributes?: Record<string, unknown>) =>
      event.call(span, LiveSecrets.scrub(name), startTime, ScrubbedValue.of(attributes)),
    end: (endTime: bigint, exit: Exit.Exit<unknown, unknown>) => end.call(span, endTime, exitOf(exit)),
    addLinks: (added: ReadonlyArray<Tracer.SpanLink>) => addLinks.call(span, links(added))
  })
}

const links = (given: ReadonlyArray<Tracer.SpanLink>): Array<Tracer.SpanLink> =>
  given.map((link) => ({ ...link, attributes: ScrubbedValue.of(link.attributes) }))

const exitOf = (exit: Exit.Exit<unknown, unknown>): Exit.Exit<unknown, unknown> => {
  if (Exit.isSuccess(exit)) return exit
  const cause = ScrubbedValue.cause(exit.cause)
  return cause === exit.cause ? exit : Exit.failCause(cause)
}

/** The fiber as a logger sees it: with clean annotations and labels. */
const fiberOf = <A, E>(fiber: Fiber.Fiber<A, E>): Fiber.Fiber<A, E> => {
  const annotations = fiber.getRef(References.CurrentLogAnnotations)
  const spans = fiber.getRef(References.CurrentLogSpans)
  const cleanAnnotations = ScrubbedValue.of(annotations)
  const cleanSpans = ScrubbedValue.of(spans)
  if (cleanAnnotations === annotations && cleanSpans === spans) return fiber
  const context = fiber.context.pipe(
    Context.add(References.CurrentLogAnnotations, cleanAnnotations),
    Context.add(References.CurrentLogSpans, cleanSpans)
  )
  // everything else is the fiber's own
  return Object.create(fiber, {
    context: { value: context },
    getRef: { value: <X>(reference: Context.Reference<X>) => Context.get(context, reference) }
  }) as Fiber.Fiber<A, E>
}
