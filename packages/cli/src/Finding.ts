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
 * **Details**   `types`: the compiler refuses the module. `module`: Node does not load it. `definition`: the contract is refused
 * when it is made. `law`: the contract was made and breaks a law. `cardinality`: more histogram series than it allows
 * itself. `…-due`: a day that is past or near. `generated`: rules
 * that the framework's signals cannot answer. `drift-…`: generated files that are not what the contract generates now;
 * `drift-hash` when they differ in nothing but its hash, `drift-flags` when they were generated with other flags.
 * `receiver-empty`: a route leads to it, and it tells nobody. `receiver-secret`: a secret stands in a file that is committed.
 *
 * @category models
 * @since 0.1.0
 */
export type Rule =
  | "types"
  | "module"
  | "definition"
  | "law"
  | "cardinality"
  | "review-due"
  | "rotation-due"
  | "expiry-due"
  | "sunset-due"
  | "generated"
  | "drift-missing"
  | "drift-changed"
  | "drift-left-over"
  | "drift-hash"
  | "drift-flags"
  | "receiver-empty"
  | "receiver-secret"

/**
 * A finding.
 *
 * **Details**   `provider`: its id, or the module where the provider is not known. `field`: of the contract, such as
 * `version.reviewBy`, the path of a file, or a place in one (`src/Payments.ts:12:3`). `law`: the code of the law, where it is
 * one: `OP-003`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Finding {
  readonly provider: string
  readonly field: string
  readonly rule: Rule
  readonly law?: string
  readonly message: string
}

/**
 * What a check did not look at. It is no finding: the exit code does not change.
 *
 * **Details**   `types-not-checked`: no compiler was there. `rotation-not-watched`: the day on which a fixed key came is not known.
 *
 * @category models
 * @since 0.1.0
 */
export interface Note {
  readonly rule: "types-not-checked" | "rotation-not-watched"
  readonly message: string
}

/**
 * A finding on one line.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toText = ({ field, law, message, provider, rule }: Finding): string => {
  const subject = rule === "types" ? field : `${provider}: ${field}`
  return `${subject} [${law ?? rule}] ${message.replace(/\s*\n\s*/g, " ")}`
}

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
 * Finding.fromRefusal("acme/Pay: owner is missing or empty").law // => "PROV-001"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromRefusal = (message: string): Finding => {
  const [, subject = "contract", text = message] = /^(\S+(?: \S+)?): ([\s\S]*)$/.exec(message) ?? []
  const lacks = /^([a-z]\w*(?:\.[a-z]\w*)?) is missing or empty$/.exec(text)?.[1]
  const path = lacks ?? /^[a-z]\w*(\.[\w$]+)+|^(baseUrl|redirectsTo)\b/.exec(text)?.[0]
  const law = Object.entries(laws).find(([, fields]) => fields.includes((path ?? "").split(".")[0] ?? ""))?.[0]
  return {
    provider: subject,
    field: path ?? "contract",
    rule: "definition",
    ...(law === undefined || lacks === undefined ? {} : { law }),
    message: text
  }
}

/** Which law asks for a field. */
const laws: Readonly<Record<string, ReadonlyArray<string>>> = {
  "OP-001": ["timeout"],
  "OP-002": ["failures"],
  "OP-003": ["idempotency"],
  "RETRY-004": ["retry"],
  "PROV-001": ["owner", "slo", "runbook"],
  "PROV-002": ["credentials"],
  "PROV-003": ["criticality", "degradation"],
  "PROV-004": ["limits", "version"],
  "PROV-005": ["operations"]
}
