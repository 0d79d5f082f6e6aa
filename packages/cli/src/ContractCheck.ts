/**
 * What can be wrong with a contract that loads: a law that no compiler was there to keep, too many series, and days that are
 * past or near.
 *
 * Neighbours: making the contract did the arithmetic already; `surety/ContractRules` reads the laws; `Drift` looks at files.
 * Pure: today comes in.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as ContractRules from "surety/ContractRules"
import * as SeriesCatalog from "surety/signals/SeriesCatalog"
import * as Calendar from "./Calendar.ts"
import type { Finding, Note, Rule } from "./Finding.ts"

/**
 * **Details**   `rotated`: when a credential was last rotated, by its name. `sunsets`: when the provider ends an operation, by
 * its name. `credential`: `fixed` when no `Lifecycle` knows that either. None is known to a contract.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly today: Calendar.Day
  readonly withinDays: number
  readonly rotated: Readonly<Record<string, Calendar.Day>>
  readonly sunsets: Readonly<Record<string, Calendar.Day>>
  readonly credential?: "managed" | "fixed"
}

/**
 * A day that matters to a contract.
 *
 * @category models
 * @since 0.1.0
 */
export interface Entry extends Calendar.Due {
  readonly provider: string
  readonly field: string
}

/**
 * **Details**   `calendar` has every known day, the nearest first; `findings` those that are past or near. Of a contract that
 * breaks a law only that is told, and `series` is `undefined`: what its values mean is not certain.
 *
 * @category models
 * @since 0.1.0
 */
export interface Checked {
  readonly series: { readonly histograms: number; readonly atMost: number } | undefined
  readonly calendar: ReadonlyArray<Entry>
  readonly findings: ReadonlyArray<Finding>
  readonly notes: ReadonlyArray<Note>
}

/**
 * Checks one contract.
 *
 * @category rules
 * @since 0.1.0
 */
export const run = (contract: Contract.Any, options: Options): Checked => {
  const broken = lawsOf(contract)
  if (broken.length > 0) return { series: undefined, calendar: [], findings: broken, notes: [] }
  const days = daysOf(contract, options).map(({ advice, day, field, rule }) => ({
    advice,
    rule,
    entry: { provider: contract.id, field, ...Calendar.decide(day, options.today, options.withinDays) }
  }))
  const { findings, series } = seriesOf(contract)
  return {
    series,
    calendar: days.map(({ entry }) => entry).sort((a, b) => a.days - b.days),
    findings: [
      ...findings,
      ...days
        .filter(({ entry }) => entry.due !== "later")
        .map(({ advice, entry, rule }) => ({
          provider: contract.id,
          field: entry.field,
          rule,
          message: `${Calendar.inWords(entry)}: ${advice}`
        }))
    ],
    notes: notesOf(contract, options)
  }
}

/** A `Lifecycle` exports when a secret came; of a fixed key only this command can know. */
const notesOf = ({ credentials, id }: Contract.Any, { credential, rotated }: Options): ReadonlyArray<Note> => {
  if (credential !== "fixed" || credentials._tag === "NoCredential") return []
  const { life, name } = credentials
  if (life._tag !== "Rotated" || rotated[name] !== undefined) return []
  return [
    {
      rule: "rotation-not-watched",
      message: `${id}: credentials.${name} is a fixed key, so nothing says when it was last rotated: give the day with --rotated ${name}=YYYY-MM-DD`
    }
  ]
}

const lawsOf = (contract: Contract.Any): ReadonlyArray<Finding> => [
  ...ContractRules.violations(contract).map(({ field, law, message }): Finding => ({
    provider: contract.id,
    field,
    rule: "law",
    ...(law === undefined ? {} : { law }),
    message
  })),
  ...(Object.keys(contract.operations).length > 0 ? [] : [nothing(contract.id)])
]

/** It can be made, and then there is nothing to call, to watch or to write down. */
const nothing = (provider: string): Finding => ({
  provider,
  field: "operations",
  rule: "definition",
  message: "there is none: declare at least one with HttpOperation or Operation"
})

interface Dated {
  readonly field: string
  readonly rule: Rule
  readonly day: Calendar.Day
  readonly advice: string
}

const daysOf = (contract: Contract.Any, { rotated, sunsets }: Options): ReadonlyArray<Dated> => {
  const { credentials } = contract
  const days: Array<Dated> = [
    {
      field: "version.reviewBy",
      rule: "review-due",
      day: contract.version.reviewBy,
      advice: "read the provider's changelog, move the version if need be, and set the next day"
    }
  ]
  if (credentials._tag === "Credential") {
    const { life, name } = credentials
    const since = rotated[name]
    const ends = life._tag === "Expiring" ? Calendar.findIn(life.how) : undefined
    if (life._tag === "Rotated" && since !== undefined) {
      days.push({
        field: `credentials.${name}`,
        rule: "rotation-due",
        day: Calendar.plus(since, life.everyMillis),
        advice: `${credentials.owner ?? contract.owner} rotates it, then give the new day to --rotated ${name}=`
      })
    }
    if (ends !== undefined) {
      days.push({
        field: `credentials.${name}`,
        rule: "expiry-due",
        day: ends,
        advice: `${credentials.owner ?? contract.owner} renews it (${life._tag === "Expiring" ? life.how : ""})`
      })
    }
  }
  for (const [name, operation] of Object.entries(contract.operations)) {
    const day = sunsets[name] ?? operation.sunset
    if (day !== undefined) {
      days.push({
        field: `operations.${name}`,
        rule: "sunset-due",
        day,
        advice: "the provider answers no more from then on: move its callers"
      })
    }
  }
  return days
}

const seriesOf = (
  contract: Contract.Any
): { readonly series: NonNullable<Checked["series"]>; readonly findings: ReadonlyArray<Finding> } => {
  try {
    return { series: SeriesCatalog.check(contract), findings: [] }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const histograms = SeriesCatalog.of(contract).filter(({ kind }) => kind === "histogram").length
    return {
      series: { histograms, atMost: contract.signals.maxHistogramSeries },
      findings: [
        {
          provider: contract.id,
          field: "signals.maxHistogramSeries",
          rule: "cardinality",
          message: error.message.replace(`${contract.id}: `, "")
        }
      ]
    }
  }
}
