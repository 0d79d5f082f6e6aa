/**
 * What a dossier is written from: the contract, its explanation, and its alerts, each read once; and the operations in
 * groups that are guarded alike, because ten equal columns say less than one.
 *
 * Neighbours: the four parts of a `Dossier` take it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import type { ExplainedFailure, ExplainedOperation, Explanation } from "surety/Explanation"
import * as Provider from "surety/Provider"
import * as ContractHash from "surety/signals/ContractHash"
import { type Alert, severityOf } from "./Alert.ts"
import * as Amount from "./Amount.ts"
import * as Doc from "./Document.ts"
import type { Options } from "./Options.ts"

/**
 * Operations with the same failures and the same rules.
 *
 * @category models
 * @since 0.1.0
 */
export interface Group {
  readonly name: string
  readonly operations: ReadonlyArray<ExplainedOperation>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface DossierSource {
  readonly contract: Contract.Any
  readonly explanation: Explanation
  readonly options: Options
  readonly alerts: ReadonlyArray<Alert>
  readonly hash: string
  readonly groups: ReadonlyArray<Group>
  /** Every failure by its tag, in the order of declaration. */
  readonly failures: ReadonlyMap<string, ReadonlyArray<{ readonly group: Group; readonly failure: ExplainedFailure }>>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (contract: Contract.Any, options: Options, alerts: ReadonlyArray<Alert>): DossierSource => {
  const explanation = Provider.explain(contract)
  const groups = groupsOf(explanation.operations)
  const failures = new Map<string, Array<{ group: Group; failure: ExplainedFailure }>>()
  for (const group of groups) {
    for (const failure of group.operations[0]?.failures ?? []) {
      const found = failures.get(failure.tag)
      if (found === undefined) failures.set(failure.tag, [{ group, failure }])
      else found.push({ group, failure })
    }
  }
  return { contract, explanation, options, alerts, hash: ContractHash.of(contract), groups, failures }
}

const groupsOf = (operations: ReadonlyArray<ExplainedOperation>): ReadonlyArray<Group> => {
  const byRules = new Map<string, Array<ExplainedOperation>>()
  for (const operation of operations) {
    const { failures, kind, replaySafe } = operation
    const key = JSON.stringify([kind, replaySafe, failures.map((one) => ({ ...one, worstCaseMillis: 0 }))])
    const found = byRules.get(key)
    if (found === undefined) byRules.set(key, [operation])
    else found.push(operation)
  }
  const found = [...byRules.values()]
  return found.map((members) => {
    const kind = members[0]?.kind === "mutation" ? "mutation" : "read"
    const alike = found.filter(([first]) => first?.kind === members[0]?.kind)
    const plural = kind === "read" ? "Reads" : "Mutations"
    return {
      name: alike.length === 1 ? plural : `${plural} ${letter(alike.indexOf(members))}`,
      operations: members
    }
  })
}

const letter = (at: number): string => (at < 26 ? String.fromCharCode(65 + at) : String(at + 1))

/**
 * The name of the group of an operation.
 *
 * @category getters
 * @since 0.1.0
 */
export const groupOf = ({ groups }: DossierSource, operation: string): string =>
  groups.find(({ operations }) => operations.some(({ name }) => name === operation))?.name ?? ""

/**
 * A sentence for each value that differs between groups, one for all when it does not.
 *
 * @category conversions
 * @since 0.1.0
 */
export const byGroup = (values: ReadonlyArray<readonly [group: string, value: string]>): string => {
  const groups = new Map<string, Array<string>>()
  for (const [group, value] of values) groups.set(value, [...(groups.get(value) ?? []), group])
  if (groups.size === 1) return values[0]?.[1] ?? ""
  return [...groups].map(([value, names]) => `${Amount.all(names)}: ${value}`).join("; ")
}

/**
 * A link to a place in the document.
 *
 * @category constructors
 * @since 0.1.0
 */
export const see = (text: string, id: string): Doc.Inline => Doc.link(text, `#${id}`)

/**
 * Everything an operation's page or an operator's note may be linked with: `team-x` as it is, an address as a link.
 *
 * @category constructors
 * @since 0.1.0
 */
export const address = (text: string): Doc.Inline => Doc.link(text, text)

/**
 * How an alert tells: "a page", "a ticket", or nobody where the criticality does without.
 *
 * **Details**   `id` as the alert has it.
 *
 * @category getters
 * @since 0.1.0
 */
export const toldBy = ({ alerts }: DossierSource, id: string): string => {
  const alert = alerts.find((one) => one.id === id)
  return alert === undefined ? "nobody is told" : severityOf(alert) === "page" ? "a page" : "a ticket"
}
