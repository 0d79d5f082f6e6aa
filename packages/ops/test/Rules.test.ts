/** What is generated, read and run by the tools of the servers that will read and run it. */
import { describe, expect, it } from "@effect/vitest"
import { AlertManager, AlertRules, Ops, RecordingRules, RuleTests, Yaml } from "@surety/ops"
import { Github } from "@surety/github"
import { Stripe } from "@surety/stripe"
import type { Contract } from "surety"
import * as ExportProfile from "surety/signals/ExportProfile"
import { all, local } from "./rig/Contracts.ts"
import * as Tools from "./rig/Tools.ts"

const queues = { "out.box": { maxAge: "10 minutes", maxDepth: 500 } } as const

const everything: Ops.Options = {
  queues,
  runbookBaseUrl: "https://runbooks.example/integrations/",
  dashboardBaseUrl: "https://grafana.example/d",
  environment: "prod",
  selector: { namespace: "shop" }
}

/** Both providers, each criticality, each profile. */
const cases: ReadonlyArray<readonly [Contract.Any, Ops.Options]> = [
  [Stripe.contract, { profile: "effect" }],
  [Github.contract, { profile: "otel-sdk", expectedCallsPerHour: 3 }],
  [local.critical, { ...everything, profile: "otlp" }],
  [local.high, { profile: "otel-sdk" }],
  [local.medium, { profile: "effect" }],
  [local.low, { ...everything, profile: "otlp" }]
]

const nameOf = (contract: Contract.Any, { profile }: Ops.Options): string =>
  `${contract.id}, ${contract.criticality}, ${profile}`

describe.skipIf(Tools.isSkipped)(`rules, read by ${Tools.title}`, () => {
  it("promtool reads the rules of 6 contracts in 3 export profiles", { timeout: 60_000 }, async () => {
    const files: Record<string, string> = {}
    for (const [at, contract] of all.entries()) {
      for (const profile of ExportProfile.profiles) {
        files[`${at}-${profile}.yml`] = Ops.files(contract, { queues, profile })["rules.yml"]
      }
    }
    const checked = await Tools.run("promtool", ["check", "rules", ...Object.keys(files)], files)
    expect(checked.output).not.toMatch(/FAILED|duplicate/)
    expect(checked.output.match(/SUCCESS/g)?.length).toBe(18)
    expect(checked.status).toBe(0)
  })

  for (const [contract, options] of cases) {
    it.concurrent(
      `every alert fires and stays silent as its tests say: ${nameOf(contract, options)}`,
      { timeout: 120_000 },
      async ({ expect }) => {
        const files = Ops.files(contract, options)
        const ran = await Tools.run("promtool", ["test", "rules", "rules_test.yml", "rules_slow_test.yml"], files)
        expect([...Tools.failedTests(ran)]).toEqual([])
        expect(ran.output.match(/SUCCESS/g)?.length).toBe(2)
        expect(ran.status).toBe(0)
      }
    )
  }
})

/** Every rule with one number changed, and the tests that are said to notice. */
const refuse = async (contract: Contract.Any, options: Ops.Options): Promise<ReadonlyArray<string>> => {
  const groups = [
    ...RecordingRules.make(contract, options).map(({ name }) => name),
    RecordingRules.groupName(contract, "alerts")
  ]
  const missed: Array<string> = []
  for (const { alerts, mustFail } of RuleTests.mutants(AlertRules.make(contract, options))) {
    const named = new Set(mustFail.map(({ test }) => test))
    const only = alerts.map((alert) => ({
      ...alert,
      tests: alert.tests.filter((test) => named.has(RuleTests.nameOf(alert, test)))
    }))
    const files: Record<string, string> = { "rules.yml": Ops.rulesYaml(contract, options, alerts) }
    for (const pace of ["fast", "slow"] as const) {
      const tests = RuleTests.toFile(only, { groups, pace, rules: "rules.yml" })
      if (tests.tests.length > 0) files[`${pace}.yml`] = Yaml.toYaml(tests)
    }
    const names = Object.keys(files).filter((name) => name !== "rules.yml")
    const ran = await Tools.run("promtool", ["test", "rules", ...names], files)
    const failed = Tools.failedTests(ran)
    missed.push(...mustFail.filter(({ test }) => !failed.has(test)).map(({ test, what }) => `${test}: ${what}`))
  }
  return missed
}

describe.skipIf(Tools.isSkipped)(`tests of rules, run by ${Tools.title}`, () => {
  for (const [contract, options] of [cases[0], cases[2]] as ReadonlyArray<readonly [Contract.Any, Ops.Options]>) {
    it.concurrent(
      `the tests notice each changed threshold, window and label: ${nameOf(contract, options)}`,
      { timeout: 180_000 },
      async ({ expect }) => {
        expect(await refuse(contract, options)).toEqual([])
      }
    )
  }

  it("a rule that counts what callers gave up as bad is noticed", { timeout: 60_000 }, async () => {
    const files = Ops.files(Stripe.contract)
    const rules = files["rules.yml"].replaceAll(
      'error_fault=~"provider|network"',
      'error_fault=~"provider|network|cancelled"'
    )
    const ran = await Tools.run("promtool", ["test", "rules", "rules_test.yml"], { ...files, "rules.yml": rules })
    expect(ran.status).not.toBe(0)
    expect([...Tools.failedTests(ran)]).toContain(
      "IntegrationSloBurn availability 1h stays silent below every threshold, whatever callers do wrong or give up"
    )
  })
})

describe.skipIf(Tools.isSkipped)(`routes, read by ${Tools.title}`, () => {
  const config = Yaml.toYaml(AlertManager.make(all, {}))

  it("amtool reads the configuration for 6 contracts, with 9 receivers and 5 inhibitions", async () => {
    const checked = await Tools.run("amtool", ["check-config", "alertmanager.yml"], { "alertmanager.yml": config })
    expect(checked.output).toContain("SUCCESS")
    expect(checked.output).toContain(`${AlertManager.inhibitions({}).length} inhibit rules`)
    expect(checked.output).toContain("9 receivers")
    expect(checked.status).toBe(0)
  })

  const route = async (labels: Readonly<Record<string, string>>): Promise<string> => {
    const given = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
    const args = ["config", "routes", "test", "--config.file=alertmanager.yml", ...given]
    const { output } = await Tools.run("amtool", args, { "alertmanager.yml": config })
    return output.split("\n")[0] ?? ""
  }

  it("every alert of 6 contracts reaches its owner, by severity", { timeout: 60_000 }, async () => {
    for (const contract of all) {
      const seen = new Set<string>()
      for (const { labels } of AlertRules.make(contract, { queues })) {
        const { integration_provider_name = "", owner = "", severity = "" } = labels
        if (seen.has(severity)) continue
        seen.add(severity)
        const quoted = {
          severity,
          owner: JSON.stringify(owner),
          integration_provider_name: JSON.stringify(integration_provider_name)
        }
        expect(await route(quoted)).toBe(`${owner} ${severity}`)
      }
      const page = contract.criticality === "critical" || contract.criticality === "high"
      expect([...seen].sort()).toEqual(page ? ["page", "ticket"] : ["ticket"])
    }
  })

  it("an alert of somebody else goes nowhere", async () => {
    expect(await route({ severity: "page", owner: "team-other", integration_provider_name: "x" })).toBe("nobody")
    expect(await route({ severity: "page", owner: "team-sky" })).toBe("nobody")
  })

  it("a receiver of ours is put in by its name", async () => {
    const receivers = { "team-sky ticket": { webhook_configs: [{ url: "http://127.0.0.1:9/" }] } }
    const made = AlertManager.make([local.low], { receivers })
    expect(made.receivers[2]).toEqual({ name: "team-sky ticket", webhook_configs: [{ url: "http://127.0.0.1:9/" }] })
    const file = { "alertmanager.yml": Yaml.toYaml(made) }
    expect((await Tools.run("amtool", ["check-config", "alertmanager.yml"], file)).status).toBe(0)
  })
})
