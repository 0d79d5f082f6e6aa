/**
 * The issue: what GitHub sends, and what a caller sends to create and to list.
 *
 * Names are GitHub's own, so that its reference is the reference. Only the members that
 * are declared here are read; others are ignored.
 *
 * @source https://docs.github.com/rest/issues/issues (2026-03-10)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as LinkPage from "./LinkPage.ts"
import { User } from "./User.ts"

/**
 * **Details**   `pull_request` is present when the issue is a pull request: GitHub lists both.
 * `state`: `open` or `closed`. `state_reason`: `completed`, `reopened`, `not_planned`,
 * `duplicate`; further members may come. A label is a text or an object.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Issue = Schema.Struct({
  id: Schema.Int,
  node_id: Schema.String,
  number: Schema.Int,
  url: Schema.String,
  html_url: Schema.String,
  title: Schema.String,
  body: Schema.optionalKey(Schema.NullOr(Schema.String)),
  state: Schema.String,
  state_reason: Schema.optionalKey(Schema.NullOr(Schema.String)),
  locked: Schema.Boolean,
  comments: Schema.Int,
  user: Schema.NullOr(User),
  assignees: Schema.optionalKey(Schema.NullOr(Schema.Array(User))),
  labels: Schema.Array(
    Schema.Union([
      Schema.String,
      Schema.Struct({
        name: Schema.optionalKey(Schema.String),
        color: Schema.optionalKey(Schema.NullOr(Schema.String))
      })
    ])
  ),
  milestone: Schema.NullOr(Schema.Struct({ number: Schema.Int, title: Schema.String })),
  pull_request: Schema.optionalKey(Schema.Struct({ url: Schema.NullOr(Schema.String) })),
  created_at: Schema.DateTimeUtcFromString,
  updated_at: Schema.DateTimeUtcFromString,
  closed_at: Schema.NullOr(Schema.DateTimeUtcFromString)
})

/**
 * @category models
 * @since 0.1.0
 */
export type Issue = typeof Issue.Type

/**
 * **Details**   `assignees`, `labels`, `milestone` and `type` are dropped without a word when the
 * credential may not push to the repository.
 *
 * @category schemas
 * @since 0.1.0
 */
export const New = Schema.Struct({
  title: Schema.String,
  body: Schema.optionalKey(Schema.String),
  assignees: Schema.optionalKey(Schema.Array(Schema.String)),
  labels: Schema.optionalKey(Schema.Array(Schema.String)),
  milestone: Schema.optionalKey(Schema.Int),
  type: Schema.optionalKey(Schema.String)
})

/**
 * **Details**   Where absent: open issues, 30 a page, newest first. `labels`: names with commas
 * between them. `since`: changed at or after. A walk over many pages is steadier with
 * `direction: "asc"`: an issue that is opened meanwhile then joins the end.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ListQuery = {
  ...LinkPage.query,
  state: Schema.optionalKey(Schema.Literals(["open", "closed", "all"])),
  sort: Schema.optionalKey(Schema.Literals(["created", "updated", "comments"])),
  direction: Schema.optionalKey(Schema.Literals(["asc", "desc"])),
  since: Schema.optionalKey(Schema.DateTimeUtcFromString),
  labels: Schema.optionalKey(Schema.String),
  assignee: Schema.optionalKey(Schema.String),
  creator: Schema.optionalKey(Schema.String),
  mentioned: Schema.optionalKey(Schema.String),
  milestone: Schema.optionalKey(Schema.String),
  type: Schema.optionalKey(Schema.String)
} as const
