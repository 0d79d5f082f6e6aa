/**
 * Stripe's times: whole seconds since 1970, read as `DateTime.Utc`.
 *
 * `Schema.DateTimeUtcFromMillis` almost does it; its unit is milliseconds.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * **Example** (A second is a thousand milliseconds)
 *
 * ```ts import.meta.vitest
 * import * as DateTime from "effect/DateTime"
 * import * as Schema from "effect/Schema"
 * import { EpochSeconds } from "@surety/stripe/EpochSeconds"
 *
 * const created = Schema.decodeSync(EpochSeconds)(1793232000)
 * console.log(DateTime.formatIso(created)) // => "2026-10-29T00:00:00.000Z"
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const EpochSeconds: Schema.Codec<DateTime.Utc, number> = Schema.Int.pipe(
  Schema.decodeTo(
    Schema.DateTimeUtc,
    SchemaTransformation.transform({
      decode: (seconds) => DateTime.makeUnsafe(seconds * 1000),
      encode: (time) => Math.floor(DateTime.toEpochMillis(time) / 1000)
    })
  )
)
