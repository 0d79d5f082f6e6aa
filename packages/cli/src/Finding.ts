/**
 * What `check` found: where, which rule, and what to do.
 *
 * Neighbours: `ContractCheck` and `Drift` find, `commands/Check` prints.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * The closed list of rules.
 *
 * **Details**   `definition`: the contract is refused when it is made. `cardinality`: more histogram series than it allows
 * itself. `…-due`: a day that is past or near. `generated`: rules
 * that the framework's signals cannot answer. `drift-…`: generated files that are not what the contract generates now.
 *
 * @category models
 * @since 0.1.0
 */
export type Rule =
  | "definition"
  | "cardinality"
  | "review-due"
  | "rotation-due"
  | "expiry-due"
  | "sunset-due"
  | "generated"
  | "drift-missing"
  | "drift-changed"
  | "drift-left-over"

/**
 * A finding.
 *
 * **Details**   `field`: of the contract, such as `version.reviewBy`, or the path of a file.
 *
 * @category models
 * @since 0.1.0
 */
export interface Finding {
  readonly provider: string
  readonly field: string
  readonly rule: Rule
  readonly message: string
}

/**
 * A finding on one line.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toText = ({ field, message, provider, rule }: Finding): string =>
  `${provider}: ${field} [${rule}] ${message.replace(/\s*\n\s*/g, " ")}`

/**
 * A contract that was refused.
 *
 * **Example** (The provider and the field are in the sentence)
 *
 * ```ts import.meta.vitest
 * import * as Finding from "@surety/cli/Finding"
 *
 * const one = Finding.fromRefusal("acme/Pay: slo.availability must be in (0, 1), got 2")
 * one.provider // => "acme/Pay"
 * one.field // => "slo.availability"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromRefusal = (message: string): Finding => {
  const [, subject = "contract", text = message] = /^(\S+(?: \S+)?): ([\s\S]*)$/.exec(message) ?? []
  const path = /^[a-z]\w*(\.[\w$]+)+|^(owner|runbook|baseUrl|redirectsTo)\b/.exec(text)?.[0]
  return { provider: subject, field: path ?? "contract", rule: "definition", message: text }
}
