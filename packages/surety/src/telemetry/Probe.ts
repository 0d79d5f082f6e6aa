/**
 * A read of a provider at a fixed interval, for providers that are called too seldom to be watched: an objective of three calls
 * a day knows nothing, and three failures at night wake nobody.
 *
 * A probe is an ordinary call. It passes through the same credential, limits and circuit, has the contract's deadline and
 * retries, and counts for the same objective; `integration.probe.duration` tells it apart. It never changes anything at the
 * provider: a mutation does not compile, and is refused when the layer is made.
 *
 * It costs what a call costs: tokens of the rate, and whatever the provider charges for it.
 *
 * Neighbours: `signals/ProbeSeries` has its names; `CallLog` and the exporters see its spans marked.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { NotAttempted } from "../CallError.ts"
import type { CallMetadata } from "../CallMetadata.ts"
import type * as Contract from "../Contract.ts"
import * as Registry from "../engine/Signals.ts"
import type * as Provider from "../Provider.ts"
import { byValue } from "../signals/OperationSeries.ts"
import { duration, outcomes, synthetic } from "../signals/ProbeSeries.ts"
import { boundsOf } from "../signals/Series.ts"
import * as SignalName from "../signals/SignalName.ts"

/**
 * The operations of a provider that a probe may call: those that change nothing and answer at once.
 *
 * @category models
 * @since 0.1.0
 */
export type Probed<Ops> = {
  readonly [K in keyof Ops & string]: Ops[K] extends { readonly kind: "read"; readonly "~success": infer A }
    ? [A] extends [Stream.Stream<unknown, unknown, unknown>]
      ? never
      : K
    : never
}[keyof Ops & string]

type RequestOf<Op> = Op extends { readonly "~request": infer Req } ? Req : never

/**
 * **Details**   `operation`: a read. `request`: what it asks, the same each time, or made anew for each probe. `every`: from the end
 * of one probe to the next, a tenth more or less, so that processes do not ask all at once; at least one second. The first
 * comes within that time.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<Ops, K extends keyof Ops> {
  readonly operation: K
  readonly request: RequestOf<Ops[K]> | (() => RequestOf<Ops[K]>)
  readonly every: Duration.Input
}

/**
 * Probes a provider as long as the layer is there.
 *
 * **When to use**   Below about five calls an hour, with `expectedCallsPerHour` of `@surety/ops` at what the probes make.
 *
 * **Details**   One probe at a time in each layer. Its spans are roots, and all of them carry `user_agent.synthetic.type: "test"`.
 *
 * **Failures**   `RangeError` when the operation is none, or no read, or `every` is too short. A probe that fails fails nothing.
 *
 * **Gotchas**   Each process that builds the layer probes. Where there are many, probe from one of them.
 *
 * **Example** (Two probes in a bit more than two minutes)
 *
 * ```ts import.meta.vitest
 * import { Effect, Layer } from "effect"
 * import { TestClock } from "effect/testing"
 * import { Stripe } from "@surety/stripe"
 * import { Probe } from "surety/telemetry"
 * import { FakeProvider } from "surety/testing"
 *
 * const fake = FakeProvider.make(Stripe)
 * const probe = Probe.layer(Stripe, {
 *   operation: "retrievePaymentIntent",
 *   request: { params: { id: "pi_probe" } },
 *   every: "1 minute"
 * })
 *
 * const app = probe.pipe(Layer.provide(Stripe.layerFake(fake)), Layer.provideMerge(TestClock.layer()))
 * await Effect.runPromise(Effect.provide(TestClock.adjust("130 seconds"), app))
 * fake.log.count() >= 2 // => true
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <Self, Id extends string, Ops, C, const K extends Probed<Ops>>(
  provider: Provider.Class<Self, Id, Ops, C>,
  options: Options<Ops, K>
): Layer.Layer<never, never, Self> => {
  // by value every operation is `Operation.Any`; the parameters stated the precise types
  const contract = provider.contract as unknown as Contract.Any
  const everyMillis = checked(contract, options.operation, options.every)
  const { request } = options
  const next = () => (typeof request === "function" ? (request as () => unknown)() : request)
  return Layer.effectDiscard(
    Effect.gen(function* () {
      const service = (yield* provider) as Readonly<Record<string, Probable>>
      const context = yield* Effect.context<never>()
      const registry = new Registry.Registry(context, contract.id)
      yield* Effect.addFinalizer(() => Effect.sync(() => registry.close()))
      const method = service[options.operation]
      if (method === undefined) return
      const attributes = { [SignalName.operation]: options.operation }
      const durations = byValue(outcomes, (outcome) =>
        registry.histogram(duration, { ...attributes, [SignalName.outcome]: outcome }, boundsOf(contract))
      )
      const once = Effect.gen(function* () {
        const startedAt = yield* Clock.monotonicTimeNanos
        const exit = yield* Effect.exit(Effect.suspend(() => method.detailed(next())))
        durations[outcomeOf(exit)].record(Number((yield* Clock.monotonicTimeNanos) - startedAt) / 1_000_000)
      })
      const loop = Effect.gen(function* () {
        yield* Effect.sleep(everyMillis * (yield* Random.next))
        while (true) {
          yield* once
          yield* Effect.sleep(everyMillis * (0.9 + 0.2 * (yield* Random.next)))
        }
      })
      yield* Effect.forkScoped(synthetically(loop))
    })
  )
}

interface Probable {
  readonly detailed: (request: unknown) => Effect.Effect<{ readonly metadata: CallMetadata }, unknown>
}

const checked = (contract: Contract.Any, name: string, every: Duration.Input): number => {
  const operation = contract.operations[name]
  const refuse = (why: string): never => {
    throw new RangeError(`${contract.id}.${name}: a probe ${why}`)
  }
  if (operation === undefined) return refuse("needs an operation of the contract")
  if (operation.kind !== "read") return refuse("may not change anything at the provider: choose a read")
  const millis = Duration.toMillis(Duration.fromInputUnsafe(every))
  return millis >= 1000 && millis < Infinity
    ? millis
    : refuse(`needs an interval of at least 1 second, got ${millis} ms`)
}

const outcomeOf = (exit: Exit.Exit<{ readonly metadata: CallMetadata }, unknown>): (typeof outcomes)[number] => {
  if (Exit.isSuccess(exit)) return exit.value.metadata.degraded === undefined ? "success" : "degraded"
  return exit.cause.reasons.some((one) => one._tag === "Fail" && one.error instanceof NotAttempted)
    ? "rejected"
    : "failure"
}

/** Roots, because a probe belongs to nothing that was running when the layer was built; each marked. */
const synthetically = <A, E>(probes: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.withFiber((fiber) => {
    const tracer = fiber.getRef(Tracer.Tracer)
    const rooted = Effect.updateContext(probes, (context: Context.Context<never>) =>
      Context.omit(Tracer.ParentSpan)(context as Context.Context<Tracer.ParentSpan>)
    )
    // spans of the native tracer are shown to nobody, and are not even made where that is the tracer
    return tracer === Tracer.nativeTracer ? rooted : Effect.withTracer(rooted, marking(tracer))
  })

const marking = (inner: Tracer.Tracer): Tracer.Tracer => {
  const span: Tracer.Tracer["span"] = (options) => {
    const made = inner.span(options)
    made.attribute(synthetic, "test")
    return made
  }
  return Tracer.make(inner.context === undefined ? { span } : { span, context: inner.context.bind(inner) })
}
