/**
 * The search over issues and pull requests.
 *
 * @source https://docs.github.com/rest/search/search (2026-03-10)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Issue from "./Issue.ts"
import * as LinkPage from "./LinkPage.ts"

/**
 * **Details**   `q`: GitHub's search syntax, such as `repo:octo/hello is:issue state:open crash`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Query = {
  ...LinkPage.query,
  q: Schema.String,
  sort: Schema.optionalKey(Schema.Literals(["comments", "created", "updated", "reactions", "interactions"])),
  order: Schema.optionalKey(Schema.Literals(["asc", "desc"]))
} as const

/**
 * One page of what was found.
 *
 * **Details**   `incomplete_results`: GitHub ran out of time, and there may be more. At most 1,000
 * results can be paged through, whatever `total_count` says.
 *
 * **Gotchas**   The index lags behind the issues: what was just written may not be found.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Page = Schema.Struct({
  total_count: Schema.Int,
  incomplete_results: Schema.Boolean,
  items: Schema.Array(Schema.Struct({ ...Issue.Issue.fields, score: Schema.Finite }))
})

/**
 * @category models
 * @since 0.1.0
 */
export type Page = typeof Page.Type
