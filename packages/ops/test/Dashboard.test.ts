import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"
import { AlertRules, Dashboard, Runbook, Yaml } from "@surety/ops"
import * as Options from "@surety/ops/Options"
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
  readonly links?: ReadonlyArray<{ readonly title: string; readonly url: string }>
  readonly fieldConfig?: { readonly defaults: { readonly noValue?: string } }
}

const panels = (dashboard: Dashboard.Dashboard): ReadonlyArray<Shown> =>
  dashboard.json["panels"] as ReadonlyArray<Shown>

/** Grafana's own variables, as promtool can read them. */
const plain = (expr: string): string => expr.replaceAll("$__rate_interval", "5m")

describe("a dashboard", () => {
  it("shows what an operator looks for, in this order", () => {
    const queues = { outbox: { maxAge: "10 minutes" } } as const
    expect(panels(Dashboard.make(Github.contract, { queues })).map(({ title }) => title)).toEqual([
      "Objective",
      "Budget left",
      "How fast the budget burns",
      "Processes by contract",
      "Calls",
      "Calls by outcome",
      "What went wrong, by fault",
      "Latency p99, against 10 s",
      "Left open",
      "Outcomes that are not known",
      "Age of the oldest of them",
      "Age of the oldest item",
      "Items in queues",
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
      "What the provider changes",
      "Contract drift",
      "Announced ends",
      "Deprecation notices"
    ])
  })

  it("says what it means where a query gives nothing, which is good news or a missing process", () => {
    for (const contract of all) {
      for (const one of panels(Dashboard.make(contract)).filter(({ type }) => type !== "row")) {
        expect(one.fieldConfig?.defaults.noValue, one.title).toMatch(/^[a-z]/)
      }
    }
  })

  it("leads from each panel to the pages of its alerts, and only to pages that there are", () => {
    const options = { runbookBaseUrl: "https://runbooks.example/" }
    for (const contract of all) {
      const pages = new Set(Runbook.make(contract, options).map(({ alert }) => alert))
      const linked = panels(Dashboard.make(contract, options)).flatMap(({ links = [] }) => links)
      expect(linked.length).toBeGreaterThan(8)
      for (const { title, url } of linked) {
        expect(pages).toContain(title)
        expect(url).toBe(Options.runbookUrl(contract, options, title))
      }
      // without pages of their own there is one runbook, and it is linked once
      expect(panels(Dashboard.make(contract)).flatMap(({ links = [] }) => links)).toEqual([])
    }
    const titles = (given: Options.Options) =>
      (Dashboard.make(Stripe.contract, given).json["links"] as ReadonlyArray<{ readonly title: string }>).map(
        ({ title }) => title
      )
    expect([titles({}), titles(options)]).toEqual([["Runbook"], ["Runbook", "Runbooks of the alerts"]])
  })

  it("has a panel for each alert but those on what no panel can show: lost telemetry and audits", () => {
    const queues = { outbox: { maxAge: "10 minutes", maxDepth: 5 } } as const
    const options = { runbookBaseUrl: "https://runbooks.example", queues }
    for (const contract of all) {
      const linked = new Set(
        panels(Dashboard.make(contract, options)).flatMap(({ links = [] }) => links.map(({ title }) => title))
      )
      const unseen = AlertRules.names(AlertRules.make(contract, options)).filter((name) => !linked.has(name))
      expect(unseen.filter((name) => !name.endsWith("Dropped"))).toEqual([])
    }
  })

  it("draws when which of its own alerts fired", () => {
    const { annotations } = Dashboard.make(local.critical, { environment: "prod" }).json as {
      readonly annotations: { readonly list: ReadonlyArray<{ readonly expr?: string }> }
    }
    expect(annotations.list.map(({ expr }) => expr)).toEqual([
      undefined,
      'ALERTS{integration_provider_name="acme/Orders \\"EU\\"", environment="prod", alertstate="firing"}'
    ])
  })

  it("has no panel for what a contract does not have: 11 fewer for a provider without limits, credential and mutation", () => {
    const titles = panels(Dashboard.make(local.low)).map(({ title }) => title)
    for (const absent of [
      "Tokens left",
      "Quota used",
      "Credentials",
      "Ends in",
      "Left open",
      "Outcomes that are not known"
    ]) {
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

/** What the compiler says of dashboards against Grafana's types, by the name of each. */
const misfits = async (dashboards: Readonly<Record<string, string>>): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "surety-grafana-"))
  try {
    const shape = fileURLToPath(new URL("./rig/Grafana.ts", import.meta.url))
    const files = Object.entries(dashboards).map(([name, json]) => {
      const file = join(folder, `${name}.ts`)
      writeFileSync(
        file,
        `import type { Shape } from ${JSON.stringify(shape)}\nexport const dashboard: Shape = ${json}`
      )
      return file
    })
    const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc")
    const flags = "--noEmit --ignoreConfig --strict --skipLibCheck --target esnext --module nodenext --types"
    const args = [tsc, ...flags.split(" "), "", "--allowImportingTsExtensions", "--pretty", "false", ...files]
    return await promisify(execFile)(process.execPath, args, { cwd: folder, timeout: 60_000 }).then(
      ({ stdout }) => stdout,
      (error: { readonly stdout: string }) => error.stdout || String(error)
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("a dashboard against Grafana's own types", () => {
  const queues = { outbox: { maxAge: "10 minutes", maxDepth: 5 } } as const
  const options = { runbookBaseUrl: "https://runbooks.example", queues }

  it("has every field that they ask for and none that they do not know, for 7 contracts", async () => {
    const found = [...all, hostile].map((contract, at) => [`of${at}`, Dashboard.toJson(contract, options)])
    expect(await misfits(Object.fromEntries(found))).toBe("")
  }, 60_000)

  it("would be told of each of 8 fields that are wrong", async () => {
    const json = Dashboard.toJson(Stripe.contract, options)
    const wrong = [
      ['"wideLayout": true,', ""],
      ['"legendFormat"', '"legend"'],
      ['"displayMode": "table"', '"displayMode": "tabular"'],
      ['"mode": "fixed"', '"mode": "solid"'],
      ['"steps": [', '"levels": ['],
      ['"type": "timeseries"', '"type": "graph"'],
      ['"id": "custom.lineStyle"', '"id": "custom.lineDashes"'],
      ['"schemaVersion": 42,', ""]
    ] as const
    const told = await misfits(
      Object.fromEntries(wrong.map(([right, other], at) => [`of${at}`, json.replace(right, other)]))
    )
    for (const [at, [right]] of wrong.entries()) expect(told, right).toMatch(new RegExp(`^of${at}\\.ts\\(`, "m"))
  }, 60_000)
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
