/**
 * An account as GitHub mentions it in other objects.
 *
 * Names are GitHub's own, so that its reference is the reference. Only the members that
 * are declared here are read; others are ignored.
 *
 * @source https://docs.github.com/rest (2026-03-10)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * **Details**   `type`: `User`, `Bot`, `Organization`; further members may come.
 *
 * @category schemas
 * @since 0.1.0
 */
export const User = Schema.Struct({
  login: Schema.String,
  id: Schema.Int,
  type: Schema.String
})

/**
 * @category models
 * @since 0.1.0
 */
export type User = typeof User.Type
