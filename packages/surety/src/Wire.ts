/**
 * How a failure looks on the wire: the status, the body and the headers that mean
 * it, in both directions. The engine decodes with it, the fake provider encodes.
 *
 * Neighbours: made by `Failure.wire`; read by the HTTP codec. Pure data and pure
 * functions: it never performs a call.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type * as Failure from "./Failure.ts"

/**
 * @category type ids
 * @since 0.1.0
 */
export const TypeId = "~surety/Wire"

/**
 * A complete response, decoded as far as its content type allows.
 *
 * **Details**   `body` is the parsed JSON value when the content type is JSON, else
 * the text. `nowMillis` is the provider's clock when it answered (`Date`), ours where it
 * does not say, for hints given as dates.
 *
 * @category models
 * @since 0.1.0
 */
export interface Response {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly nowMillis: number
}

/**
 * What the fake provider sends for a failure.
 *
 * @category models
 * @since 0.1.0
 */
export interface Encoded {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Mapping<B, Props, Fields> {
  /** The part of the body that is read. Unknown members are ignored. */
  readonly body: Schema.Decoder<B>
  /** `undefined` means: a response like this is some other failure. */
  readonly decode: (response: {
    readonly body: B
    readonly headers: Readonly<Record<string, string>>
    readonly status: number
    readonly nowMillis: number
  }) => Props | undefined
  readonly encode: (fields: Fields) => Encoded
}

/**
 * A failure bound to the responses that mean it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Wire<out Self> extends Failure.Source<Self> {
  readonly [TypeId]: typeof TypeId
  readonly statuses: ReadonlyArray<number>
  readonly failure: FailureClass
  /** The body schema, for OpenAPI export. */
  readonly body: Schema.Top
  readonly decode: (response: Response) => Self | undefined
  readonly encode: (self: unknown) => Encoded & { readonly status: number }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Any extends Wire<unknown> {}

/**
 * A failure class seen by value.
 *
 * @category models
 * @since 0.1.0
 */
export interface FailureClass extends Failure.Declaration {
  new (props: never): Failure.Any
  readonly fields: Schema.Struct.Fields
}

/**
 * @category guards
 * @since 0.1.0
 */
export const isWire = (u: unknown): u is Any => typeof u === "object" && u !== null && TypeId in u

/** @internal */
export const make = <Self>(
  failure: FailureClass,
  fields: Schema.Struct.Fields,
  status: number | ReadonlyArray<number>,
  mapping: Mapping<unknown, unknown, unknown> | undefined
): Wire<Self> => {
  const statuses = typeof status === "number" ? [status] : status
  const first = statuses[0]
  if (first === undefined || statuses.some((s) => !Number.isInteger(s) || s < 100 || s > 599)) {
    throw new RangeError(`${failure.tag}.wire: status must be one or more integers in [100, 599], got ${statuses}`)
  }
  // the caller states B, Props and Fields; by value they are only passed through
  const body = (mapping?.body ?? Schema.Struct(fields)) as Schema.Codec<unknown, unknown>
  const decodeBody = Schema.decodeUnknownExit(body)
  const encodeBody = Schema.encodeUnknownSync(body)
  const construct = failure as unknown as new (props: unknown) => Self
  return {
    [TypeId]: TypeId,
    tag: failure.tag,
    disposition: failure.disposition,
    fault: failure.fault,
    health: failure.health,
    outcome: failure.outcome,
    credential: failure.credential,
    idempotency: failure.idempotency,
    // `Type` exists for the compiler only
    Type: undefined as Self,
    statuses,
    failure,
    body,
    decode(response) {
      const exit = decodeBody(response.body)
      if (Exit.isFailure(exit)) return undefined
      const props =
        mapping === undefined
          ? exit.value
          : mapping.decode({
              body: exit.value,
              headers: response.headers,
              status: response.status,
              nowMillis: response.nowMillis
            })
      if (props === undefined) return undefined
      // a mapping that throws is a bug and ends the call; fields that the class refuses are the provider's, and some
      // other failure
      try {
        return new construct(props)
      } catch {
        return undefined
      }
    },
    encode(self) {
      const encoded: Encoded = mapping === undefined ? { body: encodeBody(self) } : mapping.encode(self)
      return { ...encoded, status: encoded.status ?? first }
    }
  }
}
