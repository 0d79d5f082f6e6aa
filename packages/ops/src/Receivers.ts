/**
 * Who is told, as a file of your own says it: for each receiver of the routes what Alertmanager writes beside its name.
 *
 * Alertmanager itself refuses a configuration as a whole; this says which line of whose file is meant, before anything is
 * generated, and refuses secrets. What else stands in an integration (`url`, `channel`) is Alertmanager's to check.
 *
 * Neighbours: `AlertManager` names the receivers and takes these.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import { type Document, parseDocument } from "yaml"
import * as ReceiverSecret from "./ReceiverSecret.ts"

/**
 * By the name of the receiver, such as `team-checkout page`.
 *
 * @category models
 * @since 0.1.0
 */
export type Receivers = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * **Details**   `syntax`: neither YAML nor JSON, or with a tag or an alias that stands for nothing. `shape`: something
 * else than names with integrations. `unknown`: no route leads to a receiver of that name. `integration`: a key that is no `…_configs`. `empty`: it would tell nobody.
 * `secret`: one that stands in the text itself (`ReceiverSecret`).
 *
 * @category models
 * @since 0.1.0
 */
export type Rule = "syntax" | "shape" | "unknown" | "integration" | "empty" | "secret"

/**
 * A file of receivers that cannot be used.
 *
 * **Details**   `field`: `team-checkout page.webhook_configs[0]`; empty for the file as a whole. `detail` quotes no value.
 *
 * @category failures
 * @since 0.1.0
 */
export class ReceiversInvalid extends Data.TaggedError("ReceiversInvalid")<{
  readonly field: string
  readonly rule: Rule
  readonly detail: string
}> {
  override get message(): string {
    return `${this.field === "" ? "" : `${this.field}: `}${this.detail} [${this.rule}]`
  }
}

/**
 * The receivers of a text, YAML or JSON.
 *
 * **Details**   `names`: those that the routes lead to (`AlertManager.receiverNames`). One that the text does not name stays empty.
 *
 * **Failures**   `ReceiversInvalid`, the first one.
 *
 * **Example** (A slip of the pen)
 *
 * ```ts import.meta.vitest
 * import { Receivers } from "@surety/ops"
 * import { Result } from "effect"
 *
 * const read = (text: string) => Receivers.parse(text, ["shop page"])
 * Result.getOrThrow(read("shop page: { webhook_configs: [{ url_file: /run/hook }] }"))["shop page"] // => { webhook_configs: [{ url_file: "/run/hook" }] }
 * Result.merge(Result.mapError(read("shop pages: {}"), ({ message }) => message)) // => "shop pages: no route leads to it, they lead to shop page [unknown]"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string, names: ReadonlyArray<string>): Result.Result<Receivers, ReceiversInvalid> => {
  const document = parseDocument(text)
  // what the parser says quotes the text
  if (document.errors.length > 0) return fail("", "syntax", "it is neither YAML nor JSON")
  const found = document.warnings.length > 0 ? undefined : valueOf(document)
  if (found === undefined)
    return fail("", "syntax", "it has a tag or an alias that stands for nothing that can be written")
  if (!isMapping(found)) return fail("", "shape", "it is no mapping from the name of a receiver to its integrations")
  for (const [name, receiver] of Object.entries(found)) {
    const wrong = check(name, receiver, names)
    if (wrong !== undefined) return Result.fail(wrong)
  }
  // checked just now
  return Result.succeed(found as Receivers)
}

const valueOf = (document: Document.Parsed): unknown => {
  try {
    const value: unknown = document.toJS()
    // an alias within what it is an alias of has no end
    JSON.stringify(value)
    return value
  } catch {
    return undefined
  }
}

const check = (name: string, receiver: unknown, names: ReadonlyArray<string>): ReceiversInvalid | undefined => {
  const invalid = (field: string, rule: Rule, detail: string) => new ReceiversInvalid({ field, rule, detail })
  if (!names.includes(name)) return invalid(name, "unknown", `no route leads to it, they lead to ${names.join(", ")}`)
  if (!isMapping(receiver)) return invalid(name, "shape", "it is no mapping of integrations")
  if (Object.keys(receiver).length === 0) return invalid(name, "empty", "it has no integration")
  for (const [key, configs] of Object.entries(receiver)) {
    const field = `${name}.${key}`
    if (!/^[a-z0-9]+_configs$/.test(key)) return invalid(field, "integration", "an integration is called …_configs")
    if (!Array.isArray(configs)) return invalid(field, "shape", "it is no list")
    if (configs.length === 0) return invalid(field, "empty", "it is an empty list")
    const at = configs.findIndex((config) => !isMapping(config))
    if (at !== -1) return invalid(`${field}[${at}]`, "shape", "it is no mapping")
    const [secret] = ReceiverSecret.within(key, configs, field)
    if (secret !== undefined) {
      return invalid(
        secret.field,
        "secret",
        `a secret stands in it, and would be written into a file that is committed; write ${secret.instead}`
      )
    }
  }
  return undefined
}

const fail = (field: string, rule: Rule, detail: string): Result.Result<never, ReceiversInvalid> =>
  Result.fail(new ReceiversInvalid({ field, rule, detail }))

/**
 * Whether a receiver, as Alertmanager has it, tells anybody.
 *
 * @category rules
 * @since 0.1.0
 */
export const isEmpty = (receiver: Readonly<Record<string, unknown>>): boolean =>
  !Object.entries(receiver).some(
    ([key, configs]) => key.endsWith("_configs") && Array.isArray(configs) && configs.length > 0
  )

/** @category rules @since 0.1.0 */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
