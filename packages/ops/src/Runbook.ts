/**
 * One page for each alert: what it means, what it costs, what to look at first, what may be done and how to see that it is
 * over, with the numbers of the contract. People's notes on a page outlive its next generation.
 *
 * Neighbours: `AlertRules` names the pages; `RunbookNotes` keeps the notes; `Dossier` points here.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import type * as Contract from "surety/Contract"
import type { ExplainedOperation, ExplainedPlan } from "surety/Explanation"
import * as SignalName from "surety/signals/SignalName"
import { type Alert, severityOf } from "./Alert.ts"
import * as AlertRules from "./AlertRules.ts"
import * as Amount from "./Amount.ts"
import type { Document, Inline, Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import * as DocumentMarkdown from "./DocumentMarkdown.ts"
import * as DossierSource from "./DossierSource.ts"
import * as Options from "./Options.ts"
import { quote } from "./Query.ts"
import * as RunbookDecisions from "./RunbookDecisions.ts"
import * as RunbookLevers from "./RunbookLevers.ts"
import * as RunbookNotes from "./RunbookNotes.ts"
import * as RunbookQueries from "./RunbookQueries.ts"
import * as RunbookTopic from "./RunbookTopic.ts"

/**
 * **Details**   `support`: where to reach the provider's people. `statusPage`: where it says how it is. `sla`: what it promised.
 * No contract can know them; a page says so where they are missing.
 *
 * @category models
 * @since 0.1.0
 */
export interface RunbookOptions extends Options.Options {
  readonly support?: string
  readonly statusPage?: string
  readonly sla?: string
}

/**
 * **Details**   `file` is the name of the alert, with `.md`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page {
  readonly alert: string
  readonly file: string
  readonly document: Document
}

/**
 * The pages of a contract, one for each name among its alerts.
 *
 * **Example** (As many pages as names)
 *
 * ```ts import.meta.vitest
 * import * as Runbook from "@surety/ops/Runbook"
 * import { Stripe } from "@surety/stripe"
 *
 * const [page] = Runbook.make(Stripe.contract, {})
 * page?.file // => "IntegrationSloBurn.md"
 * page?.document.sections.length // => 8
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (contract: Contract.Any, options: RunbookOptions = {}): ReadonlyArray<Page> => {
  const alerts = AlertRules.make(contract, options)
  const source = DossierSource.make(contract, options, alerts)
  return AlertRules.names(alerts).map((name) => ({
    alert: name,
    file: `${name}.md`,
    document: documentOf(
      source,
      options,
      alerts.filter((alert) => alert.name === name),
      name
    )
  }))
}

/**
 * A page as Markdown, with room for notes at its end.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toMarkdown = ({ document }: Page): string => RunbookNotes.page(DocumentMarkdown.of(document), room)

/**
 * The generated page with the notes of the existing one.
 *
 * **Failures**   `NotesAtRisk` naming the file and the rule, when something that people wrote would be lost.
 *
 * @category combinators
 * @since 0.1.0
 */
export const merge = (existing: string, page: Page): Result.Result<string, RunbookNotes.NotesAtRisk> =>
  RunbookNotes.merge(page.file, existing, toMarkdown(page))

const room = "\nIncidents, dead ends, names, telephone numbers.\n"

const documentOf = (
  source: DossierSource.DossierSource,
  options: RunbookOptions,
  alerts: ReadonlyArray<Alert>,
  name: string
): Document => {
  const { contract, hash } = source
  const topic = RunbookTopic.topicOf(RunbookTopic.subjectOf(name))
  const pages = alerts.some((alert) => severityOf(alert) === "page")
  return {
    title: name,
    lead: [
      Doc.code(contract.id),
      ", owned by ",
      Doc.strong(contract.owner),
      `. ${pages ? "It wakes somebody up." : "It waits for working hours."}`
    ],
    figures: [],
    sections: [
      meaning(alerts),
      impact(source),
      firstMinutes(source, options, topic, name),
      Doc.section("decide", "4. Decide", [
        Doc.list(topic.causes),
        Doc.table(
          "What an error.type means here.",
          ["error.type", "Meaning", "Fault", "Sent again by itself", "Who acts"],
          RunbookDecisions.rows(source)
        )
      ]),
      Doc.section("levers", "5. Safe levers", [
        Doc.paragraph("Each acts on one process, at once. Those for this alert come first."),
        Doc.table(
          "What may be done, and what it costs.",
          ["Lever", "Effect", "Side effect"],
          RunbookLevers.rows(contract, source.explanation, RunbookTopic.subjectOf(name))
        )
      ]),
      escalate(source, options),
      verify(source, topic),
      Doc.section("notes", "8. Notes", [
        Doc.paragraph(
          "What stands above is generated from the contract ",
          Doc.code(hash),
          " and replaced when that changes. What stands below is yours, and kept."
        )
      ])
    ],
    foot: ""
  }
}

const meaning = (alerts: ReadonlyArray<Alert>): Section =>
  Doc.section(
    "meaning",
    "1. Meaning",
    alerts.flatMap((alert, at) => [
      Doc.paragraph(
        ...(alerts.length === 1 ? [] : [Doc.strong(`${at + 1} of ${alerts.length}, ${severityOf(alert)}: `)]),
        alert.meaning,
        ` Fires ${alert.for === undefined ? "at once" : `when that was so for ${alert.for}`}${
          alert.keepFiringFor === undefined ? "" : `, and goes on for ${alert.keepFiringFor} afterwards`
        }.`
      ),
      Doc.listing("promql", alert.expr)
    ])
  )

const impact = ({ contract, explanation }: DossierSource.DossierSource): Section => {
  const named = (names: ReadonlyArray<string>): Text =>
    names.length === 0 ? "none" : Doc.join(names.map(Doc.code), ", ")
  const { operations } = explanation
  return Doc.section("impact", "2. Impact", [
    Doc.facts([
      ["Criticality", contract.criticality],
      ["What callers get meanwhile", explanation.degradation],
      ["Can read", named(operations.filter((one) => one.kind === "read").map((one) => one.name))],
      ["Can change", named(operations.filter((one) => one.kind === "mutation").map((one) => one.name))],
      ["With a fallback", named(operations.filter((one) => one.fallback !== "none").map((one) => one.name))],
      [
        "Promise",
        `${Amount.percent(explanation.slo.availability)} of calls over ${Amount.time(explanation.slo.windowMillis)}`
      ],
      ["A caller waits at most", Amount.times(operations.map((one) => one.totalMillis))]
    ])
  ])
}

const firstMinutes = (
  { contract }: DossierSource.DossierSource,
  options: RunbookOptions,
  topic: RunbookTopic.Topic,
  name: string
): Section => {
  const dashboard = Options.dashboardUrl(contract, options)
  return Doc.section("first", "3. First five minutes", [
    Doc.steps([
      [
        "Dashboard of the last hour: ",
        dashboard === undefined
          ? Doc.code(Options.dashboardUid(contract))
          : Doc.link("open", `${dashboard}?from=now-1h&to=now`),
        "."
      ],
      ["Status page of the provider: ", ...known(options.statusPage, "statusPage"), "."],
      "Ask these three questions."
    ]),
    ...RunbookQueries.make(contract, options, RunbookTopic.subjectOf(name)).flatMap(({ asks, expr }) => [
      Doc.paragraph(asks),
      Doc.listing("promql", expr)
    ]),
    Doc.paragraph("Traces of failing calls (TraceQL):"),
    Doc.listing("traceql", traceOf(contract, topic.errors)),
    Doc.paragraph(
      ...(topic.events.length === 0
        ? ["This alert has no log event of its own."]
        : [
            "Log events to filter by: ",
            ...Doc.join(topic.events.map(Doc.code), ", "),
            ", with ",
            Doc.code(`${SignalName.provider}=${contract.id}`),
            "."
          ])
    )
  ])
}

const traceOf = (contract: Contract.Any, errors: ReadonlyArray<string> | undefined): string => {
  const provider = `span.${SignalName.provider} = ${quote(contract.id)}`
  return errors === undefined
    ? `{ ${provider} && span.${SignalName.errorType} != nil }`
    : `{ ${provider} && span.${SignalName.errorType} =~ ${quote(errors.join("|"))} }`
}

const escalate = ({ contract }: DossierSource.DossierSource, options: RunbookOptions): Section =>
  Doc.section("escalate", "6. Escalate", [
    Doc.facts([
      ["Our owner", contract.owner],
      ["The team's runbook", [DossierSource.address(contract.runbook)]],
      ["The provider's support", known(options.support, "support")],
      ["What it promised", known(options.sla, "sla")],
      [
        "Attach",
        contract.requestId === undefined
          ? "times in UTC, operation and status; this provider names no requests"
          : [
              "three values of the header ",
              Doc.code(contract.requestId),
              " from failing attempts (span attribute ",
              Doc.code(`http.response.header.${contract.requestId}`),
              "), with times in UTC, operation and status"
            ]
      ],
      ["Never attach", "a secret, a body, or an address with its query"]
    ])
  ])

const known = (value: string | undefined, option: string): ReadonlyArray<Inline> =>
  value === undefined ? ["not known yet: give the generator ", Doc.code(option)] : [DossierSource.address(value)]

const verify = ({ explanation }: DossierSource.DossierSource, topic: RunbookTopic.Topic): Section => {
  const open = explanation.operations.filter((one) =>
    one.failures.some((failure) => failure.ending === "OutcomeUnknown")
  )
  return Doc.section("verify", "7. Verify recovery", [
    Doc.steps([
      topic.over,
      ...(open.length === 0
        ? ["Nothing is left open: no operation can end with an unknown outcome."]
        : [
            "Settle every call whose outcome is unknown:",
            ...bySettling(open).map(([how, names]): Text => [...Doc.join(names.map(Doc.code), ", "), ": ", how])
          ]),
      "Write what you learned into the notes below."
    ])
  ])
}

const bySettling = (
  operations: ReadonlyArray<ExplainedOperation>
): ReadonlyArray<readonly [how: string, names: ReadonlyArray<string>]> => {
  const found = new Map<string, Array<string>>()
  for (const { name, plan } of operations) {
    const how = settle(plan)
    found.set(how, [...(found.get(how) ?? []), name])
  }
  return [...found]
}

const settle = (plan: ExplainedPlan): string => {
  switch (plan._tag) {
    case "Key":
      return `call it again with the key of the failure, within ${Amount.time(plan.retainedForMillis)}; the provider answers what happened, and applies nothing twice. That settles it on the process that makes the call; elsewhere it counts until settle(), or until the key ends.`
    case "Reconcile":
      return `look it up by ${plan.via}; found means applied${plan.absent === "not-applied" ? ", and absent means not" : ", absent proves nothing"}. ${untold}`
    case "Natural":
      return `call it again: ${plan.because}. It is not counted as open.`
    default:
      return `look at the provider's own screen before anybody calls it again; a repeat may be applied twice. ${untold}`
  }
}

const untold =
  "No process learns what you found: say it with settle() on the one that lost the call, or it counts there for a day."
