/**
 * Values that a schema accepts, the same ones for the same seed: what a fake provider
 * answers with where nobody wrote a handler.
 *
 * Effect's `Arbitrary` draws them; what it lacks is a failure that names the operation.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type * as Failure from "../Failure.ts"
import * as Wire from "../Wire.ts"

/**
 * Values of the decoded side of a schema.
 *
 * **Failures**   Throws an `Error` that names `subject` when the schema has no sample: a
 * declaration or a filter that nothing can be generated for.
 *
 * **Example** (The same seed, the same value)
 *
 * ```ts import.meta.vitest
 * import * as Schema from "effect/Schema"
 * import { Sample } from "surety/testing"
 *
 * const draw = () => Sample.values(Schema.Struct({ status: Schema.Literal("paid") }), { seed: 7, subject: "charge" })
 * draw() // => [{ status: "paid" }]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const values = (
  schema: Schema.Constraint,
  options: { readonly seed: number; readonly subject: string; readonly count?: number }
): ReadonlyArray<unknown> => {
  const drawn = Effect.runSyncExit(
    Effect.suspend(() =>
      Arbitrary.sampleEffect(Arbitrary.schema(schema), {
        seed: `${options.seed} ${options.subject}`,
        count: options.count ?? 1,
        size: 5
      })
    )
  )
  if (Exit.isSuccess(drawn)) return drawn.value
  throw new Error(`${options.subject}: its schema has no sample (${String(Cause.squash(drawn.cause))})`)
}

/**
 * A declared failure with sampled fields.
 *
 * **Details**   `fields`: `"required"` leaves the optional ones out. `undefined` where a failure is
 * not a class of `Failure.Tagged`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const failure = (
  source: Failure.Source<unknown>,
  options: { readonly seed: number; readonly fields: "all" | "required" }
): Failure.Any | undefined => {
  const made = Wire.isWire(source) ? source.failure : source
  if (!isClass(made)) return undefined
  const fields = Object.entries(made.fields).filter(
    ([, field]) => options.fields === "all" || (field as Schema.Top).ast.context?.isOptional !== true
  )
  const [props] = values(Schema.Struct(Object.fromEntries(fields)), { seed: options.seed, subject: made.tag })
  // the props come from the class's own fields
  return new made(props as never)
}

const isClass = (source: Failure.Declaration): source is Wire.FailureClass =>
  typeof source === "function" && "fields" in source
