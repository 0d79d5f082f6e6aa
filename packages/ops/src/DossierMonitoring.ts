/**
 * Part 4 of a dossier: what is promised, how it is seen that the promise holds, who is told when it does not, and where it
 * says what to do.
 *
 * Neighbours: `Dossier` puts the parts together; `AlertRules`, `Runbook` and `Dashboard` are what it points to.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { type Alert, severityOf } from "./Alert.ts"
import * as AlertRules from "./AlertRules.ts"
import * as ContractAlerts from "./alerts/ContractAlerts.ts"
import * as FallbackAlerts from "./alerts/FallbackAlerts.ts"
import * as Horizon from "./alerts/Horizon.ts"
import * as LocalAlerts from "./alerts/LocalAlerts.ts"
import { burn } from "./alerts/SloAlerts.ts"
import * as Amount from "./Amount.ts"
import type { Inline, Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import { type DossierSource, see, toldBy } from "./DossierSource.ts"
import * as DossierSignals from "./DossierSignals.ts"
import * as Options from "./Options.ts"
import * as Slo from "./Slo.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const part = (source: DossierSource): Section =>
  Doc.section(
    "monitoring",
    "Monitoring signals, SLO impact and runbook pointers",
    [],
    [
      objective(source),
      impact(source),
      burnRates(source),
      alerts(source),
      DossierSignals.section(source),
      deprecation(source)
    ]
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

const impact = ({ alerts, failures }: DossierSource): Section => {
  const tagsOf = (counts: string): ReadonlyArray<Inline> => {
    const tags = [...failures].filter(([, found]) => found[0]?.failure.slo === counts).map(([tag]) => Doc.code(tag))
    return tags.length === 0 ? ["none"] : Doc.join(tags, ", ")
  }
  return Doc.section("slo-impact", "What costs error budget", [
    Doc.facts([
      ["Counts against it", tagsOf("counts against it")],
      ["Also", "refusals while the circuit is open, and credentials that cannot be had: the caller got no answer"],
      [
        "Counts, and is not bad",
        ["what our own limits, their store or a defect of ours ends; told by ", Doc.code(LocalAlerts.fault)]
      ],
      ...(alerts.some(({ name }) => name === FallbackAlerts.degraded)
        ? [["Counts as good", ["the declared fallback; told by ", Doc.code(FallbackAlerts.degraded)]] as const]
        : []),
      ["Does not count", tagsOf("does not count")],
      ["Left out", "calls that their caller gave up, and calls that were wrong"]
    ])
  ])
}

const alerts = (source: DossierSource): Section => {
  const { contract, options } = source
  const names = AlertRules.names(source.alerts)
  return Doc.section("alerts", "Alerts and runbooks", [
    Doc.paragraph(
      `${Amount.count(names.length, "alert")}, each with a page that says what it means, what to look at and what may be done. `,
      ...(options.runbookBaseUrl === undefined
        ? [
            "The name of an alert leads to the one runbook that the contract names; its page is ",
            Doc.code("runbooks/<alert>.md"),
            " until somebody says where pages are served (",
            Doc.code("runbookBaseUrl"),
            ")."
          ]
        : ["The name of an alert leads to its page."])
    ),
    Doc.table(
      "Everything that can tell somebody about this integration.",
      ["Alert and runbook", "Tells", "When", "After"],
      names.flatMap((name): ReadonlyArray<ReadonlyArray<Text>> => {
        const page = Doc.link(name, Options.runbookUrl(contract, options, name))
        const alike = source.alerts.filter((alert) => alert.name === name)
        if (name === burn) {
          return [
            [[page], told(alike), ["The budget burns too fast: ", see("see the windows", "burn"), "."], "see there"]
          ]
        }
        return alike.map((alert) => [[page], told([alert]), alert.meaning, alert.for ?? "at once"])
      }),
      [30]
    )
  ])
}

const told = (alerts: ReadonlyArray<Alert>): Text =>
  Doc.join(
    [...new Set(alerts.map(severityOf))].map((severity) => Doc.badge(severity, severity === "page" ? "bad" : "calm")),
    " "
  )

const burnRates = (source: DossierSource): Section => {
  const alerts = source.alerts.filter((alert) => alert.name === burn)
  const rows = Slo.objectives(source.contract).flatMap((objective) =>
    Slo.windows(objective, source.options).map((window) => ({ objective, window }))
  )
  return Doc.section("burn", "How fast the budget may burn", [
    Doc.table(
      "Somebody is told when a budget burns this fast over both windows: the long one says that it matters, the short one that it goes on.",
      ["Promise", "Windows", "Bad calls over #", "Times the budget #", "Budget spent by then #", "At least #", "Tells"],
      rows.map(({ objective, window }): ReadonlyArray<Text> => {
        const alert = alerts.find(({ labels }) => labels["slo"] === objective.slo && labels["long"] === window.long)
        return [
          [Doc.code(objective.slo)],
          `${window.long} and ${window.short}`,
          Amount.percent(window.threshold),
          `${Amount.number(window.factor)} ×`,
          Amount.percent(window.budgetShare),
          Amount.count(window.minBad, "call"),
          alert === undefined ? "nobody" : told([alert])
        ]
      })
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
        ...Object.entries(contract.operations).flatMap(([name, operation]) =>
          operation.sunset === undefined
            ? []
            : [[operation.sunset, ["The provider ends ", Doc.code(name), ": its callers have moved by then"], owner]]
        ),
        ...ContractAlerts.horizons.map(({ days }): ReadonlyArray<Text> => [
          `${days} days before a sunset`,
          `Where the end of an operation is announced or declared: ${toldBy(source, `${ContractAlerts.sunset} ${Horizon.partOf(days)}`)}`,
          owner
        ])
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
