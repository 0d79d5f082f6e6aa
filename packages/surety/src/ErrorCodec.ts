/**
 * The codec of an error that wraps another one, so that it can cross a queue, a workflow or an RPC boundary. A field that
 * is `undefined` is left out: JSON has none.
 *
 * Neighbours: `CallError` and `OutcomeUnknown` have one each.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** @internal */
export const make = <Fields extends Schema.Struct.Fields, A extends object>(
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
