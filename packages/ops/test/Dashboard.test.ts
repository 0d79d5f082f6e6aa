import { describe, expect, it } from "vitest"
import { Dashboard, Yaml } from "@surety/ops"
import { Github } from "@surety/github"
import { Stripe } from "@surety/stripe"
import { all, local } from "./rig/Contracts.ts"
import { hostile } from "./rig/Hostile.ts"
import * as Known from "./rig/KnownSeries.ts"
import * as Tools from "./rig/Tools.ts"

const profiles = ["effect", "otel-sdk", "otlp"] as const

interface Shown {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}

const panels = (dashboard: Dashboard.Dashboard): ReadonlyArray<Shown> =>
  dashboard.json["panels"] as ReadonlyArray<Shown>

/** Grafana's own variables, as promtool can read them. */
const plain = (expr: string): string => expr.replaceAll("$__rate_interval", "5m")

describe("a dashboard", () => {
  it("shows what an operator looks for, in this order", () => {
    expect(panels(Dashboard.make(Github.contract)).map(({ title }) => title)).toEqual([
      "Objective",
      "Budget left",
      "How fast the budget burns",
      "Processes by contract",
      "Calls",
      "Calls by outcome",
      "What went wrong, by fault",
      "Latency p99, against 10 s",
      "Attempts",
      "Attempts by type",
      "Amplification",
      "Retry budget left",
      "Retries that were left out",
      "Guards",
      "Circuit",
      "Calls on the wire and in the queue",
      "Tokens left",
      "Waiting for a token, p99",
      "Quota used",
      "Refused by a guard",
      "Credentials",
      "Ends in",
      "Refreshes",
      "Health",
      "What the provider changes, and what is left open",
      "Contract drift",
      "Announced ends, in days",
      "Deprecation notices",
      "Outcomes that are not known"
    ])
  })

  it("has no panel for what a contract does not have: 11 fewer for a provider without limits, credential and mutation", () => {
    const titles = panels(Dashboard.make(local.low)).map(({ title }) => title)
    for (const absent of ["Tokens left", "Quota used", "Credentials", "Ends in", "Outcomes that are not known"]) {
      expect(titles).not.toContain(absent)
    }
  })

  it("lays its panels out on 24 columns, none over another, each with its own id", () => {
    for (const contract of all) {
      const shown = panels(Dashboard.make(contract))
      expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length)
      for (const [at, one] of shown.entries()) {
        const a = one.gridPos
        expect(a.x + a.w).toBeLessThanOrEqual(24)
        for (const { gridPos: b } of shown.slice(at + 1)) {
          const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y
          expect(apart, `${one.title} at ${JSON.stringify(a)} and ${JSON.stringify(b)}`).toBe(true)
        }
      }
    }
  })

  it("asks only for series that the contract registers or the rules record, in 3 spellings", () => {
    for (const profile of profiles) {
      for (const contract of all) {
        const known = Known.of(contract, { profile })
        for (const expr of Dashboard.make(contract, { profile }).expressions) {
          expect(Known.missing(expr, known), expr).toEqual([])
        }
      }
    }
  })

  it("is the same for the same contract, and as it was", async () => {
    expect(Dashboard.toJson(Stripe.contract)).toBe(Dashboard.toJson(Stripe.contract))
    const { json } = Dashboard.make(Stripe.contract, { dashboardBaseUrl: "https://grafana.example/d" })
    expect(json["schemaVersion"]).toBe(42)
    await expect(JSON.stringify({ ...json, description: undefined }, null, 2).concat("\n")).toMatchFileSnapshot(
      "./fixtures/stripe-dashboard.json"
    )
  })

  it("is JSON whatever a contract's texts are, and links to no script", () => {
    const { json } = Dashboard.make(hostile)
    expect(JSON.parse(Dashboard.toJson(hostile))).toEqual(JSON.parse(JSON.stringify(json)))
    expect(JSON.stringify(json["links"])).not.toContain("javascript:")
  })
})

describe.skipIf(Tools.isSkipped)(`the queries of dashboards, checked by ${Tools.title}`, () => {
  it("are PromQL, all of them, in 3 spellings, also for a hostile contract", async () => {
    const unique = [
      ...new Set(
        profiles.flatMap((profile) =>
          [...all, hostile].flatMap((contract) => Dashboard.make(contract, { profile }).expressions.map(plain))
        )
      )
    ]
    const file = Yaml.toYaml({
      groups: [{ name: "shown", rules: unique.map((expr, at) => ({ record: `shown:${at}`, expr })) }]
    })
    const { output, status } = await Tools.run("promtool", ["check", "rules", "shown.yml"], { "shown.yml": file })
    expect(output).toContain(`${unique.length} rules found`)
    expect(status, output).toBe(0)
  }, 60_000)

  it("would be refused with a bracket missing", async () => {
    const [expr = ""] = Dashboard.make(Stripe.contract).expressions.map(plain)
    const file = Yaml.toYaml({ groups: [{ name: "shown", rules: [{ record: "shown:0", expr: expr.slice(0, -1) }] }] })
    expect((await Tools.run("promtool", ["check", "rules", "shown.yml"], { "shown.yml": file })).status).toBe(1)
  }, 60_000)
})
