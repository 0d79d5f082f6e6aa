/**
 * The decision table of a runbook page: from the `error.type` that somebody sees to whose fault it is, whether it is sent
 * again without them, and who has to act.
 *
 * Neighbours: `Runbook` prints it; `surety/Explain` and `ErrorType` are where it comes from.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as ErrorType from "surety/signals/ErrorType"
import * as PossibleRefusals from "surety/signals/PossibleRefusals"
import type { Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import { byGroup, type DossierSource } from "./DossierSource.ts"

/**
 * Rows of error type, meaning, fault, retries and who acts.
 *
 * @category rules
 * @since 0.1.0
 */
export const rows = (source: DossierSource): ReadonlyArray<ReadonlyArray<Text>> => [
  ...[...source.failures].map(([tag, found]): ReadonlyArray<Text> => {
    const first = found[0]?.failure
    if (first === undefined) return []
    const statuses = first.statuses.length === 0 ? "" : `, status ${first.statuses.join(", ")}`
    return [
      first.origin === "declared" ? [Doc.code(tag)] : Doc.join(transportTypes(tag).map(Doc.code), ", "),
      first.origin === "declared" ? `declared${statuses}` : (meanings[tag] ?? tag),
      first.fault,
      byGroup(
        found.map(({ failure: { retry }, group }) => [
          group.name,
          retry._tag === "Retried" ? `up to ${retry.maxAttempts} times` : "no"
        ])
      ),
      actors[first.fault]
    ]
  }),
  ...refusalsOf(source.contract).map((tag): ReadonlyArray<Text> => {
    const { fault, type } = ErrorType.refusals[tag]
    return [
      [Doc.code(type)],
      `NotAttempted (${tag}): nothing was sent`,
      fault,
      "no",
      refusalActors[tag] ?? actors[fault]
    ]
  }),
  [
    [Doc.code(ErrorType.isolated.type)],
    "NotAttempted: isolated by hand",
    ErrorType.isolated.fault,
    "no",
    "whoever isolated it: close()"
  ]
]

const refusalsOf = (contract: Contract.Any): ReadonlyArray<keyof typeof ErrorType.refusals> => [
  ...new Set(Object.values(contract.operations).flatMap((operation) => PossibleRefusals.of(operation, contract)))
]

const transportTypes = (tag: string): ReadonlyArray<string> => {
  switch (tag) {
    case "NotSent":
      return ["dns", "connect_refused", "tls", "timeout"]
    case "ConnectionLost":
      return ["reset", "body_truncated"]
    case "AttemptTimeout":
      return ["timeout"]
    case "UndeclaredStatus":
      return ["undeclared_status"]
    default:
      return ["decode", "contract_violation"]
  }
}

const meanings: Readonly<Record<string, string>> = {
  NotSent: "no connection: certainly not applied",
  ConnectionLost: "the connection broke: perhaps applied",
  AttemptTimeout: "no answer within the attempt's time: perhaps applied",
  UndeclaredStatus: "a status that the contract does not know",
  ContractViolation: "an answer that does not fit the contract"
}

const actors = {
  provider: "the provider: wait, escalate if it lasts",
  network: "whoever runs our network and DNS",
  caller: "the calling team: its request is wrong",
  local: "us: load or limits",
  cancelled: "nobody"
} as const

const refusalActors: Readonly<Record<string, string>> = {
  CircuitOpen: "nobody: it probes by itself",
  CredentialUnavailable: "the owner of the credential",
  CredentialRejected: "the owner of the credential",
  ScopeMissing: "the owner of the credential",
  StoreUnavailable: "whoever runs the shared store"
}
