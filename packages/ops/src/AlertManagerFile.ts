/**
 * `alertmanager.yml` with a part that is yours. Routes and inhibitions are generated and replaced; what stands between the
 * two marks stays byte for byte: the receivers, and `global`, `templates` or `time_intervals` when you write them there. A
 * receiver that a new owner needs is added to yours, none is taken away.
 *
 * Where a file of receivers is given (`Receivers`) they are generated too, and your part is for the rest.
 *
 * Neighbours: `AlertManager` makes the value; `RunbookNotes` does the same for pages.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { isMap, isSeq, parseDocument } from "yaml"
import type * as AlertManager from "./AlertManager.ts"
import * as Receivers from "./Receivers.ts"
import * as ReceiverSecret from "./ReceiverSecret.ts"
import * as Yaml from "./Yaml.ts"

/** @category constants @since 0.1.0 */
export const begin = "# surety:yours:begin"

/** @category constants @since 0.1.0 */
export const end = "# surety:yours:end"

/**
 * Why a file cannot be generated again without losing what people wrote.
 *
 * **Details**   `marks`: not one `begin` before one `end`. `unmarked`: people wrote into a file without marks. `syntax`: their
 * part is no YAML. `receivers`: it names them in a form that nothing can be added to, or beside those that were given.
 *
 * @category models
 * @since 0.1.0
 */
export interface AtRisk {
  readonly rule: "marks" | "unmarked" | "syntax" | "receivers"
  readonly detail: string
}

/**
 * The file, before anybody wrote into it.
 *
 * **Details**   `receivers`: `given` when they come from elsewhere, `yours` when they are to be written into the file.
 *
 * @category constructors
 * @since 0.1.0
 */
export const toText = (config: AlertManager.Config, header: string, receivers: "given" | "yours"): string => {
  const { receivers: all, ...rest } = config
  const list = `receivers:\n${all.map(line).join("")}`
  return [
    Yaml.toYaml(
      rest,
      `${header}\nYours is what stands between the two marks at the end; everything else is generated.`
    ),
    receivers === "given" ? list : "",
    `${begin}\n`,
    receivers === "given"
      ? "# Kept when this file is generated again: global, templates, time_intervals.\n"
      : `# Kept when this file is generated again: who is told; global, templates and time_intervals too.\n${list}`,
    `${end}\n`
  ].join("")
}

/** What no route takes needs nobody. */
const line = (receiver: AlertManager.Config["receivers"][number]): string => {
  const text = Yaml.toYaml([receiver]).replace(/^/gm, "  ").replace(/ +$/, "")
  return isLacking(receiver) ? text.replace("\n", " # tells nobody yet\n") : text
}

const isLacking = (receiver: Readonly<Record<string, unknown>>): boolean =>
  receiver["name"] !== "nobody" && Receivers.isEmpty(receiver)

/**
 * The generated file with the part that is theirs.
 *
 * **Failures**   `AtRisk`: nothing that people wrote may get lost, and the file would have to be valid.
 *
 * @category combinators
 * @since 0.1.0
 */
export const merge = (existing: string, generated: string): Result.Result<string, AtRisk> => {
  const [theirs, ours] = [split(existing), split(generated)]
  if (theirs === undefined) return withoutMarks(existing, generated)
  if (theirs === "broken" || ours === undefined || ours === "broken") {
    return risk("marks", `the part that is yours is not between one '${begin}' and one '${end}' after it`)
  }
  const added = withMissing(
    theirs.part,
    namesOf(ours.part) ?? [],
    namesOf(ours.before) === undefined ? "yours" : "given"
  )
  return Result.map(added, (part) => `${ours.before}${begin}\n${part}${end}\n`)
}

interface Parts {
  readonly before: string
  readonly part: string
}

const split = (text: string): Parts | "broken" | undefined => {
  const lines = text.replace(/\r\n?/g, "\n").split("\n")
  const at = (mark: string): ReadonlyArray<number> => lines.flatMap((one, n) => (one.trim() === mark ? [n] : []))
  const [begins, ends] = [at(begin), at(end)]
  if (begins.length === 0 && ends.length === 0) return undefined
  const [from = 0, to = 0] = [begins[0], ends[0]]
  if (begins.length !== 1 || ends.length !== 1 || to < from) return "broken"
  const joined = (some: ReadonlyArray<string>): string => some.map((one) => `${one}\n`).join("")
  return { before: joined(lines.slice(0, from)), part: joined(lines.slice(from + 1, to)) }
}

/** A file of before there were marks is replaced when it holds nothing but what was generated. */
const withoutMarks = (existing: string, generated: string): Result.Result<string, AtRisk> => {
  const value = valueOf(existing)
  const isGenerated =
    Receivers.isMapping(value) &&
    Object.keys(value).every((key) => ["route", "receivers", "inhibit_rules"].includes(key)) &&
    Array.isArray(value["receivers"]) &&
    value["receivers"].every((one) => Receivers.isMapping(one) && Receivers.isEmpty(one))
  return isGenerated || !/^\w/m.test(existing)
    ? Result.succeed(generated)
    : risk("unmarked", "people wrote into it, and it has no marks around what is theirs")
}

const withMissing = (
  part: string,
  needed: ReadonlyArray<string>,
  receivers: "yours" | "given"
): Result.Result<string, AtRisk> => {
  const document = parseDocument(part)
  if (valueOf(part) === undefined) return risk("syntax", "the part that is yours is no YAML")
  if (document.contents !== null && !isMap(document.contents)) {
    return risk("syntax", "the part that is yours is no mapping")
  }
  const all: unknown = document.get("receivers")
  if (receivers === "given") {
    return all === undefined ? Result.succeed(part) : risk("receivers", "it has receivers, and others were given")
  }
  const names = namesOf(part)
  const missing = needed.filter((name) => names?.includes(name) !== true)
  if (missing.length === 0) return Result.succeed(part)
  const lines = missing.map((name) => line({ name }))
  if (all === undefined) return Result.succeed(`${part}receivers:\n${lines.join("")}`)
  const [first] = isSeq(all) && all.flow !== true ? all.items : []
  if (!isSeq(all) || !isMap(first) || !Array.isArray(first.range) || !Array.isArray(all.range)) {
    return risk("receivers", "its receivers are no list with a line for each, and more are needed")
  }
  // as far in as theirs, after the last of them
  const dash = part.lastIndexOf("\n", part.lastIndexOf("-", first.range[0])) + 1
  const indent = /^ */.exec(part.slice(dash))?.[0] ?? ""
  const body = part.slice(0, all.range[1])
  const rest = part.slice(all.range[1])
  const own = lines.map((text) => text.replace(/^ {2}/gm, indent)).join("")
  return Result.succeed(
    `${body}${body.endsWith("\n") ? "" : "\n"}${own}${body.endsWith("\n") ? rest : rest.replace(/^\n/, "")}`
  )
}

/** The receivers that a text names; `undefined` when it says nothing of any. */
const namesOf = (text: string): ReadonlyArray<string> | undefined => receiversOf(text)?.map(({ name }) => String(name))

const receiversOf = (text: string): ReadonlyArray<Readonly<Record<string, unknown>>> | undefined => {
  const value = valueOf(text)
  const all = Receivers.isMapping(value) ? value["receivers"] : undefined
  return Array.isArray(all) ? all.filter(Receivers.isMapping) : undefined
}

/** `null` for a text that says nothing, `undefined` for one that is no YAML. */
const valueOf = (text: string): unknown => {
  const document = parseDocument(text)
  try {
    return document.errors.length === 0 ? document.toJS() : undefined
  } catch {
    // an alias of nothing, or too many of them
    return undefined
  }
}

/**
 * The receivers of a file that tell nobody, by name.
 *
 * @category getters
 * @since 0.1.0
 */
export const lacking = (text: string): ReadonlyArray<string> =>
  (receiversOf(text) ?? []).filter(isLacking).map(({ name }) => String(name))

/**
 * The secrets that stand in a file, in what it says of everybody (`global`) and in its receivers.
 *
 * @category getters
 * @since 0.1.0
 */
export const secrets = (text: string): ReadonlyArray<ReceiverSecret.ReceiverSecret> => {
  const value = valueOf(text)
  const ofAll = Receivers.isMapping(value) ? ReceiverSecret.within("global", value["global"], "global") : []
  const ofReceivers = (receiversOf(text) ?? []).flatMap(({ name, ...integrations }) =>
    Object.entries(integrations).flatMap(([kind, configs]) =>
      ReceiverSecret.within(kind, configs, `${String(name)}.${kind}`)
    )
  )
  return [...ofAll, ...ofReceivers]
}

const risk = (rule: AtRisk["rule"], detail: string): Result.Result<never, AtRisk> => Result.fail({ rule, detail })
