/**
 * What people write into a generated page, and how it outlives the next generation: everything between two marks is theirs
 * and stays byte for byte, everything else is generated and replaced. When it cannot be told which is which, nothing is
 * replaced.
 *
 * Neighbours: `Runbook` generates pages and merges with this.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as ContractHash from "surety/signals/ContractHash"

/**
 * Where people's notes begin.
 *
 * @category constants
 * @since 0.1.0
 */
export const begin = "<!-- surety:notes:begin -->"

/**
 * Where they end.
 *
 * @category constants
 * @since 0.1.0
 */
export const end = "<!-- surety:notes:end -->"

/**
 * **Details**   `missing`, `repeated`, `reversed`: the marks are not one `begin` before one `end`, each on a line of its own.
 * `edited`: text outside of the marks was changed by hand, and would be lost.
 *
 * @category models
 * @since 0.1.0
 */
export type Rule = "missing" | "repeated" | "reversed" | "edited"

/**
 * A page cannot be generated again without a risk to what people wrote. The page was not touched.
 *
 * @category failures
 * @since 0.1.0
 */
export class NotesAtRisk extends Data.TaggedError("NotesAtRisk")<{
  readonly file: string
  readonly rule: Rule
  readonly detail: string
}> {
  override get message(): string {
    return `${this.file}: ${this.detail}. Nothing was written. ${
      this.rule === "edited"
        ? "Move what you wrote between the two marks of the notes, or delete the file, and generate again"
        : `Put "${begin}" and "${end}" around the notes, each once and on a line of its own, and generate again`
    }`
  }
}

/**
 * A page with room for notes.
 *
 * **Details**   The generated text is signed with a hash, so that a change to it by hand is seen.
 *
 * @category constructors
 * @since 0.1.0
 */
export const page = (generated: string, notes: string): string => {
  // a contract whose text is a line like a mark does not get one
  const lines = generated.trimEnd().split("\n")
  const body = `${lines.filter((line) => ![begin, end].includes(line.trim())).join("\n")}\n`
  return `${body}\n${begin}\n${notes}\n${end}\n\n${signature}${ContractHash.ofText(normal(body))} -->\n`
}

const signature = "<!-- surety:generated "

/**
 * The generated page with the notes of the existing one.
 *
 * **Details**   An empty file has no notes. Line ends of the existing page become those of the generated one, outside of the
 * notes and within.
 *
 * **Failures**   `NotesAtRisk` naming the file and the rule.
 *
 * @category combinators
 * @since 0.1.0
 */
export const merge = (file: string, existing: string, generated: string): Result.Result<string, NotesAtRisk> => {
  if (existing.trim() === "") return Result.succeed(generated)
  const found = split(file, existing)
  if (Result.isFailure(found)) return Result.fail(found.failure)
  const room = split(file, generated)
  if (Result.isFailure(room)) return Result.fail(room.failure)
  const { after, before } = room.success
  return Result.succeed([...before, begin, ...found.success.notes, end, ...after].join("\n"))
}

interface Parts {
  readonly before: ReadonlyArray<string>
  readonly notes: ReadonlyArray<string>
  readonly after: ReadonlyArray<string>
}

const split = (file: string, text: string): Result.Result<Parts, NotesAtRisk> => {
  const lines = text.replace(/\r\n?/g, "\n").split("\n")
  const fail = (rule: Rule, detail: string) => Result.fail(new NotesAtRisk({ file, rule, detail }))
  const at = (mark: string): ReadonlyArray<number> => lines.flatMap((line, n) => (line.trim() === mark ? [n] : []))
  const [begins, ends] = [at(begin), at(end)]
  for (const [name, found] of [
    ["begin", begins],
    ["end", ends]
  ] as const) {
    if (found.length === 0) return fail("missing", `the mark where the notes ${name} is not there`)
    if (found.length > 1) {
      return fail(
        "repeated",
        `the mark where the notes ${name} is there ${found.length} times, in lines ${found.map((n) => n + 1).join(" and ")}`
      )
    }
  }
  const [from = 0, to = 0] = [begins[0], ends[0]]
  if (to < from) return fail("reversed", `the notes end in line ${to + 1}, before they begin in line ${from + 1}`)
  const parts = { before: lines.slice(0, from), notes: lines.slice(from + 1, to), after: lines.slice(to + 1) }
  const said = parts.after
    .find((line) => line.startsWith(signature))
    ?.slice(signature.length)
    .split(" ")[0]
  const stray = parts.after.some((line) => line.trim() !== "" && !line.startsWith(signature))
  if (stray || said !== ContractHash.ofText(normal(parts.before.join("\n")))) {
    return fail("edited", "text outside of the notes was changed by hand")
  }
  return Result.succeed(parts)
}

/** What an editor may do to a text without changing it. */
const normal = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trim()
