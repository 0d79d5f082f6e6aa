/**
 * Part 4 of a dossier: what is promised, how it is seen that the promise holds, who is told when it does not, and where it
 * says what to do.
 *
 * Neighbours: `Dossier` puts the parts together; `AlertRules`, `Runbook` and `Dashboard` are what it points to.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as ExportProfile from "surety/signals/ExportProfile"
import * as SeriesCatalog from "surety/signals/SeriesCatalog"
import * as SignalName from "surety/signals/SignalName"
import { type Alert, severityOf } from "./Alert.ts"
import { sunset } from "./alerts/ContractAlerts.ts"
import * as Amount from "./Amount.ts"
import type { Inline, Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import { type DossierSource, told } from "./DossierSource.ts"
import * as Options from "./Options.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const part = (source: DossierSource): Section =>
  Doc.section(
    "monitoring",
    "Monitoring signals, SLO impact and runbook pointers",
    [],
    [objective(source), impact(source), alerts(source), signals(source), deprecation(source)]
  )

const objective = ({ contract, explanation, options }: DossierSource): Section => {
  const { availability, latencyMillis, windowMillis } = explanation.slo
  const dashboard = Options.dashboardUrl(contract, options)
  const calls = options.expectedCallsPerHour
  return Doc.section("slo", "Objective", [
    Doc.facts([
      ["Availability", `${Amount.percent(availability)} of the calls, over ${Amount.time(windowMillis)}`],
      [
        "Error budget",
        `${Amount.percent(1 - availability)}: ${Amount.time(Math.round(windowMillis * (1 - availability)))} of full outage${
          calls === undefined
            ? ""
            : `, or ${Amount.count(Math.round(((calls * windowMillis) / 3_600_000) * (1 - availability)), "call")} at ${Amount.number(calls)} an hour`
        }`
      ],
      ...Object.entries(latencyMillis).map(([name, bound]): readonly [string, Text] => [
        `Latency, ${name}`,
        `within ${Amount.time(bound)}`
      ]),
      [
        "Measured",
        "on calls, after retries: an attempt that was repeated in time costs nothing, and an open circuit counts as failure"
      ],
      [
        "Dashboard",
        dashboard === undefined ? [Doc.code(Options.dashboardUid(contract))] : [Doc.link(dashboard, dashboard)]
      ]
    ])
  ])
}

const impact = ({ failures }: DossierSource): Section => {
  const tagsOf = (counts: string): ReadonlyArray<Inline> => {
    const tags = [...failures].filter(([, found]) => found[0]?.failure.slo === counts).map(([tag]) => Doc.code(tag))
    return tags.length === 0 ? ["none"] : Doc.join(tags, ", ")
  }
  return Doc.section("slo-impact", "What costs error budget", [
    Doc.facts([
      ["Counts against it", tagsOf("counts against it")],
      ["Also", "refusals while the circuit is open, and credentials that cannot be had: the caller got no answer"],
      ["Does not count", tagsOf("does not count")],
      ["Left out", "calls that their caller gave up, and calls that were wrong"]
    ])
  ])
}

const alerts = (source: DossierSource): Section => {
  const { contract, options } = source
  const names = [...new Set(source.alerts.map((alert) => alert.name))]
  return Doc.section("alerts", "Alerts and runbooks", [
    Doc.paragraph(`${Amount.count(names.length, "alert")}, each with a page that says what to do.`),
    Doc.table(
      "Everything that can tell somebody about this integration.",
      ["Alert", "Tells", "When", "After", "Runbook"],
      source.alerts.map((alert): ReadonlyArray<Text> => [
        [Doc.code(alert.name)],
        [Doc.badge(severityOf(alert), severityOf(alert) === "page" ? "bad" : "calm")],
        alert.meaning,
        whenOf(alert),
        [Doc.link("Open", Options.runbookUrl(contract, options, alert.name))]
      ])
    )
  ])
}

const whenOf = (alert: Alert): string => (alert.for === undefined || alert.for === "0s" ? "at once" : alert.for)

const signals = ({ contract, options }: DossierSource): Section => {
  const profile = options.profile ?? "effect"
  const byName = new Map<string, { kind: string; count: number; attributes: Set<string> }>()
  for (const series of SeriesCatalog.of(contract)) {
    const name = ExportProfile.metric(profile, series)
    const found = byName.get(name) ?? { kind: series.kind, count: 0, attributes: new Set<string>() }
    found.count++
    for (const attribute of Object.keys(series.attributes)) {
      if (attribute !== SignalName.provider) found.attributes.add(ExportProfile.label(profile, attribute))
    }
    byName.set(name, found)
  }
  return Doc.section("signals", "Signals", [
    Doc.paragraph(
      `Every series exists at 0 from the start, so that the first event is seen. Names are those of the export profile `,
      Doc.code(profile),
      ". Each call has a span, each attempt one below it."
    ),
    Doc.table(
      `${Amount.count(
        [...byName.values()].reduce((sum, one) => sum + one.count, 0),
        "series",
        "series"
      )} in ${Amount.count(byName.size, "metric")}.`,
      ["Metric", "Kind", "Series #", "By"],
      [...byName].map(([name, { attributes, count, kind }]): ReadonlyArray<Text> => [
        [Doc.code(name)],
        kind,
        String(count),
        attributes.size === 0 ? "the provider" : Doc.join([...attributes].map(Doc.code), ", ")
      ])
    )
  ])
}

const deprecation = (source: DossierSource): Section => {
  const { contract, explanation } = source
  const { owner, version } = contract
  return Doc.section("deprecation", "Deprecation calendar", [
    Doc.table(
      "Dates that are known from the contract. Dates that the provider announces come from its answers, as a signal for each operation.",
      ["When", "What", "Who acts"],
      [
        [
          version.reviewBy,
          "value" in version
            ? ["Review the pinned version ", Doc.code(version.value)]
            : "Review: the provider has no versions to pin",
          owner
        ],
        [
          "90 days before a sunset",
          `Once the provider has announced the end of an operation: ${told(source, `${sunset} 90d`)}`,
          owner
        ],
        ["14 days before a sunset", `The end is near: ${told(source, `${sunset} 14d`)}`, owner]
      ]
    ),
    Doc.facts([
      [
        "Notices are read from",
        contract.notices === undefined
          ? "the headers Deprecation (RFC 9745), Sunset (RFC 8594) and Link"
          : "the provider's own form, as the contract declares"
      ],
      ["Operations watched", Amount.count(explanation.operations.length, "operation")]
    ])
  ])
}
