/**
 * A provider as an Effect service: the class that programs yield, its layers, and the
 * credential service it needs.
 *
 * Neighbours: `Contract` checks what is declared, `engine/Compile` turns it into guarded
 * methods. This file only composes.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Contract from "./Contract.ts"
import * as Credential from "./Credential.ts"
import { Control } from "./engine/Control.ts"
import * as Service_ from "./engine/Service.ts"
import * as Explain from "./Explain.ts"
import type { Explanation } from "./Explanation.ts"
import type * as Operation from "./Operation.ts"
import * as Refusal from "./Refusal.ts"

/**
 * The methods of a provider.
 *
 * @category models
 * @since 0.1.0
 */
export type Shape<Ops> = { readonly [K in keyof Ops]: Operation.MethodOf<Ops[K]> }

/**
 * The type of a provider's credential service; nominal by the provider's id.
 *
 * @category models
 * @since 0.1.0
 */
export interface Credentials<out Id extends string> {
  readonly "~surety/Credentials": Id
}

/**
 * The key of a provider's credential service, with its usual layers.
 *
 * @category services
 * @since 0.1.0
 */
export interface CredentialsKey<Id extends string> extends Context.Key<Credentials<Id>, Credential.Credentials> {
  /** One fixed secret. One that no header may carry is `CredentialUnavailable` on every call. */
  readonly layer: (secret: Redacted.Redacted<string>) => Layer.Layer<Credentials<Id>>
  /** Any source. */
  readonly layerFrom: <E, R>(make: Effect.Effect<Credential.Credentials, E, R>) => Layer.Layer<Credentials<Id>, E, R>
}

type CredentialsOf<Id extends string, C> = C extends Credential.None ? never : Credentials<Id>
type ServicesOf<Ops> = Ops[keyof Ops] extends { readonly "~services": infer R } ? R : never

type HandlerOf<Op> =
  Op extends Operation.Operation<
    infer _N,
    infer _K,
    infer Req,
    infer A,
    infer E,
    infer Err,
    infer _I,
    infer _Item,
    infer _R
  >
    ? (request: Req) => Effect.Effect<A, E | Err>
    : never

/**
 * Something that can stand in for a provider: a fault script, or a fake with handlers, from
 * `surety/testing`. It is asked each time the layer is built.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fake<in R> {
  readonly layerFor: (contract: Contract.Any) => Layer.Layer<R>
}

/**
 * A provider class.
 *
 * @category models
 * @since 0.1.0
 */
export interface Class<Self, Id extends string, Ops, C> extends Context.ServiceClass<Self, Id, Shape<Ops>> {
  readonly contract: Contract.Contract<Ops, C>
  /** The credential service that `layer` needs. */
  readonly Credentials: CredentialsKey<Id>
  /** The provider over its transport. */
  readonly layer: Layer.Layer<Self, never, ServicesOf<Ops> | CredentialsOf<Id, C>>
  /** The same provider somewhere else: a sandbox, a proxy, a fake on loopback. The rule for `baseUrl` holds here too. */
  readonly layerAt: (baseUrl: string) => Layer.Layer<Self, never, ServicesOf<Ops> | CredentialsOf<Id, C>>
  /** Handlers instead of the provider; an operation without one dies when it is called. */
  readonly layerTest: (handlers: { readonly [K in keyof Ops]?: HandlerOf<Ops[K]> }) => Layer.Layer<Self>
  /** The real engine and the real codec over a scripted provider, without a port. */
  readonly layerFake: <R>(fake: Fake<R>) => Layer.Layer<Self, never, Exclude<ServicesOf<Ops>, R>>
}

type Declared<Self, Id extends string, Ops, C> = [Self] extends [never]
  ? "PROV-000: write the class itself as the type argument: class X extends Provider.Service<X>()(id, contract) {}"
  : Class<Self, Id, Ops, C>

/**
 * Makes a contract, for tools that need no service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Contract.make

/**
 * A contract as plain data: for every operation and every failure whether it is retried,
 * under which rule or why not, how long it can take, how many requests it can become, and
 * what the caller gets.
 *
 * **When to use**   In a review, in docs and in tools. `Explain.toText` prints it.
 *
 * @category conversions
 * @since 0.1.0
 */
export const explain: (contract: Contract.Any) => Explanation = Explain.explain

/**
 * The levers on a running provider: its circuit, how many calls are on the wire and in the queue, and which outcomes are not
 * known.
 *
 * **When to use**   On an operator's page or screen, to keep calls away from a provider by hand (`isolate`, `close`), and in a
 * job that finds out what became of lost mutations (`settle`).
 *
 * **Details**   Of this process. `undefined` for a service of `layerTest`, which has no guards.
 *
 * @category operating
 * @since 0.1.0
 */
export const control = <S extends object>(service: S): Control<keyof S & string> | undefined => Control.of(service)

export type { Control }

/**
 * Declares a provider.
 *
 * **Failures**   `RangeError` at construction when the contract breaks a rule that types cannot
 * say; it names the provider, the field and the numbers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Service =
  <Self = never>() =>
  <
    const Id extends string,
    const Ops extends Contract.Operations,
    const C extends Credential.Credential | Credential.None
  >(
    id: Id,
    options: Contract.Options<Ops, C> & Contract.RefuseAnyCredential<NoInfer<C>>
  ): Declared<Self, Id, Ops, C> => {
    const contract = contractOf(id, options)
    const tag = Context.Service<Self, Shape<Ops>>()(id)
    const credentials = credentialsKey(id)
    // by value every operation is `Operation.Any`; `Class` states the precise types
    const any = contract as unknown as Contract.Any
    const source = credentials as unknown as Context.Key<never, Credential.Credentials>
    const layerAt = (baseUrl: string) => {
      Contract.checkUrl(baseUrl, (text) => {
        throw new RangeError(`${id}: ${text}`)
      })
      return Layer.effect(tag, Service_.make({ ...any, baseUrl: baseUrl.replace(/\/+$/, "") }, source) as never)
    }
    const extra = {
      contract,
      Credentials: credentials,
      layer: layerAt(contract.baseUrl),
      layerAt,
      layerTest: (handlers: Readonly<Record<string, Service_.Handler | undefined>>) =>
        Layer.succeed(tag, Service_.fromHandlers(any, handlers) as never),
      layerFake: (fake: Fake<unknown>) =>
        Layer.effect(tag, Service_.make(any, source) as never).pipe(
          Layer.provide(
            Layer.merge(
              Layer.unwrap(Effect.sync(() => fake.layerFor(any))),
              credentials.layer(Redacted.make("fake-secret"))
            )
          )
        )
    }
    // members are added to the tag one by one, and Declared names them together
    return Object.assign(tag, extra) as unknown as Declared<Self, Id, Ops, C>
  }

/** A contract that was made already is taken as it is. */
const contractOf = <Ops extends Contract.Operations, C extends Credential.Credential | Credential.None>(
  id: string,
  options: (Contract.Options<Ops, C> & Contract.RefuseAnyCredential<NoInfer<C>>) | Contract.Contract<Ops, C>
): Contract.Contract<Ops, C> => {
  if (!("id" in options)) return Contract.make(id, options)
  if (options.id !== id) throw new RangeError(`${id}: the contract was made for '${options.id}': use one name`)
  return options
}

const credentialsKey = <Id extends string>(id: Id): CredentialsKey<Id> => {
  const key = Context.Service<Credentials<Id>, Credential.Credentials>(`${id}/Credentials`)
  return Object.assign(key, {
    layer: (secret: Redacted.Redacted<string>) => {
      const why = Credential.defectOf(Redacted.value(secret))
      const current: Credential.Credentials["current"] =
        why === undefined
          ? Effect.succeed(secret)
          : Effect.fail(new Refusal.CredentialUnavailable({ credential: `${id}/Credentials`, why }))
      return Layer.succeed(key, { current })
    },
    layerFrom: <E, R>(make: Effect.Effect<Credential.Credentials, E, R>) => Layer.effect(key, make)
  })
}
