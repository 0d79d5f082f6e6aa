/**
 * A check that found something. Everything is printed already: the process ends with code 1.
 *
 * Neighbours: `CommandError` is for commands that could not do their work.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/**
 * @category errors
 * @since 0.1.0
 */
export class CheckFailed extends Data.TaggedError("CheckFailed")<{ readonly findings: number }> {}
