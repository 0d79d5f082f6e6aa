/**
 * A day that comes nearer, and how many days before it who is told: the end of a credential, the end of an operation.
 *
 * Neighbours: `CredentialAlerts` and `ContractAlerts` say whose end it is; the dossier lists the days in its calendars.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Alert from "../Alert.ts"
import type * as AlertDraft from "../AlertDraft.ts"
import * as Samples from "../Samples.ts"

/**
 * **Details**   `standing`: `escalates` when another horizon of the same end is the ticket before it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Horizon {
  readonly days: number
  readonly forMinutes: number
  readonly severity: Alert.Severity
  readonly standing: "alone" | "escalates"
}

/**
 * A ticket, and a page when the end is near and nothing has happened.
 *
 * @category constructors
 * @since 0.1.0
 */
export const both = (ticketDays: number, pageDays: number): ReadonlyArray<Horizon> => [
  { days: ticketDays, forMinutes: 60, severity: "ticket", standing: "alone" },
  { days: pageDays, forMinutes: 5, severity: "page", standing: "escalates" }
]

/**
 * What ends.
 *
 * **Details**   `end`: a selector of the day in seconds since 1970, 0 as long as none is known. `by`: what ends apart.
 * `sample`: one of its series, with the `labels` of the result. `what`: whose end, for the titles of tests. `others`: series
 * that must wake nobody, and `otherwise` what they are.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ending {
  readonly name: string
  readonly summary: string
  readonly meaning: string
  readonly end: string
  readonly by: string
  readonly sample: string
  readonly labels: Readonly<Record<string, string>>
  readonly what: string
  readonly others?: ReadonlyArray<Alert.Input>
  readonly otherwise?: string
}

/** In seconds. */
const day = 86_400

/**
 * The alert of an end, so many days before it.
 *
 * **Details**   `{days}` in `summary` and `meaning` is the number of days.
 *
 * @category constructors
 * @since 0.1.0
 */
export const draft = (
  { days, forMinutes, severity, standing }: Horizon,
  { by, end, labels, meaning, name, otherwise, others = [], sample, summary, what }: Ending
): AlertDraft.Draft => {
  const atMinutes = forMinutes + 20
  const near = `fires ${days - 1} days before ${what}`
  const far = `stays silent ${days + 1} days before${otherwise === undefined ? "" : `, and for ${otherwise}`}`
  const never = "stays silent when no end is known"
  const written = (text: string): string => text.replaceAll("{days}", String(days))
  return {
    name,
    part: partOf(days),
    summary: written(summary),
    meaning: written(meaning),
    expr: `min ${by} (${end} > 0) - time() < ${days} * ${day}`,
    forMinutes,
    severity,
    standing,
    labels: { horizon: partOf(days) },
    trials: [
      { title: near, atMinutes, inputs: [Samples.constant(sample, (days - 1) * day)], labels },
      { title: far, atMinutes, inputs: [Samples.constant(sample, (days + 1) * day), ...others] },
      { title: never, atMinutes, inputs: [Samples.constant(sample, 0)] }
    ],
    damage: [
      { from: `< ${days} *`, to: `< ${days - 2} *`, caughtBy: near },
      { from: `< ${days} *`, to: `< ${days + 2} *`, caughtBy: far },
      { from: "> 0)", to: ">= 0)", caughtBy: never }
    ]
  }
}

/**
 * How the alerts of one name are told apart, in their id and in the label `horizon`.
 *
 * @category getters
 * @since 0.1.0
 */
export const partOf = (days: number): string => `${days}d`
