/** What no call tells: answers that are a fallback, and a shared store that calls go on without. */
import { describe, expect, it } from "@effect/vitest"
import { type Alert, AlertRules, Dossier, Lint, Ops, RecordingRules, RuleTests, Runbook, Yaml } from "@surety/ops"
import type { Contract } from "surety"
import * as ExportProfile from "surety/signals/ExportProfile"
import { all, local } from "./rig/Contracts.ts"
import * as Tools from "./rig/Tools.ts"

const degraded = "IntegrationDegraded"
const failing = "IntegrationGuardStoreFailing"

const coarseOf = (contract: Contract.Any): Contract.Any => ({
  ...contract,
  signals: { ...contract.signals, detail: "fault" }
})

const closed: Contract.Any = { ...local.critical, limits: { ...local.critical.limits, onStoreError: "closed" } }

const of = (contract: Contract.Any, name: string, options: Ops.Options = {}) =>
  AlertRules.make(contract, options).filter((one) => one.name === name)

describe("a fallback", () => {
  it("has its alert where an operation declares one, and only there", () => {
    for (const contract of all) {
      const declared = Object.values(contract.operations).some(({ fallback }) => fallback !== undefined)
      expect([contract.id, of(contract, degraded).length]).toEqual([contract.id, declared ? 1 : 0])
    }
    expect(of(local.critical, degraded)).toHaveLength(1)
  })

  it("writes a ticket that names the operation, at every criticality", () => {
    for (const criticality of ["critical", "high", "medium", "low"] as const) {
      const [alert] = of({ ...local.critical, criticality }, degraded)
      expect(alert?.labels["severity"]).toBe("ticket")
      expect(alert?.annotations["summary"]).toContain("{{ $labels.integration_operation_name }}")
    }
  })

  it("is looked for in 30 minutes, and in the time of 6 calls where few are expected", () => {
    const window = (options: Ops.Options) =>
      /\[(\d+m)\]/.exec(of(local.critical, degraded, options)[0]?.expr ?? "")?.[1]
    expect(window({})).toBe("30m")
    expect(window({ expectedCallsPerHour: 12 })).toBe("30m")
    expect(window({ expectedCallsPerHour: 3 })).toBe("120m")
    expect(window({ expectedCallsPerHour: 0.1 })).toBe("360m")
  })

  it("is told of in the dossier, where it is served and where it costs nothing", () => {
    const lines = (contract: Contract.Any, word: string) =>
      Dossier.toMarkdown(contract)
        .split("\n")
        .filter((line) => line.startsWith(word))
        .join("\n")
    expect(lines(local.critical, "| It is down")).toContain(degraded)
    expect(lines(local.high, "| It is down")).not.toContain(degraded)
    expect(Dossier.toMarkdown(local.critical)).toMatch(/Counts as good[^\n]*IntegrationDegraded/)
    expect(Dossier.toMarkdown(local.high)).not.toContain(degraded)
  })
})

describe("a shared store that does not answer", () => {
  it("has its alert for every contract, and says what becomes of calls", () => {
    for (const contract of all) expect(of(contract, failing)).toHaveLength(1)
    expect(of(local.critical, failing)[0]?.meaning).toContain("Calls go on")
    expect(of(closed, failing)[0]?.meaning).toContain("Calls are refused")
  })

  it("is told of in the dossier, and beside the refusals where calls do not go on", () => {
    const row = (contract: Contract.Any) =>
      Dossier.toMarkdown(contract)
        .split("\n")
        .find((line) => line.startsWith("| A shared store"))
    expect(row(local.critical)).toContain(failing)
    expect(row(closed)).toMatch(/IntegrationLocalFault.*IntegrationGuardStoreFailing/)
  })
})

describe("what no call tells", () => {
  it("has a page each, with its own advice", () => {
    const pages = Runbook.make(local.critical)
    const text = (alert: string) => Runbook.toMarkdown(pages.find((one) => one.alert === alert)!)
    expect(text(degraded)).toContain("Which share of the answers is a fallback")
    expect(text(failing)).toContain("Call whoever runs the store")
  })

  const cases: ReadonlyArray<readonly [string, Contract.Any, Ops.Options]> = [
    ...[local.critical, coarseOf(local.critical)].flatMap((contract) =>
      ExportProfile.profiles.map((profile) => [`by ${contract.signals.detail}`, contract, { profile }] as const)
    ),
    ["at 3 calls an hour", local.critical, { profile: "otlp", expectedCallsPerHour: 3 }]
  ]

  for (const [title, contract, options] of cases) {
    it.skipIf(Tools.isSkipped).concurrent(
      `rings and stays silent as its 6 and 3 tests say, which notice 9 kinds of damage: ${title}, ${options.profile}, with ${Tools.title}`,
      { timeout: 120_000 },
      async ({ expect }) => {
        expect(Lint.check(Lint.subjectOf(contract, options))).toEqual([])
        const groups = [
          ...RecordingRules.make(contract, options).map((one) => one.name),
          RecordingRules.groupName(contract, "alerts")
        ]
        const run = (alerts: ReadonlyArray<Alert.Alert>) => {
          const files: Record<string, string> = { "rules.yml": Ops.rulesYaml(contract, options, alerts) }
          for (const pace of ["fast", "slow"] as const) {
            const tests = RuleTests.toFile(alerts, { groups, pace, rules: "rules.yml" })
            if (tests.tests.length > 0) files[`${pace}.yml`] = Yaml.toYaml(tests)
          }
          const named = Object.keys(files).filter((name) => name !== "rules.yml")
          return Tools.run("promtool", ["test", "rules", ...named], files)
        }
        const alerts = [...of(contract, degraded, options), ...of(contract, failing, options)]
        const whole = await run(alerts)
        expect([...Tools.failedTests(whole), whole.status]).toEqual([0])
        expect(alerts.map(({ tests }) => tests.length)).toEqual([6, 3])
        let damaged = 0
        for (const { alerts: broken, mustFail } of RuleTests.mutants(alerts)) {
          const failed = Tools.failedTests(await run(broken))
          expect(mustFail.filter(({ test }) => !failed.has(test))).toEqual([])
          damaged += mustFail.length
        }
        expect(damaged).toBe(9)
      }
    )
  }
})
