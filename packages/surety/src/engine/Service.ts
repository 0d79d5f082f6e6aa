/**
 * Turns a contract into guarded methods, once, when the layer is built.
 *
 * Neighbours: `Provider` puts the result into a layer; `Call` runs each call.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Detailed } from "../CallMetadata.ts"
import type * as Contract from "../Contract.ts"
import type * as Credential from "../Credential.ts"
import type * as Operation from "../Operation.ts"
import { Call } from "./Call.ts"
import type { Binder } from "./Binder.ts"
import { Control } from "./Control.ts"
import type { Compiled, Environment, Methods } from "./Environment.ts"
import { Events } from "./Events.ts"
import { BreakerStore, LimiterStore } from "./GuardStore.ts"
import { Guards } from "./Guards.ts"
import type { LostCalls } from "./LostCalls.ts"
import type { Rules } from "./Mutation.ts"
import * as Metadata from "./Metadata.ts"
import * as Signals from "./Signals.ts"
import * as Spans from "./Spans.ts"
import { StandIn } from "./StandIn.ts"
import { fromClock } from "./Time.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Handler = (request: unknown) => Effect.Effect<unknown, unknown>

interface AnyMethod {
  (request: unknown, options?: Operation.CallOptions): Effect.Effect<unknown, unknown>
  detailed: (request: unknown, options?: Operation.CallOptions) => Effect.Effect<Detailed<unknown>, unknown>
  items?: (request: unknown) => Stream.Stream<unknown, unknown>
}

/**
 * Builds the service of a contract.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  contract: Contract.Any,
  credentials: Context.Key<never, Credential.Credentials>
): Effect.Effect<Readonly<Record<string, unknown>>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const time = fromClock(yield* Effect.clockWith(Effect.succeed))
    const registry = new Signals.Registry(context, contract.id)
    yield* Effect.addFinalizer(() => Effect.sync(() => registry.close()))
    const declared = Signals.register(registry, contract)
    const events = new Events(context, contract.id)
    const limiterStore = Option.getOrUndefined(Context.getOption(context, LimiterStore))
    const breakerStore = Option.getOrUndefined(Context.getOption(context, BreakerStore))
    const environment: Environment = {
      contract,
      guards: new Guards(contract.limits, declared.provider, events, time),
      context,
      credential:
        contract.credentials._tag === "NoCredential"
          ? undefined
          : { declared: contract.credentials, source: yield* credentials },
      limiterStore,
      breakerStore,
      asking: (limiterStore ?? breakerStore)?.asking
    }
    const service: Record<string, AnyMethod> = {}
    const lost = new Map<string, LostCalls>()
    for (const [name, operation] of Object.entries(contract.operations)) {
      const series = declared.operations.get(name)
      if (series === undefined) continue
      const signals = new Signals.OperationSignals(
        series,
        time,
        operation.sunset,
        (operation.mutating as Rules | undefined)?.lostCalls(events, name, time)
      )
      if (signals.lost !== undefined) lost.set(name, signals.lost)
      service[name] = method(compile(operation, environment, signals, service), operation)
    }
    Control.attach(service, environment.guards, lost)
    return service
  })

/**
 * A service made of handlers, without any policy.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromHandlers = (
  contract: Contract.Any,
  handlers: Readonly<Record<string, Handler | undefined>>
): Readonly<Record<string, unknown>> => {
  const service: Record<string, unknown> = {}
  for (const [name, operation] of Object.entries(contract.operations)) {
    const handler =
      handlers[name] ??
      (() => Effect.die(new Error(`${contract.id}.${name}: layerTest was given no handler for this operation`)))
    const detailed = (request: unknown) =>
      Effect.map(handler(request), (value) => ({ value, metadata: Metadata.none(name) }))
    service[name] = withPages(
      Object.assign((request: unknown) => handler(request), { detailed }),
      operation
    )
  }
  return service
}

const binderOf = (operation: Operation.Any, environment: Environment): Binder => {
  const standIn = Context.getOption(environment.context, StandIn)
  const binding =
    operation.binding._tag === "Compiled" || Option.isNone(standIn) ? operation.binding : standIn.value.bind(operation)
  switch (binding._tag) {
    case "Effect":
    case "Stream":
      // carried by the binding, so that only programs that use it ship it
      return (binding.bind as (binding: Operation.Binding, environment: Environment) => Binder)(binding, environment)
    case "Compiled":
      // made by an adapter ring (http) for exactly this call
      return (binding.compile as (operation: Operation.Any, environment: Environment) => Binder)(operation, environment)
  }
}

const compile = (
  operation: Operation.Any,
  environment: Environment,
  signals: Signals.OperationSignals,
  service: Methods
): Compiled => {
  const binder = binderOf(operation, environment)
  const rules = operation.retry
  let maxAttempts = 1
  for (const rule of Object.values(rules)) {
    if (rule._tag === "Backoff" && rule.maxAttempts > maxAttempts) maxAttempts = rule.maxAttempts
  }
  const { fallback, idempotency: plan } = operation
  const mutating = operation.mutating as Rules | undefined
  return {
    name: operation.name,
    fullName: `${environment.contract.id}.${operation.name}`,
    kind: operation.kind,
    attemptMillis: operation.attemptMillis,
    totalMillis: operation.totalMillis,
    rules,
    maxAttempts,
    plan,
    hedgeMillis: operation.hedgeMillis,
    hedge: operation.hedge?.send as Compiled["hedge"],
    shares: environment.guards.limiter.sharesOf(operation.cost),
    fallback: fallback as Compiled["fallback"],
    stale: fallback?._tag === "Stale" ? fallback.keep() : undefined,
    environment,
    signals,
    attemptSpan: Spans.described(operation, environment.contract),
    usesCredential: binder.usesCredential,
    scopes: operation.scopes,
    expose: binder.expose,
    attempt: binder.attempt,
    prepare: binder.prepare,
    mutating,
    lookup: mutating?.lookupOf(plan, service)
  }
}

const method = (op: Compiled, operation: Operation.Any): AnyMethod => {
  const call: AnyMethod = Object.assign(
    (request: unknown, options?: Operation.CallOptions) => run(op, request, options, plain),
    {
      detailed: (request: unknown, options?: Operation.CallOptions) =>
        run(op, request, options, Metadata.detailed) as Effect.Effect<Detailed<unknown>, unknown>
    }
  )
  return withPages(call, operation)
}

const plain = (_call: Call, value: unknown): Exit.Exit<unknown> => Exit.succeed(value)

const run = (
  op: Compiled,
  request: unknown,
  options: Operation.CallOptions | undefined,
  finish: (call: Call, value: unknown) => Exit.Exit<unknown>
): Effect.Effect<unknown, unknown> =>
  Effect.callback((resume) => {
    const fiber = Fiber.getCurrent()
    if (fiber === undefined) return resume(Effect.die(new Error("A call must run in a fiber")))
    const call = new Call(op, request, options, fiber, resume, finish)
    call.begin()
    return call.isDone ? undefined : Effect.suspend(() => call.interrupt())
  })

const withPages = (call: AnyMethod, operation: Operation.Any): AnyMethod => {
  const { pages } = operation
  if (pages !== undefined) call.items = pages.walk(pages, call.detailed)
  return call
}
