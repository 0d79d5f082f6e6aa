/**
 * How an error is shown: to a person on standard error, to a program as JSON on standard output.
 *
 * Neighbours: `Program` shows what a command fails with, `LoadGuard` and `Start` what happens outside of it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { CommandError } from "./CommandError.ts"

/**
 * Who reads the answer.
 *
 * @category models
 * @since 0.1.0
 */
export type Reader = "person" | "program"

/**
 * A text and the file descriptor it belongs to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Shown {
  readonly descriptor: 1 | 2
  readonly text: string
}

/**
 * Who reads, from the arguments alone: wrong use is told in the right form, too.
 *
 * @category constructors
 * @since 0.1.0
 */
export const readerOf = (args: ReadonlyArray<string>): Reader => (args.includes("--json") ? "program" : "person")

/**
 * @category conversions
 * @since 0.1.0
 */
export const show = (error: Pick<CommandError, "code" | "message" | "hint">, reader: Reader): Shown => {
  const { code, hint, message } = error
  return reader === "program"
    ? { descriptor: 1, text: `${JSON.stringify({ error: { code, message, hint } }, null, 2)}\n` }
    : { descriptor: 2, text: `\nsurety: ${message}. [${code}]\n  ${hint}\n` }
}
