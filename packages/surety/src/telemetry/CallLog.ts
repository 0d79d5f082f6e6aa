/**
 * One wide line in the log for each call that is sampled: `integration.call`, with everything that its span says. For teams
 * whose logs are their traces: one query finds how a call ended, how often it was sent, how long it took, and under which key.
 *
 * Calls that do not go well are written, calls that do are sampled; the line says at which rate, so that counts can be made
 * whole again. At most so many a second are written, and the next line says how many were left out.
 *
 * It reads the spans of calls, so no span, no line: it is a tracer around the one in force. A line carries no payload, no
 * header, no key and no address: only what the engine puts on the span of a call.
 *
 * Neighbours: `engine/Spans` makes the spans; `credential/SecretNet` cleans them before they come here.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Tracer from "effect/Tracer"
import * as LogEvent from "../signals/LogEvent.ts"
import * as SignalName from "../signals/SignalName.ts"

/**
 * **Details**   `successes`: the part of calls that went well that is written, from 0 to 1, default 0.01. `others`: of those that
 * did not, default 1. `maxPerSecond`: lines, default 100.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly successes?: number
  readonly others?: number
  readonly maxPerSecond?: number
}

/**
 * Writes calls into the log of the context that it is made in.
 *
 * **Failures**   `RangeError` naming the option and the rule.
 *
 * **Gotchas**   Calls are seen where this layer is provided, and a tracer that is provided further in hides them. `over` has the
 * order right.
 *
 * **Example** (Every call of a provider, as one line each)
 *
 * ```ts import.meta.vitest
 * import { Effect, Layer, Logger } from "effect"
 * import { Stripe } from "@surety/stripe"
 * import { CallLog } from "surety/telemetry"
 * import { FakeProvider } from "surety/testing"
 *
 * const lines: Array<string> = []
 * const logger = Logger.map(Logger.formatJson, (line) => void lines.push(line))
 * const log = CallLog.layer({ successes: 1 }).pipe(Layer.provideMerge(Logger.layer([logger])))
 *
 * const program = Effect.flatMap(Stripe, (stripe) =>
 *   stripe.retrievePaymentIntent({ params: { id: "pi_1" } })
 * )
 * const app = Stripe.layerFake(FakeProvider.make(Stripe)).pipe(Layer.provideMerge(log))
 *
 * await Effect.runPromise(Effect.exit(Effect.provide(program, app)))
 * JSON.parse(lines.at(-1) ?? "").annotations["integration.operation.name"] // => "retrievePaymentIntent"
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<never> => {
  const { maxPerSecond = 100, others = 1, successes = 0.01 } = options
  ratio("successes", successes)
  ratio("others", others)
  if (!(maxPerSecond > 0)) throw new RangeError(`CallLog: maxPerSecond must be above 0, got ${maxPerSecond}`)
  return Layer.effectContext(
    Effect.contextWith((context: Context.Context<never>) =>
      Effect.sync(() => {
        const log = new Log(context, { successes, others, maxPerSecond })
        return Context.make(Tracer.Tracer, watching(Context.get(context, Tracer.Tracer), log))
      })
    )
  )
}

/**
 * The telemetry of a program, with its calls in the log.
 *
 * @category layers
 * @since 0.1.0
 */
export const over = <A, E, R>(telemetry: Layer.Layer<A, E, R>, options?: Options): Layer.Layer<A, E, R> =>
  Layer.provideMerge(layer(options), telemetry)

const ratio = (name: string, value: number): void => {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`CallLog: ${name} must be from 0 to 1, got ${value}`)
}

const watching = (inner: Tracer.Tracer, log: Log): Tracer.Tracer => {
  const span: Tracer.Tracer["span"] = (options) => {
    const made = inner.span(options)
    if (options.kind !== "internal") return made
    const { end } = made
    // the span itself, because tracers and exporters know theirs by identity
    return Object.assign(made, {
      end: (endTime: bigint, exit: Exit.Exit<unknown, unknown>) => {
        end.call(made, endTime, exit)
        log.ended(made, options.startTime, endTime)
      }
    })
  }
  return Tracer.make(inner.context === undefined ? { span } : { span, context: inner.context.bind(inner) })
}

const nanosPerSecond = 1_000_000_000

class Log {
  readonly #context: Context.Context<never>
  readonly #options: Required<Options>
  /** Seconds since 1970, and the lines of that one. */
  #second = 0
  #lines = 0
  #omitted = 0

  constructor(context: Context.Context<never>, options: Required<Options>) {
    this.#context = context
    this.#options = options
  }

  ended({ attributes, spanId, traceId }: Tracer.Span, startTime: bigint, endTime: bigint): void {
    const outcome = attributes.get(SignalName.outcome)
    // of all spans only that of a call has an outcome
    if (outcome === undefined || !attributes.has(SignalName.operation)) return
    const rate = outcome === "success" ? this.#options.successes : this.#options.others
    if (rate < 1 && Context.get(this.#context, Random.Random).nextDoubleUnsafe() >= rate) return
    const second = Math.floor(Number(endTime) / nanosPerSecond)
    if (second !== this.#second) {
      this.#second = second
      this.#lines = 0
    }
    if (this.#lines >= this.#options.maxPerSecond) {
      this.#omitted++
      return
    }
    this.#lines++
    const omitted = this.#omitted
    this.#omitted = 0
    const line = Effect.annotateLogs(Effect.logInfo(LogEvent.call), {
      ...Object.fromEntries(attributes),
      duration_ms: Number(endTime - startTime) / 1_000_000,
      "trace.id": traceId,
      "span.id": spanId,
      "sample.rate": rate,
      ...(omitted === 0 ? undefined : { omitted })
    })
    // a logger that fails loses its line, not the call
    Effect.runForkWith(this.#context)(Effect.ignoreCause(line))
  }
}
