/**
 * The failure of making a table.
 *
 * Neighbours: `SqlGrantStore.migrate` and `SqlAudit.migrate` fail with it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * **Details**   `detail` is the class and the code of the database's answer; nothing of its text.
 *
 * @category failures
 * @since 0.1.0
 */
export class MigrationFailure extends Schema.TaggedError<MigrationFailure>()("MigrationFailure", {
  table: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The table ${this.table} could not be made: ${this.detail}`
  }
}
