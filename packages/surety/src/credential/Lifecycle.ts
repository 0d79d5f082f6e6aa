/**
 * A credential with a life: asks a `Source` early enough, serves what is held while the source is down, never sends what
 * has ended, answers refusals, and writes down what happens.
 *
 * Neighbours: a provider's `Credentials` service is what it makes; the rules are `RefreshWindow`, `NegativeCache` and
 * `Refusals`; `Custody` is the one secret.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import type * as Credential from "../Credential.ts"
import { quietly } from "../engine/Quietly.ts"
import * as Signals from "../engine/Signals.ts"
import { fromClock } from "../engine/Time.ts"
import type * as Provider from "../Provider.ts"
import * as Refusal from "../Refusal.ts"
import * as Audit from "./Audit.ts"
import { CredentialSignals } from "./CredentialSignals.ts"
import { Custody } from "./Custody.ts"
import * as Operator from "./Operator.ts"
import * as Policy from "./Policy.ts"
import * as RedactedNames from "./RedactedNames.ts"
import * as Rejection from "./Rejection.ts"
import type { Source } from "./Source.ts"
import { Trail } from "./Trail.ts"
import { TrailNames } from "./TrailNames.ts"
import * as UsageTally from "./UsageTally.ts"

/**
 * **Details**   `provider`, `credential`: names in the audit trail, the metrics and the refusals. `life`: as the contract
 * declares it, for the date by which a static secret is to be rotated. The rest is `Policy.Options`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Policy.Options {
  readonly provider: string
  readonly credential: string
  readonly life?: Credential.Life
}

/**
 * Holds one source for a process.
 *
 * **Details**   `current` is an exit while the secret is fresh, and costs a comparison. In the advisory window one fiber
 * asks the source and calls go on; in the mandatory one they wait for the answer, and are served by the old secret
 * should it fail. All times are monotonic: a wall clock that is set changes nothing. The audit trail is the
 * `Audit.Audit` of the context in which it is made.
 *
 * **Failures**   `CredentialUnavailable` when the source gives nothing at the start (`start: "eager"`, the default).
 *
 * **Gotchas**   A machine that sleeps stops its monotonic clock: the first call afterwards may be refused by the provider,
 * and is sent again with a newer secret.
 *
 * **Example** (Revoked by hand, and refused without a request)
 *
 * ```ts import.meta.vitest
 * import { Effect, Redacted } from "effect"
 * import { Lifecycle, StaticSource } from "surety/credential"
 *
 * const program = Effect.gen(function* () {
 *   const source = StaticSource.make({ current: Redacted.make("sk_live_1") })
 *   const credentials = yield* Lifecycle.make(source, { provider: "acme", credential: "bearer" })
 *   const control = Lifecycle.control(credentials)
 *   yield* control!.revoke("ana: key was posted in a ticket").pipe(Effect.ignore)
 *   return yield* Effect.flip(credentials.current)
 * })
 *
 * const refusal = await Effect.runPromise(Effect.scoped(program))
 * refusal.message // => 'Credential "bearer" is not available: it was revoked by hand here; renew it to use it again'
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  source: Source,
  options: Options
): Effect.Effect<Credential.Credentials, Refusal.CredentialUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const { credential, life, provider } = options
    const policy = Policy.make(options)
    RedactedNames.install()
    const context = yield* Effect.context<never>()
    const time = fromClock(yield* Effect.clockWith(Effect.succeed))
    const trail = new Trail(yield* Audit.Audit, time, provider, credential)
    const registry = new Signals.Registry(context, provider)
    yield* Effect.addFinalizer(() => Effect.sync(() => registry.close()))
    const custody = new Custody({
      provider,
      credential,
      life,
      policy,
      source,
      // a refresh belongs to no call, and not to the span under which the layer was built
      context: Context.omit(Tracer.ParentSpan)(context as Context.Context<Tracer.ParentSpan>),
      time,
      trail,
      signals: (health) => new CredentialSignals(registry, credential, health)
    })
    yield* Effect.addFinalizer(() => Operator.close(custody))
    const tally = yield* UsageTally.make({ record: (use) => trail.used(use) })
    const credentials = serviceOf(custody, source, tally)
    controls.set(credentials, Operator.make(custody))
    if (policy.start === "eager") yield* credentials.current
    if (policy.keepAliveMillis !== undefined) custody.retirement.background(keptAlive(custody, policy.keepAliveMillis))
    return credentials
  })

/**
 * A provider with a credential: the class that `Provider.Service` makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Owner<Id extends string> {
  readonly contract: {
    readonly id: string
    readonly credentials: Credential.Credential | Credential.None
    readonly operations: Readonly<
      Record<string, { readonly scopes: ReadonlyArray<string>; readonly totalMillis: number }>
    >
  }
  readonly Credentials: Provider.CredentialsKey<Id>
}

/**
 * A provider's credentials from a source.
 *
 * **Details**   Provide it to the provider's layer. Names and the rotation period are the contract's. A secret that was
 * replaced stays readable for longer than the longest call of the contract.
 *
 * **Failures**   `ScopeMissing` when the source says what it granted, and that is less than the operations need: the layer
 * fails, and nothing was sent. `CredentialUnavailable`: as in `make`. `RangeError` (a defect) for a provider that needs
 * no credential, and for a policy out of bounds.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <Id extends string, E = never, R = never>(
  owner: Owner<Id>,
  source: Source | Effect.Effect<Source, E, R>,
  policy: Policy.Options = {}
): Layer.Layer<
  Provider.Credentials<Id>,
  E | Refusal.CredentialUnavailable | Refusal.ScopeMissing,
  Exclude<R, Scope.Scope>
> =>
  Layer.effect(
    owner.Credentials,
    Effect.gen(function* () {
      const { credentials: declared, id, operations } = owner.contract
      if (declared._tag === "NoCredential") throw new RangeError(`${id}: the contract says that it needs no credential`)
      const names = { provider: id, credential: declared.name }
      const held = Effect.isEffect(source) ? yield* Effect.provideService(source, TrailNames, names) : source
      const made = yield* make(held, {
        ...policy,
        ...names,
        retireAfter: policy.retireAfter ?? longest(Object.values(operations)),
        life: declared.life
      }).pipe(
        Effect.mapError(({ credential, why }) =>
          quietly(() => new Refusal.CredentialUnavailable({ provider: id, credential, why }))
        )
      )
      const status = control(made)?.status()
      const granted = status?.scopes
      if (granted === undefined) return made
      const needed = new Set(Object.values(operations).flatMap((operation) => operation.scopes))
      const missing = [...needed].filter((scope) => !granted.includes(scope))
      if (missing.length === 0) return made
      return yield* new Refusal.ScopeMissing({ ...names, missing, granted })
    })
  )

/** Half as long again as the longest call, and never less than the default. */
const longest = (operations: ReadonlyArray<{ readonly totalMillis: number }>): number =>
  Math.max(Policy.make().retireMillis, ...operations.map((operation) => 1.5 * operation.totalMillis))

/**
 * The levers on a credential that `make` or `layer` has made; `undefined` for any other.
 *
 * **When to use**   On an operator's page, and in the runbook of a leaked key.
 *
 * @category operating
 * @since 0.1.0
 */
export const control = (credentials: Credential.Credentials): Operator.Control | undefined => controls.get(credentials)

export type { Control, Status } from "./Operator.ts"

const controls = new WeakMap<Credential.Credentials, Operator.Control>()

const serviceOf = (custody: Custody, source: Source, tally: UsageTally.UsageTally): Credential.Credentials => {
  const { answered, sign } = source
  /** The engine tells of an answer first and asks about it afterwards, with the same headers. */
  const replays = new WeakSet<object>()
  const isReplay = (answer: Credential.Answer): boolean => {
    if (answered === undefined) return false
    if (replays.has(answer.headers)) return true
    try {
      return answered(answer) === "replay"
    } catch {
      return false
    }
  }
  const observe = (answer: Credential.Answer): void => {
    if (isReplay(answer)) replays.add(answer.headers)
  }
  return {
    get current() {
      return custody.current
    },
    granted: (secret) => custody.heldOf(secret)?.issued.scopes,
    rejected: (secret, answer, _operation, refresh) =>
      Effect.suspend(() =>
        isReplay(answer)
          ? Effect.succeed({ _tag: "Replay" as const, secret })
          : Rejection.decide(custody, secret, refresh)
      ),
    used: (secret, operation, traceId) => {
      const held = custody.heldOf(secret)
      if (held !== undefined) tally.used(held.issued.version, operation, traceId)
    },
    ...(answered === undefined ? undefined : { answered: observe }),
    ...(sign === undefined
      ? undefined
      : { sign: (request: Credential.Unsigned, secret: Redacted.Redacted<string>) => sign(request, secret) })
  }
}

/** Renews what nobody uses; what is renewed by use already is left alone. */
const keptAlive = (custody: Custody, everyMillis: number): Effect.Effect<never> =>
  Effect.suspend(() => {
    const now = custody.setup.time.now()
    const left = (custody.held?.confirmedMillis ?? now) + everyMillis - now
    if (left > 0) return Effect.sleep(left)
    custody.ask("advisory", "keepAlive")
    // however that ends, the source is not asked more often than it wants
    return Effect.andThen(
      custody.inquiry.landed,
      Effect.suspend(() => Effect.sleep(Math.max(1000, custody.askAgainInMillis)))
    )
  }).pipe(Effect.forever)
