/**
 * One page for each alert. Its first screen is for whoever was woken up: what is broken, who is hurt, where it is seen, what to do
 * first, when to escalate, how it ends. What follows is in the order of an incident: what is hurt, where to look first, what to decide and to do, how to
 * settle unknown outcomes, whom to call, and how to see that it is over, with the numbers of the contract. People's notes on a
 * page outlive its next generation.
 *
 * Neighbours: `AlertRules` names the pages; `RunbookAdvice` knows the subjects; `RunbookNotes` keeps the notes.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import type * as Contract from "surety/Contract"
import * as SignalName from "surety/signals/SignalName"
import { type Alert, severityOf } from "./Alert.ts"
import * as AlertRules from "./AlertRules.ts"
import * as Amount from "./Amount.ts"
import type { Block, Document, Inline, Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import * as DocumentMarkdown from "./DocumentMarkdown.ts"
import * as DossierSource from "./DossierSource.ts"
import type * as Options from "./Options.ts"
import { quote } from "./Query.ts"
import * as RunbookAdvice from "./RunbookAdvice.ts"
import * as RunbookBrief from "./RunbookBrief.ts"
import * as RunbookDecisions from "./RunbookDecisions.ts"
import * as RunbookLevers from "./RunbookLevers.ts"
import * as RunbookNotes from "./RunbookNotes.ts"
import * as RunbookSettlement from "./RunbookSettlement.ts"
import * as RunbookShort from "./RunbookShort.ts"
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
 * page?.document.sections.length // => 9
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
  const subject = RunbookTopic.subjectOf(name)
  const advice = { ...RunbookAdvice.of(subject), ...RunbookBrief.differences(name) }
  const types = RunbookDecisions.typesOf(contract, advice)
  const severities = new Set(alerts.map(severityOf))
  return {
    title: name,
    lead: [
      Doc.code(contract.id),
      ", owned by ",
      Doc.strong(contract.owner),
      `, of ${contract.criticality} criticality. ${
        severities.size > 1
          ? "It wakes somebody up, or waits for working hours: see below."
          : severities.has("page")
            ? "It wakes somebody up."
            : "It waits for working hours."
      }`
    ],
    figures: [],
    sections: [
      RunbookShort.section(source, options, advice, alerts, name),
      hurt(source, alerts),
      firstLook(source, options, advice, types, name),
      decide(source, advice, types),
      act(source, options, subject),
      RunbookSettlement.section(source, options, subject),
      escalate(source, options),
      verify(advice, alerts),
      Doc.section("notes", "8. Notes", [
        Doc.paragraph(
          "What stands above is generated from the contract ",
          Doc.code(hash),
          " and replaced when that changes. What stands between the two marks below is yours, and kept."
        )
      ])
    ],
    foot: ""
  }
}

const hurt = ({ explanation }: DossierSource.DossierSource, alerts: ReadonlyArray<Alert>): Section => {
  const named = (names: ReadonlyArray<string>): Text =>
    names.length === 0 ? "none" : Doc.join(names.map(Doc.code), ", ")
  const { operations } = explanation
  const [only] = alerts
  const ends = [...new Set(alerts.map(RunbookShort.endOf))]
  return Doc.section("hurt", "1. What is hurt", [
    ...(alerts.length === 1
      ? []
      : [
          Doc.table(
            `The alerts of this name, told apart by their labels. ${
              ends.length === 1 ? `Each ends ${RunbookShort.endOf(only)}.` : ""
            }`.trim(),
            ["Which", "Tells", "Means", "Fires after"],
            alerts.map((alert) => [
              [Doc.code(partOf(alert))],
              severityOf(alert),
              ends.length === 1 ? alert.meaning : `${alert.meaning} It ends ${RunbookShort.endOf(alert)}.`,
              alert.for ?? "at once"
            ])
          )
        ]),
    Doc.facts([
      ["When the provider is down", explanation.degradation],
      ["Operations that read", named(operations.filter((one) => one.kind === "read").map((one) => one.name))],
      [
        "Operations that change something",
        named(operations.filter((one) => one.kind === "mutation").map((one) => one.name))
      ],
      ["With a fallback", named(operations.filter((one) => one.fallback !== "none").map((one) => one.name))],
      [
        "Promised",
        `${Amount.percent(explanation.slo.availability)} of calls over ${Amount.time(explanation.slo.windowMillis)}`
      ],
      ["A caller waits at most", waits(operations.map((one) => one.totalMillis))]
    ])
  ])
}

const waits = (millis: ReadonlyArray<number>): string =>
  `${Amount.times(millis)}${new Set(millis).size > 1 ? ", by operation" : ""}`

/** What of its id is not its name. */
const partOf = ({ id, name }: Alert): string => id.slice(name.length).trim()

const firstLook = (
  { contract }: DossierSource.DossierSource,
  options: RunbookOptions,
  { events }: RunbookAdvice.Advice,
  types: ReadonlyArray<string> | "any",
  name: string
): Section => {
  return Doc.section("first", "2. First look", [
    Doc.paragraph("Status page of the provider: ", ...known(options.statusPage, "--status-page"), "."),
    Doc.paragraph("Ask Prometheus, after the question above:"),
    ...RunbookShort.questions(contract, options, name)
      .slice(1)
      .flatMap(({ asks, expr }) => [Doc.paragraph(asks), Doc.listing("promql", expr)]),
    ...(types.length === 0
      ? []
      : [
          Doc.paragraph("Traces of such calls and attempts (TraceQL):"),
          Doc.listing("traceql", traceOf(contract, types))
        ]),
    Doc.paragraph(
      ...(events.length === 0
        ? ["This alert has no log event of its own."]
        : [
            "Log events to filter by: ",
            ...Doc.join(events.map(Doc.code), ", "),
            ", with ",
            Doc.code(`${SignalName.provider}=${contract.id}`),
            "."
          ])
    )
  ])
}

const traceOf = (contract: Contract.Any, types: ReadonlyArray<string> | "any"): string => {
  const provider = `span.${SignalName.provider} = ${quote(contract.id)}`
  return types === "any"
    ? `{ ${provider} && span.${SignalName.errorType} != nil }`
    : `{ ${provider} && span.${SignalName.errorType} =~ ${quote(types.join("|"))} }`
}

const decide = (
  source: DossierSource.DossierSource,
  { causes }: RunbookAdvice.Advice,
  types: ReadonlyArray<string> | "any"
): Section =>
  Doc.section("decide", "3. Decide", [
    Doc.table(
      "What may be behind it, most likely first.",
      ["What it may be", "How it shows", "What to do"],
      causes.map(({ act, is, shows }) => [is, shows, act])
    ),
    ...(types.length === 0
      ? []
      : [
          Doc.table(
            types === "any"
              ? "What each error.type means."
              : "What each error.type that belongs to this alert means. The page of IntegrationSloBurn has all of them.",
            ["error.type", "error.fault", "Means", "Sent again by itself", "Who acts"],
            RunbookDecisions.rows(source, types)
          )
        ])
  ])

const act = (
  { contract, explanation }: DossierSource.DossierSource,
  options: RunbookOptions,
  subject: RunbookTopic.Subject | undefined
): Section => {
  const { elsewhere, here } = RunbookLevers.make(contract, options, explanation, subject)
  const table = (caption: string, rows: ReadonlyArray<ReadonlyArray<Text>>): ReadonlyArray<Block> =>
    rows.length === 0 ? [] : [Doc.table(caption, ["Lever", "Does", "Side effect"], rows)]
  return Doc.section("levers", "4. Act", [
    Doc.paragraph(
      "A lever in code acts at once, on the process where it is called, so call it on each. ",
      Doc.code("service"),
      " is the provider's service there, ",
      Doc.code("credentials"),
      " its credentials; how a person reaches them is up to the program."
    ),
    ...table("For this alert.", here),
    ...table("For other alerts.", elsewhere)
  ])
}

const escalate = ({ contract }: DossierSource.DossierSource, options: RunbookOptions): Section =>
  Doc.section("escalate", "6. Escalate", [
    Doc.facts([
      ["Our owner", contract.owner],
      ["The team's runbook", [DossierSource.address(contract.runbook)]],
      ["The provider's support", known(options.support, "--support")],
      ["What it promised", known(options.sla, "--sla")],
      [
        "Attach",
        contract.requestId === undefined
          ? "operation, status and times in UTC; this provider names no requests"
          : [
              "operation, status and times in UTC of three failing attempts, each with its ",
              Doc.code(contract.requestId),
              " (span attribute ",
              Doc.code(`http.response.header.${contract.requestId}`),
              ")"
            ]
      ],
      ["Never attach", "a secret, a body, or an address with its query"]
    ])
  ])

const known = (value: string | undefined, flag: string): ReadonlyArray<Inline> =>
  value === undefined ? ["not known yet (generate with ", Doc.code(flag), ")"] : [DossierSource.address(value)]

const verify = (advice: RunbookAdvice.Advice, alerts: ReadonlyArray<Alert>): Section =>
  Doc.section("verify", "7. Verify recovery", [
    Doc.paragraph(advice.over),
    Doc.paragraph(
      alerts.length === 1
        ? "The rule, as Prometheus has it. It is over when this gives nothing:"
        : "The rules, as Prometheus has them. It is over when the one that fired gives nothing:"
    ),
    ...alerts.flatMap((alert) => [
      ...(alerts.length === 1 ? [] : [Doc.paragraph(Doc.code(partOf(alert)), ":")]),
      Doc.listing("promql", alert.expr)
    ]),
    Doc.paragraph("Then write what you learned into the notes below.")
  ])
