/**
 * The codecs of what a call can fail with, so that an error can cross a queue, a workflow or an RPC boundary. A field that
 * is `undefined` is left out: JSON has none.
 *
 * Neighbours: `CallError` has the errors; each failure has a codec of its own, `schema`. A file of its own, so that only
 * programs whose errors travel ship it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { NotAttempted, OutcomeUnknown, RetriesExhausted } from "./CallError.ts"
import * as Refusal from "./Refusal.ts"
import * as StopReason from "./StopReason.ts"

/**
 * `RetriesExhausted`, for the failures that `reason` can be.
 *
 * @category schemas
 * @since 0.1.0
 */
export const retriesExhausted = <E>(reason: Schema.Codec<E, unknown>): Schema.Codec<RetriesExhausted<E>, unknown> =>
  make(
    "RetriesExhausted",
    {
      operation: Schema.String,
      reason,
      attempts: Schema.Int,
      stopped: Schema.Literals(StopReason.reasonsToStop),
      elapsedMillis: Schema.Number,
      retryAt: Schema.optional(Schema.Number)
    },
    (fields) => new RetriesExhausted<E>({ ...fields, retryAt: fields.retryAt })
  )

/**
 * `OutcomeUnknown`, for the failures that `reason` can be. A `last` that is none of them crosses as its tag and its
 * message.
 *
 * @category schemas
 * @since 0.1.0
 */
export const outcomeUnknown = <E>(reason: Schema.Codec<E, unknown>): Schema.Codec<OutcomeUnknown<E>, unknown> =>
  make(
    "OutcomeUnknown",
    {
      operation: Schema.String,
      reason,
      last: Schema.optional(Schema.Union([reason, Summary])),
      attempts: Schema.Int,
      stopped: Schema.Literals(StopReason.reasonsToStop),
      elapsedMillis: Schema.Number,
      idempotencyKey: Schema.optional(Schema.String),
      keyValidUntil: Schema.optional(Schema.Number),
      reconcile: Schema.Literals(["same-key", "repeat", "lookup", "by-hand"]),
      retryAt: Schema.optional(Schema.Number)
    },
    (fields) =>
      new OutcomeUnknown<E>({
        ...fields,
        last: fields.last,
        idempotencyKey: fields.idempotencyKey,
        keyValidUntil: fields.keyValidUntil,
        retryAt: fields.retryAt
      })
  )

/** What is kept of an error whose codec is not at hand. */
const Summary = Schema.Struct({ _tag: Schema.String, message: Schema.String })

const make = <Fields extends Schema.Struct.Fields, A extends object>(
  tag: string,
  fields: Fields,
  construct: (fields: Schema.Struct.Type<Fields>) => A
): Schema.Codec<A, unknown> => {
  const struct = Schema.Struct({ _tag: Schema.tag(tag), ...fields })
  // the struct and the wrapper have the same fields; `construct` states their type, which the codec cannot infer from a tag
  return struct.pipe(
    Schema.decodeTo(
      Schema.declare((u): u is A => typeof u === "object" && u !== null && (u as { _tag?: unknown })._tag === tag),
      SchemaTransformation.transform({
        decode: (encoded) => construct(encoded as Schema.Struct.Type<Fields>),
        encode: (error) => pick(error, ["_tag", ...Object.keys(fields)]) as typeof struct.Type
      })
    )
  ) as unknown as Schema.Codec<A, unknown>
}

const pick = (from: object, keys: ReadonlyArray<string>): object =>
  Object.fromEntries(keys.map((key) => [key, (from as Record<string, unknown>)[key]]))

/**
 * `NotAttempted`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const notAttempted: Schema.Codec<NotAttempted, unknown> = make(
  "NotAttempted",
  { operation: Schema.String, reason: Refusal.Refusal },
  (fields) => new NotAttempted(fields)
)
