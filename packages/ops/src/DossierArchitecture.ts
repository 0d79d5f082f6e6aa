/**
 * Part 1 of a dossier: what is integrated, what a call passes through, how it can fail and what then happens.
 *
 * Neighbours: `Dossier` puts the parts together; the numbers behind the strategy are in `DossierPolicy`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as HttpExchange from "surety/signals/HttpExchange"
import * as Amount from "./Amount.ts"
import * as Diagram from "./Diagram.ts"
import * as DiagramBreaker from "./DiagramBreaker.ts"
import * as DiagramPipeline from "./DiagramPipeline.ts"
import type { Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import * as DossierExceptions from "./DossierExceptions.ts"
import * as FailureModes from "./DossierFailureModes.ts"
import type { DossierSource } from "./DossierSource.ts"
import { address, byGroup, groupOf } from "./DossierSource.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const part = (source: DossierSource): Section =>
  Doc.section(
    "architecture",
    "Integration architecture and failure-mode strategy",
    [],
    [
      identity(source),
      pipeline(source),
      operations(source),
      FailureModes.section(source),
      failures(source),
      circuit(source),
      DossierExceptions.section(source)
    ]
  )

const identity = ({ contract, explanation, hash }: DossierSource): Section => {
  const { version } = contract
  return Doc.section("identity", "Identity and ownership", [
    Doc.facts([
      ["Provider", [Doc.code(contract.id)]],
      ["Address", [Doc.code(contract.baseUrl)]],
      ["Owner", contract.owner],
      ["Criticality", [Doc.badge(contract.criticality, toneOf(contract.criticality))]],
      ["When it is down", explanation.degradation],
      [
        "API version",
        "value" in version
          ? [Doc.code(version.value), " in the header ", Doc.code(version.header)]
          : `not versioned: ${version.unversioned}`
      ],
      ["Runbook", [address(contract.runbook)]],
      [
        "Names a request by",
        contract.requestId === undefined ? "nothing" : ["the header ", Doc.code(contract.requestId)]
      ],
      ["Contract hash", [Doc.code(hash), ", on every process as ", Doc.code("integration.contract.info")]]
    ])
  ])
}

const toneOf = (criticality: string): "bad" | "warn" | "calm" =>
  criticality === "critical" ? "bad" : criticality === "high" ? "warn" : "calm"

const pipeline = ({ explanation, options }: DossierSource): Section => {
  const diagram = DiagramPipeline.of(explanation, options.credential)
  return Doc.section("pipeline", "What a call passes through", [
    Doc.paragraph(
      "Every call takes the same way. Waiting, queueing, refreshing and retrying are all paid from one deadline, and a wait that it cannot pay for is refused at once."
    ),
    {
      _tag: "Figure",
      svg: Diagram.toSvg(diagram),
      text: diagram.text,
      caption:
        "Solid lines are the way of a call, dashed ones what a guard answers instead. All guards before the attempt refuse without a request: the caller gets NotAttempted, and nothing has happened at the provider."
    },
    Doc.list([
      "No permit is held while a call waits for its next attempt.",
      "The attempt timeout covers the whole body and its decoding, not only the head of the answer.",
      "Refusals of our own and mistakes of callers never count for the circuit."
    ])
  ])
}

const operations = (source: DossierSource): Section => {
  const { contract, explanation } = source
  return Doc.section("operations", "Operations", [
    Doc.table(
      `${Amount.count(explanation.operations.length, "operation")}. Operations of one group have the same failures under the same rules.`,
      ["Operation", "Request", "Group", "After a lost answer", "Fallback"],
      explanation.operations.map(({ fallback, kind, name, plan, replaySafe }): ReadonlyArray<Text> => {
        const operation = contract.operations[name]
        const endpoint = operation === undefined ? undefined : HttpExchange.endpointOf(operation)
        return [
          [Doc.code(name)],
          endpoint === undefined ? kind : [Doc.code(`${endpoint.method} ${endpoint.path}`)],
          groupOf(source, name),
          kind === "read"
            ? "sent again: it changes nothing"
            : replaySafe === "yes"
              ? `sent again: ${plan._tag === "Key" ? `same ${plan.header}` : plan._tag === "Natural" ? plan.because : plan._tag === "Reconcile" ? `after a look by ${plan.via}` : "declared"}`
              : plan._tag === "AcceptedRisk"
                ? `not sent again, and the risk is accepted: ${plan.because}`
                : "not sent again",
          fallback === "none" ? "none" : fallbacks[fallback]
        ]
      })
    )
  ])
}

const fallbacks = {
  constant: "a fixed answer",
  stale: "the last good answer",
  other: "another provider's answer"
} as const

const failures = ({ failures }: DossierSource): Section =>
  Doc.section("failures", "Every failure", [
    Doc.paragraph(
      "One row for each thing an attempt can meet. One classification feeds the retry rules, the circuit, the objective and the signals, so these columns cannot contradict each other."
    ),
    Doc.table(
      "What an attempt can meet, and what it means. A status that is not listed is UndeclaredStatus from 500 on, and ContractViolation below.",
      ["Failure", "Status", "Fault", "Applied?", "Circuit", "Objective", "The caller gets"],
      [...failures].map(([tag, found]): ReadonlyArray<Text> => {
        const first = found[0]?.failure
        if (first === undefined) return []
        return [
          [Doc.code(tag)],
          first.statuses.length === 0
            ? first.origin === "transport"
              ? (unlisted[tag] ?? "none")
              : "by body"
            : [...first.statuses].sort((a, b) => a - b).join(", "),
          [Doc.badge(first.fault, first.fault === "provider" || first.fault === "network" ? "warn" : "calm")],
          tag === "ContractViolation" ? "perhaps: it cannot be read" : applied[first.disposition],
          first.health,
          first.slo === "counts against it" ? [Doc.badge("counts", "bad")] : "no",
          byGroup(
            found.map(({ failure, group }) => [
              group.name,
              failure.ending === "itself" ? "the failure itself" : failure.ending
            ])
          )
        ]
      })
    )
  ])

/** What every operation can meet with a status; a violation may be in the body of a declared one. */
const unlisted: Readonly<Record<string, string>> = { UndeclaredStatus: "other 5xx", ContractViolation: "any" }

const applied = {
  safe: "no, certainly",
  "idempotent-only": "perhaps",
  never: "refused on its merits"
} as const

const circuit = ({ explanation }: DossierSource): Section => {
  const diagram = DiagramBreaker.of(explanation)
  return Doc.section("circuit", "The circuit", [
    Doc.paragraph(
      "The circuit is judged by attempts, each by the declared meaning of its failure. While it is open, calls fail at once and load stays away from the provider; it finds its own way back."
    ),
    {
      _tag: "Figure",
      svg: Diagram.toSvg(diagram),
      text: diagram.text,
      caption:
        "Waiting times are jittered into the upper half, so that processes do not probe together. An operator can isolate the provider from any state."
    }
  ])
}
