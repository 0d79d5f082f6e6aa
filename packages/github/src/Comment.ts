/**
 * The comment on an issue or pull request: what GitHub sends, and what a caller sends to
 * create and to list.
 *
 * @source https://docs.github.com/rest/issues/comments (2026-03-10)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as LinkPage from "./LinkPage.ts"
import { User } from "./User.ts"

/**
 * **Details**   `issue_url` ends in the number of the issue it belongs to.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Comment = Schema.Struct({
  id: Schema.Int,
  node_id: Schema.String,
  url: Schema.String,
  html_url: Schema.String,
  issue_url: Schema.String,
  body: Schema.optionalKey(Schema.String),
  user: Schema.NullOr(User),
  created_at: Schema.DateTimeUtcFromString,
  updated_at: Schema.DateTimeUtcFromString
})

/**
 * @category models
 * @since 0.1.0
 */
export type Comment = typeof Comment.Type

/**
 * @category schemas
 * @since 0.1.0
 */
export const New = Schema.Struct({ body: Schema.String })

/**
 * **Details**   Where absent: 30 a page, oldest first. `direction` has no effect without `sort`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ListQuery = {
  ...LinkPage.query,
  sort: Schema.optionalKey(Schema.Literals(["created", "updated"])),
  direction: Schema.optionalKey(Schema.Literals(["asc", "desc"])),
  since: Schema.optionalKey(Schema.DateTimeUtcFromString)
} as const
