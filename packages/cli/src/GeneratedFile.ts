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
 * The text to write over what is there, unless that is of another contract, or not generated at all.
 *
 * @category conversions
 * @since 0.1.0
 */
export const textOver = (file: GeneratedFile, existing: string | undefined): Result.Result<string, AtRisk> => {
  if (existing === undefined || existing.trim() === "") return Result.succeed(file.text)
  const [theirs, ours] = [contractOf(existing), contractOf(file.text)]
  if (theirs === undefined) {
    return Result.fail({
      message: "it was not generated",
      hint: "Name a folder that holds nothing else with --out; or move the file away, if it was generated once."
    })
  }
  if (theirs !== ours) {
    return Result.fail({
      message: `it is of ${theirs}, and would become of ${ours}`,
      hint: "Give each provider a folder of its own (--out ops/payments); or remove the file, if the contract was renamed."
    })
  }
  return file.withNotes === undefined ? Result.succeed(file.text) : file.withNotes(existing)
}

/**
 * The contract that a generated text says it is of; `undefined` when it says none.
 *
 * **Example** (A rule file)
 *
 * ```ts import.meta.vitest
 * import { contractOf } from "@surety/cli/GeneratedFile"
 *
 * contractOf("# Generated from the contract acme/Pay, 16f1f27. Change the contract, not this file.\n") // => "acme/Pay"
 * contractOf("groups: []\n") // => undefined
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const contractOf = (text: string): string | undefined => {
  for (const form of forms) {
    const found = form.exec(text)?.[1]
    if (found !== undefined) return found
  }
  return undefined
}

/** Rules and entities; runbooks; dossiers in both forms; dashboards. */
const forms: ReadonlyArray<RegExp> = [
  /^# Generated from the contract (.+), \S+\. Change the contract/,
  /^# .+\r?\n\r?\n`([^`\n]+)`, owned by /,
  /^# (.+?)\r?\n/,
  /<title>([^<]+)<\/title>/,
  /^\{\r?\n {2}"uid": "([^"]+)"/
]

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
