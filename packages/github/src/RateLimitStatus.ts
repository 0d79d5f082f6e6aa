/**
 * What is left of each rate limit, as GitHub answers when it is asked.
 *
 * @source https://docs.github.com/rest/rate-limit/rate-limit (2026-03-10)
 * @stability experimental
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** Whole seconds since 1970; `Schema.DateTimeUtcFromMillis` reads milliseconds. */
const EpochSeconds: Schema.Codec<DateTime.Utc, number> = Schema.Int.pipe(
  Schema.decodeTo(
    Schema.DateTimeUtc,
    SchemaTransformation.transform({
      decode: (seconds) => DateTime.makeUnsafe(seconds * 1000),
      encode: (time) => Math.floor(DateTime.toEpochMillis(time) / 1000)
    })
  )
)

/**
 * **Details**   `reset`: when `used` begins at 0 again.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Bucket = Schema.Struct({
  limit: Schema.Int,
  used: Schema.Int,
  remaining: Schema.Int,
  reset: EpochSeconds
})

/**
 * By resource; `core` and `search` are always there, others come and go.
 *
 * @category schemas
 * @since 0.1.0
 */
export const RateLimitStatus = Schema.Struct({
  resources: Schema.StructWithRest(Schema.Struct({ core: Bucket, search: Bucket }), [
    Schema.Record(Schema.String, Bucket)
  ])
})

/**
 * @category models
 * @since 0.1.0
 */
export type RateLimitStatus = typeof RateLimitStatus.Type
