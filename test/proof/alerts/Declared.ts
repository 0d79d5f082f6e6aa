/**
 * What a contract declares about its alerts, read from the same data that the files for the servers are made of: who is
 * told of each, and what keeps it back.
 */
import { type Alert, AlertManager, AlertRules } from "@surety/ops"
import type * as Contract from "surety/Contract"

export type Labels = Readonly<Record<string, string>>

export interface Declared {
  readonly contract: Contract.Any
  readonly rules: ReadonlyArray<Alert.Alert>
  readonly inhibitions: ReadonlyArray<AlertManager.Inhibition>
}

export const of = (contract: Contract.Any): Declared => ({
  contract,
  rules: AlertRules.make(contract),
  inhibitions: AlertManager.make([contract], {}).inhibit_rules
})

/** The rule by its id; a proof that expects an alert which the contract does not have is wrong. */
export const rule = ({ contract, rules }: Declared, id: string): Alert.Alert => {
  const found = rules.find((one) => one.id === id)
  if (found === undefined) throw new RangeError(`${contract.id} declares no alert '${id}'`)
  return found
}

/** The rule that an alert with these labels comes from. */
export const ruleOf = ({ rules }: Declared, labels: Labels): Alert.Alert | undefined =>
  rules.find(
    ({ labels: own, name }) =>
      labels["alertname"] === name && Object.entries(own).every(([label, value]) => labels[label] === value)
  )

/** Where its owner is told. */
export const receiver = ({ contract }: Declared, { labels }: Alert.Alert): string =>
  AlertManager.receiverName(contract.owner, labels["severity"] === "page" ? "page" : "ticket")

/** Those of `others` that keep this rule back while they fire. */
export const inhibitors = (
  { inhibitions }: Declared,
  rule: Alert.Alert,
  others: ReadonlyArray<Alert.Alert>
): ReadonlyArray<Alert.Alert> =>
  others.filter((source) =>
    inhibitions.some(
      ({ equal, source_matchers, target_matchers }) =>
        source !== rule &&
        source_matchers.every((matcher) => matches(matcher, source)) &&
        target_matchers.every((matcher) => matches(matcher, rule)) &&
        equal.every((label) => source.labels[label] === rule.labels[label])
    )
  )

const matches = (matcher: string, { labels, name }: Alert.Alert): boolean => {
  const [, label = "", operator, quoted = '""'] = /^(\w+)(=~|!~|!=|=)(".*")$/.exec(matcher) ?? []
  const actual = label === "alertname" ? name : (labels[label] ?? "")
  const wanted = String(JSON.parse(quoted))
  const isMatch = operator?.endsWith("~") === true ? new RegExp(`^(?:${wanted})$`).test(actual) : actual === wanted
  return operator?.startsWith("!") === true ? !isMatch : isMatch
}
