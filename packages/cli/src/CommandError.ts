/**
 * Why a command did not do what it was asked, and what to do about it.
 *
 * Neighbours: `LoadFailure` reads a module that does not load, `Main` prints. A finding of `check` is not an error: see
 * `Finding`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/**
 * The closed list of reasons.
 *
 * **Details**   `contract-broken`: the module loads and its contract breaks a rule. `bug`: the command itself is wrong.
 *
 * @category models
 * @since 0.1.0
 */
export type Code =
  | "wrong-use"
  | "module-not-found"
  | "module-broken"
  | "module-throws"
  | "module-hangs"
  | "module-exits"
  | "contract-broken"
  | "no-provider"
  | "which-provider"
  | "unknown-provider"
  | "unknown-operation"
  | "unknown-failure"
  | "out-is-a-file"
  | "out-not-writable"
  | "outside-of-out"
  | "file-at-risk"
  | "out-not-readable"
  | "receivers-not-readable"
  | "receivers-invalid"
  | "bug"

/**
 * A command that stopped.
 *
 * **Details**   `message` says what is wrong, `hint` what to do, both for a tired person.
 *
 * @category errors
 * @since 0.1.0
 */
export class CommandError extends Data.TaggedError("CommandError")<{
  readonly code: Code
  readonly message: string
  readonly hint: string
}> {}

/**
 * The exit code of the process: 1 when a check failed, 2 when the command could not do its work.
 *
 * @category conversions
 * @since 0.1.0
 */
export const exitCodeOf = (error: CommandError): 1 | 2 => (error.code === "contract-broken" ? 1 : 2)
