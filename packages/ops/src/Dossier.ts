/**
 * The dossier of a provider: one document, in four parts, that says how it is integrated, how it fails, how long and how
 * often it is called, what protects its secrets, and how it is watched. For people who did not write the contract.
 *
 * Generated, never edited: the same contract gives the same bytes, so a repository keeps it and a check finds drift.
 *
 * Neighbours: the four parts are `DossierArchitecture`, `DossierPolicy`, `DossierSecurity` and `DossierMonitoring`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as AlertRules from "./AlertRules.ts"
import * as Amount from "./Amount.ts"
import type { Document } from "./Document.ts"
import * as Doc from "./Document.ts"
import * as DocumentHtml from "./DocumentHtml.ts"
import * as DocumentMarkdown from "./DocumentMarkdown.ts"
import * as DossierArchitecture from "./DossierArchitecture.ts"
import * as DossierMonitoring from "./DossierMonitoring.ts"
import * as DossierPolicy from "./DossierPolicy.ts"
import * as DossierSecurity from "./DossierSecurity.ts"
import * as DossierSource from "./DossierSource.ts"
import type * as Options from "./Options.ts"

/**
 * **Details**   `asOf`: a date to print, which also makes the output differ from day to day; default none. `rotatedOn`: when
 * the secret in use came. Both are ISO dates.
 *
 * @category models
 * @since 0.1.0
 */
export interface DossierOptions extends Options.Options {
  readonly asOf?: string
  readonly rotatedOn?: string
}

/**
 * Writes the dossier of a contract.
 *
 * **Failures**   `RangeError` for a date that is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (contract: Contract.Any, options: DossierOptions = {}): Document => {
  checkDate("asOf", options.asOf)
  checkDate("rotatedOn", options.rotatedOn)
  const source = DossierSource.make(contract, options, AlertRules.make(contract, options))
  const { explanation, hash } = source
  const { availability, windowMillis } = explanation.slo
  const worst = explanation.operations.reduce((most, one) => Math.max(most, one.totalMillis), 0)
  const requests = explanation.operations.reduce((most, one) => Math.max(most, one.maxRequests), 1)
  const pages = source.alerts.filter((alert) => alert.labels["severity"] === "page")
  const mutations = explanation.operations.filter((one) => one.kind === "mutation").length
  return {
    title: contract.id,
    lead: [
      "The integration of ",
      Doc.strong(new URL(contract.baseUrl).host),
      ", owned by ",
      Doc.strong(contract.owner),
      `, of ${contract.criticality} criticality. ${Amount.count(explanation.operations.length, "operation")}, of which ${
        mutations === 0 ? "none changes" : mutations === 1 ? "1 changes" : `${mutations} change`
      } something there. When it is down: ${explanation.degradation}.`
    ],
    figures: [
      { label: "Objective", value: Amount.percent(availability), note: `of calls, over ${Amount.time(windowMillis)}` },
      {
        label: "Error budget",
        value: Amount.time(Math.round(windowMillis * (1 - availability))),
        note: "of full outage"
      },
      { label: "Longest call", value: Amount.time(worst), note: "whatever happens" },
      { label: "Amplification", value: `${requests} ×`, note: "requests from one call, at most" },
      { label: "Concurrency", value: Amount.number(explanation.limits.concurrency), note: "calls at once per process" },
      {
        label: "Alerts",
        value: String(new Set(source.alerts.map((alert) => alert.name)).size),
        note: `${new Set(pages.map((alert) => alert.name)).size} of them can page`
      }
    ],
    sections: [
      DossierArchitecture.part(source),
      DossierPolicy.part(source),
      DossierSecurity.part(source, options.rotatedOn),
      DossierMonitoring.part(source)
    ],
    foot: [
      "Generated from the contract ",
      Doc.code(hash),
      options.asOf === undefined ? ". " : ` on ${options.asOf}. `,
      "Change the contract, not this page."
    ]
  }
}

/**
 * The dossier as Markdown.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toMarkdown = (contract: Contract.Any, options: DossierOptions = {}): string =>
  DocumentMarkdown.of(make(contract, options))

/**
 * The dossier as one page for a browser, which needs nothing but itself.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toHtml = (contract: Contract.Any, options: DossierOptions = {}): string =>
  DocumentHtml.of(make(contract, options))

const checkDate = (name: string, date: string | undefined): void => {
  if (date === undefined) return
  const millis = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 10) !== date) {
    throw new RangeError(`Dossier: ${name} must be an ISO date (YYYY-MM-DD), got ${JSON.stringify(date)}`)
  }
}
