/**
 * The first screen of a page: what is broken, who is hurt, where it is seen, what to do first, when to escalate and how it ends.
 *
 * Neighbours: `RunbookBrief` and `RunbookAdvice` have the words; `Runbook` goes on.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import type { Alert } from "./Alert.ts"
import type { Inline, Section } from "./Document.ts"
import * as Doc from "./Document.ts"
import type * as DossierSource from "./DossierSource.ts"
import * as Options from "./Options.ts"
import type * as RunbookAdvice from "./RunbookAdvice.ts"
import * as RunbookBrief from "./RunbookBrief.ts"
import * as RunbookQueries from "./RunbookQueries.ts"
import * as RunbookTopic from "./RunbookTopic.ts"

/**
 * @category rules
 * @since 0.1.0
 */
export const section = (
  { contract }: DossierSource.DossierSource,
  options: Options.Options & { readonly statusPage?: string },
  advice: RunbookAdvice.Advice,
  alerts: ReadonlyArray<Alert>,
  name: string
): Section => {
  const { broken, escalate, first } = RunbookBrief.of(name)
  const [only] = alerts
  const [question] = questions(contract, options, name)
  return Doc.section("short", "In short", [
    Doc.facts([
      [
        "What is broken",
        alerts.length === 1 && only !== undefined
          ? `${only.meaning} ${timing(only)}`
          : (broken ??
            `One of its ${alerts.length} alerts holds: its labels say which, and the table below what it means.`)
      ],
      ["Who is hurt", advice.hurt],
      [
        "Where to see it",
        [
          ...dashboardOf(contract, options),
          ...statusOf(options),
          question === undefined ? "." : ", and by the question below."
        ]
      ],
      ["Do first", first],
      ["Escalate", `${escalate} Part 6 says how.`],
      ["How it ends", `${advice.over} Part 7 has the query.`]
    ]),
    ...(question === undefined ? [] : [Doc.paragraph(question.asks), Doc.listing("promql", question.expr)])
  ])
}

/**
 * The questions of an alert, the one to begin with first.
 *
 * @category rules
 * @since 0.1.0
 */
export const questions = (
  contract: Contract.Any,
  options: Options.Options,
  alert: string
): ReadonlyArray<RunbookQueries.Question> => {
  const asked = RunbookQueries.make(contract, options, RunbookTopic.subjectOf(alert))
  const { question } = RunbookBrief.of(alert)
  const isFirst = ({ asks }: RunbookQueries.Question): boolean => question !== undefined && asks.startsWith(question)
  return [...asked.filter(isFirst), ...asked.filter((one) => !isFirst(one))]
}

const dashboardOf = (contract: Contract.Any, options: Options.Options): ReadonlyArray<Inline> => {
  const url = Options.dashboardUrl(contract, options)
  return url === undefined
    ? ["on the dashboard with the uid ", Doc.code(Options.dashboardUid(contract))]
    : ["on the ", Doc.link("dashboard of the last hour", `${url}?from=now-1h&to=now`)]
}

const statusOf = ({ statusPage }: { readonly statusPage?: string }): ReadonlyArray<Inline> =>
  statusPage === undefined ? [] : [", on the ", Doc.link("status page of the provider", statusPage)]

const timing = (alert: Alert): string =>
  `It fires ${alert.for === undefined ? "as soon as that is so" : `when that was so for ${alert.for}`}, and ends ${endOf(alert)}.`

/**
 * When an alert ends.
 *
 * @category getters
 * @since 0.1.0
 */
export const endOf = (alert: Alert | undefined): string =>
  alert?.keepFiringFor === undefined ? "when it is over" : `${alert.keepFiringFor} after it is over`
