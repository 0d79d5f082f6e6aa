/**
 * The decision table of a runbook page: from the `error.type` that somebody sees to whose fault it is, whether it is sent
 * again without them, and who has to act. Each `error.type` is in one row.
 *
 * Neighbours: `Runbook` prints it; `surety/Explain` and `ErrorType` are where it comes from.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import type { ExplainedFailure } from "surety/Explanation"
import type * as Failure from "surety/Failure"
import * as ErrorType from "surety/signals/ErrorType"
import * as PossibleRefusals from "surety/signals/PossibleRefusals"
import * as Amount from "./Amount.ts"
import type { Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import { byGroup, type DossierSource } from "./DossierSource.ts"
import type { Advice } from "./RunbookAdvice.ts"

/**
 * The values of `error.type` that belong to an alert: those of its advice, and the declared failures of its kind.
 *
 * @category rules
 * @since 0.1.0
 */
export const typesOf = (contract: Contract.Any, { errors, kind }: Advice): ReadonlyArray<string> | "any" =>
  errors === "any"
    ? "any"
    : [
        ...new Set([
          ...errors,
          ...Object.values(contract.operations)
            .flatMap((operation): ReadonlyArray<Failure.Source<unknown>> => operation.failures)
            .filter((failure) => kind !== undefined && kindsOf(failure).includes(kind))
            .map(({ tag }) => tag)
        ])
      ]

const kindsOf = ({ credential, health, idempotency }: Failure.Source<unknown>): ReadonlyArray<string> => [
  health,
  credential,
  idempotency
]

/**
 * Rows of error type, fault, meaning, retries and who acts.
 *
 * @category rules
 * @since 0.1.0
 */
export const rows = (source: DossierSource, types: ReadonlyArray<string> | "any"): ReadonlyArray<ReadonlyArray<Text>> =>
  all(source)
    .filter((row) => types === "any" || row.types.some((type) => types.includes(type)))
    .map(({ acts, again, faults, means, types }) => [
      Doc.join(types.map(Doc.code), ", "),
      faults.join(" or "),
      means,
      again,
      acts
    ])

interface Row {
  readonly types: ReadonlyArray<string>
  readonly faults: ReadonlyArray<string>
  readonly means: string
  readonly again: string
  readonly acts: string
}

const all = (source: DossierSource): ReadonlyArray<Row> => [
  ...[...source.failures].flatMap(([tag, [first]]) =>
    first === undefined || first.failure.origin !== "declared" ? [] : [declared(source, tag, first.failure)]
  ),
  {
    types: ["dns", "connect_refused", "tls"],
    faults: ["network"],
    means: "no connection: certainly not applied",
    again: again(source, "NotSent"),
    acts: actors.network
  },
  {
    types: ["reset", "body_truncated"],
    faults: ["network"],
    means: "the connection broke: perhaps applied",
    again: again(source, "ConnectionLost"),
    acts: actors.network
  },
  {
    types: ["timeout"],
    faults: ["network", "provider"],
    means: "network: no connection in time, certainly not applied; provider: no answer in time, perhaps applied",
    again: byGroup([
      ["network", again(source, "NotSent")],
      ["provider", again(source, "AttemptTimeout")]
    ]),
    acts: "by its error.fault: whoever runs our network, or the provider"
  },
  {
    types: ["undeclared_status"],
    faults: ["provider"],
    means: "a 5xx that the contract does not declare: perhaps applied",
    again: again(source, "UndeclaredStatus"),
    acts: actors.provider
  },
  {
    types: ["decode", "contract_violation"],
    faults: ["provider"],
    means: "an answer that does not fit the contract: perhaps applied",
    again: again(source, "ContractViolation"),
    acts: "us: correct the contract, if the provider changed"
  },
  ...refusalsOf(source.contract).map((tag): Row => {
    const { fault, type } = ErrorType.refusals[tag]
    return {
      types: [type],
      faults: [fault],
      means: `NotAttempted (${tag}): nothing was sent`,
      again: "no",
      acts: refusalActors[tag] ?? actors[fault]
    }
  }),
  {
    types: [ErrorType.isolated.type],
    faults: [ErrorType.isolated.fault],
    means: "NotAttempted (CircuitOpen), isolated by hand: nothing was sent",
    again: "no",
    acts: "whoever isolated it: close()"
  },
  {
    types: [ErrorType.other],
    faults: ["network", "local"],
    means: "network: the connection failed in a way that has no name here; local: a defect in our own program",
    again: byGroup([
      ["network", again(source, "ConnectionLost")],
      ["local", "no"]
    ]),
    acts: "by its error.fault: whoever runs our network, or us"
  }
]

const declared = (source: DossierSource, tag: string, failure: ExplainedFailure): Row => {
  const { fault, health, statuses } = failure
  const sorted = [...statuses].sort((a, b) => a - b)
  const isRefused = statuses.length > 0 && statuses.every((status) => status === 401 || status === 403)
  return {
    types: [tag],
    faults: [fault],
    means: `declared${statuses.length === 0 ? "" : `: status ${Amount.all(sorted.map(String), "or")}`}`,
    again: again(source, tag),
    acts: isRefused ? "the owner of the credential" : health === "throttled" ? throttled : actors[fault]
  }
}

/** The first attempt is none of them. */
const again = ({ failures }: DossierSource, tag: string): string =>
  byGroup(
    (failures.get(tag) ?? []).map(({ failure: { retry }, group }) => [
      group.name,
      retry._tag === "Retried" ? Amount.retries(retry.maxAttempts) : "no"
    ])
  )

const refusalsOf = (contract: Contract.Any): ReadonlyArray<keyof typeof ErrorType.refusals> => [
  ...new Set(Object.values(contract.operations).flatMap((operation) => PossibleRefusals.of(operation, contract)))
]

const throttled = "us, if we send too much; else the provider: wait"

const actors = {
  provider: "the provider: wait, escalate if it lasts",
  network: "whoever runs our network and DNS",
  caller: "the calling team: the provider is well",
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
