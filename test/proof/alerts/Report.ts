/** The figures of a run as one object, and as a table for a person. */
import type { Found } from "./Alerts.ts"
import * as Scene from "./Scene.ts"
import * as TimeScale from "./TimeScale.ts"

/**
 * **Details**   `expected` is what the contract declares for the scene; `null` in place of a time is never. Times are real
 * seconds on the receiver's clock, whatever the scale.
 */
export interface Figures {
  readonly alerts: ReadonlyArray<{
    readonly name: string
    readonly expected: string
    readonly firedAfterSeconds: number | null
    readonly resolvedAfterSeconds: number | null
    readonly inhibited: boolean
    readonly id: string
    readonly scene: Scene.Name
    readonly holds: boolean
  }>
  readonly scale: number
  readonly scrapeMillis: number
  readonly details: Omit<Found, "observed" | "scale" | "scrapeMillis">
}

export const figures = ({ observed, scale, scrapeMillis, ...details }: Found): Figures => ({
  alerts: observed.map((one) => ({
    name: one.rule.name,
    expected: expected(one),
    firedAfterSeconds: one.firedAfterSeconds ?? null,
    resolvedAfterSeconds: one.resolvedAfterSeconds ?? null,
    inhibited: one.heldBackBy.length > 0,
    id: one.rule.id,
    scene: one.scene,
    holds: Scene.holds(one)
  })),
  scale,
  scrapeMillis,
  details
})

const expected = ({ inhibitors, rule, script }: Scene.Observed): string => {
  const severity = rule.labels["severity"] ?? ""
  const by = inhibitors.map(({ name }) => name).join(", ")
  switch (script) {
    case "told":
      return severity
    case "told, then held back":
      return `${severity}, then held back by ${by}`
    case "held back":
      return `held back by ${by}`
  }
}

export const heading = (scale: number, scrapeMillis: number): string =>
  scale === 1
    ? `The rules and routes as generated, scraped and evaluated every ${scrapeMillis} ms.`
    : `The generated rules and routes with every duration divided by ${scale} (5m is ${
        TimeScale.parse(TimeScale.duration("5m", scale)) / 1_000
      } s), scraped and evaluated every ${scrapeMillis} ms.`

export const text = (found: Found, holds: boolean): string => {
  const rows = figures(found).alerts.map((one) => [
    one.scene,
    one.id,
    one.expected,
    shown(one.firedAfterSeconds),
    shown(one.resolvedAfterSeconds),
    one.inhibited ? "yes" : "no",
    one.holds ? "" : "NOT AS DECLARED"
  ])
  const { early, misrouted, others, rules, seconds, servers } = found
  return [
    "",
    ...table(["scene", "alert", "expected", "told after s", "over after s", "inhibited", ""], rows),
    "",
    heading(found.scale, found.scrapeMillis),
    `${rules.rules} rules on Prometheus ${servers.prometheus}, Alertmanager ${servers.alertmanager}; not evaluated: ${list(rules.broken)}.`,
    `Told before anything happened: ${list(early)}. To another receiver or with another runbook than declared: ${list(misrouted)}.`,
    `Also told: ${list(others.map(({ expected, id, severity }) => `${id} (${severity}${expected ? "" : ", NOT EXPECTED"})`))}.`,
    `${seconds} s in all.`,
    "",
    holds ? "It holds." : "It does not hold.",
    ""
  ].join("\n")
}

const shown = (value: number | null): string => (value === null ? "never" : value.toFixed(1))

const list = (texts: ReadonlyArray<string>): string => (texts.length === 0 ? "none" : texts.join(", "))

const table = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = header.map((title, index) => Math.max(title.length, ...rows.map((row) => (row[index] ?? "").length)))
  return [header, ...rows].map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd()
  )
}
