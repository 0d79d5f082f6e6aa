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
 * What is wrong with what people wrote: a receiver that tells nobody, a secret in a file that is committed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Wrong {
  readonly rule: "receiver-empty" | "receiver-secret"
  readonly message: string
}

/**
 * A file to be.
 *
 * **Details**   `path`: below the output folder, with `/`. `provider`: of whom it is told when something is wrong with it.
 * `withNotes`: takes over what people wrote into the file that is there, or says why it cannot. `wrong`: what
 * people still have to write into it, or to take out of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface GeneratedFile {
  readonly path: string
  readonly text: string
  readonly provider: string
  readonly withNotes?: (existing: string) => Result.Result<string, AtRisk>
  readonly wrong?: (text: string) => ReadonlyArray<Wrong>
}

/**
 * The text to write over what is there, unless that is of another contract, or not generated at all.
 *
 * @category conversions
 * @since 0.1.0
 */
export const textOver = (file: GeneratedFile, existing: string | undefined): Result.Result<string, AtRisk> => {
  if (existing === undefined || existing.trim() === "") return Result.succeed(file.text)
  const [theirs, ours] = [contractsOf(existing), contractsOf(file.text)]
  if (theirs.length === 0) {
    return Result.fail({
      message: "it was not generated",
      hint: "Name a folder that holds nothing else with --out; or move the file away, if it was generated once."
    })
  }
  const gone = theirs.filter((id) => !ours.includes(id))
  if (gone.length > 0) {
    return Result.fail({
      message: `it is of ${theirs.join(", ")}, and would become of ${ours.join(", ")}`,
      hint:
        theirs.length === 1
          ? "Give each provider a folder of its own (--out ops/payments); or remove the file, if the contract was renamed."
          : `Name the modules of all of them in one run; or take ${gone.join(", ")} out of the first line of the file, if it is gone.`
    })
  }
  return file.withNotes === undefined ? Result.succeed(file.text) : file.withNotes(existing)
}

/**
 * The contracts that a generated text says it is of; none when it does not say.
 *
 * **Example** (A rule file, and one that somebody wrote)
 *
 * ```ts import.meta.vitest
 * import { contractsOf } from "@surety/cli/GeneratedFile"
 *
 * contractsOf("# Generated from the contract acme/Pay, 16f1f27. Change the contract, not this file.\n") // => ["acme/Pay"]
 * contractsOf("groups: []\n") // => []
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const contractsOf = (text: string): ReadonlyArray<string> => {
  for (const form of forms) {
    const found = form.exec(text)?.[1]
    if (found !== undefined) return found.split(", ")
  }
  return []
}

/** Rules and entities; runbooks; dossiers in both forms; dashboards. */
const forms: ReadonlyArray<RegExp> = [
  /^# Generated from the contracts? (.+), \S+\. Change the contracts?,/,
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
 * The command that a generated text says it was made with.
 *
 * @category getters
 * @since 0.1.0
 */
export const commandOf = (text: string): string | undefined => again.exec(text)?.[1]

const again = /^# Again: (surety .+?)(?: --out DIR)?\r?$/m

/**
 * A text without what says nothing of its meaning: the hash of the contract, what is signed with one, and where the command
 * ran that made it.
 *
 * @category conversions
 * @since 0.1.0
 */
export const withoutHash = (text: string): string =>
  unix(text)
    .replace(again, "# Again")
    .replace(/\b[0-9a-f]{14}\b/g, "the hash")

/**
 * How two texts differ.
 *
 * **Details**   `hash`: in nothing but the hash of the contract. `text`: from that line on, which is counted from 1.
 *
 * @category models
 * @since 0.1.0
 */
export type Difference =
  | { readonly _tag: "Same" }
  | { readonly _tag: "Hash" }
  | { readonly _tag: "Text"; readonly line: number }

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

/**
 * **Example** (Another contract, and nothing that follows from it)
 *
 * ```ts import.meta.vitest
 * import { difference } from "@surety/cli/GeneratedFile"
 *
 * difference("# acme/Pay, 0123456789abcd\na\n", "# acme/Pay, 0123456789abce\na\n") // => { _tag: "Hash" }
 * difference("# acme/Pay, 0123456789abcd\na\n", "# acme/Pay, 0123456789abce\nb\n") // => { _tag: "Text", line: 2 }
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const difference = (one: string, other: string): Difference => {
  if (sameText(unix(one).replace(again, ""), unix(other).replace(again, ""))) return { _tag: "Same" }
  const line = firstDifference(withoutHash(one), withoutHash(other))
  return line === undefined ? { _tag: "Hash" } : { _tag: "Text", line }
}

const unix = (text: string): string => text.replaceAll("\r\n", "\n")
