/**
 * A file that a generator made, before it is anywhere.
 *
 * Neighbours: `Generators` makes them, `OutputFolder` writes them, `Drift` compares them.
 *
 * @stability experimental
 * @since 0.1.0
 */

import * as Result from "effect/Result"

/**
 * What people wrote into a file, and cannot be taken over.
 *
 * @category models
 * @since 0.1.0
 */
export interface AtRisk {
  readonly message: string
  readonly hint: string
}

/**
 * A file to be.
 *
 * **Details**   `path`: below the output folder, with `/`. `withNotes`: takes over what people wrote into the file that is
 * there, or says why it cannot.
 *
 * @category models
 * @since 0.1.0
 */
export interface GeneratedFile {
  readonly path: string
  readonly text: string
  readonly withNotes?: (existing: string) => Result.Result<string, AtRisk>
}

/**
 * The text to write over what is there.
 *
 * @category conversions
 * @since 0.1.0
 */
export const textOver = (file: GeneratedFile, existing: string | undefined): Result.Result<string, AtRisk> =>
  existing === undefined || file.withNotes === undefined ? Result.succeed(file.text) : file.withNotes(existing)

/**
 * Whether two texts are the same but for line ends, which Git may have changed.
 *
 * @category rules
 * @since 0.1.0
 */
export const sameText = (one: string, other: string): boolean => unix(one) === unix(other)

/**
 * The first line in which two texts differ, from 1; `undefined` when none does.
 *
 * **Example** (The second line)
 *
 * ```ts import.meta.vitest
 * import { firstDifference } from "@surety/cli/GeneratedFile"
 *
 * firstDifference("a\nb\n", "a\nc\n") // => 2
 * firstDifference("a\r\n", "a\n") // => undefined
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const firstDifference = (one: string, other: string): number | undefined => {
  const [left, right] = [unix(one).split("\n"), unix(other).split("\n")]
  const at = Array.from({ length: Math.max(left.length, right.length) }, (_, line) => line).find(
    (line) => left[line] !== right[line]
  )
  return at === undefined ? undefined : at + 1
}

const unix = (text: string): string => text.replaceAll("\r\n", "\n")
