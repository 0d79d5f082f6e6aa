/** What is our own fault costs no objective and opens no circuit: an alert of its own tells, at whatever detail. */
import { describe, expect, it } from "@effect/vitest"
import { AlertRules, Dossier, Ops, RecordingRules, RuleTests, Yaml } from "@surety/ops"
import type { Contract } from "surety"
import type * as ErrorType from "surety/signals/ErrorType"
import * as ExportProfile from "surety/signals/ExportProfile"
import { all, local } from "./rig/Contracts.ts"
import * as Tools from "./rig/Tools.ts"

const name = "IntegrationLocalFault"

const coarseOf = (contract: Contract.Any): Contract.Any => ({
  ...contract,
  signals: { ...contract.signals, detail: "fault" }
})

describe("what is our own fault", () => {
  it("has an alert beside the 2 faults that burn: of 5, only the caller's and the cancelled have none", () => {
    const faults: ReadonlyArray<ErrorType.Fault> = ["provider", "network", "local", "caller", "cancelled"]
    const rules = all.map((contract) => Ops.ruleFiles(contract)["rules.yml"])
    const asked = (fault: string) => new RegExp(`error_fault(?:=|=~)[^",]*"(?:[a-z|]*\\|)?${fault}["|]`)
    for (const text of rules) {
      expect(faults.filter((fault) => asked(fault).test(text.replaceAll('\\"', '"')))).toEqual([
        "provider",
        "network",
        "local"
      ])
    }
  })

  it("pages for a critical provider and writes a ticket for a medium one, by the way in which calls end", () => {
    const of = (contract: Contract.Any) => AlertRules.make(contract).find((one) => one.name === name)
    expect(of(local.critical)?.labels["severity"]).toBe("page")
    expect(of(local.medium)?.labels["severity"]).toBe("ticket")
    expect(of(local.critical)?.annotations["summary"]).toContain("{{ $labels.error_type }}")
  })

  it("is told where a store that is down refuses calls, and not where each process goes on by itself", () => {
    const rowOf = (onStoreError: "open" | "closed") =>
      Dossier.toMarkdown({ ...local.critical, limits: { ...local.critical.limits, onStoreError } })
        .split("\n")
        .find((line) => line.startsWith("| A shared store"))
    expect(rowOf("closed")).toContain(name)
    expect(rowOf("open")).not.toContain(name)
  })

  for (const contract of [local.critical, local.low].flatMap((one) => [one, coarseOf(one)])) {
    const { detail } = contract.signals
    it.skipIf(Tools.isSkipped).concurrent(
      `rings and stays silent as its 5 tests say, in 3 profiles: ${contract.id}, by ${detail}, with ${Tools.title}`,
      { timeout: 120_000 },
      async ({ expect }) => {
        for (const profile of ExportProfile.profiles) {
          const alerts = AlertRules.make(contract, { profile }).filter((one) => one.name === name)
          const groups = [
            ...RecordingRules.make(contract, { profile }).map((one) => one.name),
            RecordingRules.groupName(contract, "alerts")
          ]
          const files = {
            "rules.yml": Ops.rulesYaml(contract, { profile }, alerts),
            "tests.yml": Yaml.toYaml(RuleTests.toFile(alerts, { groups, pace: "fast", rules: "rules.yml" }))
          }
          const ran = await Tools.run("promtool", ["test", "rules", "tests.yml"], files)
          expect([alerts[0]?.tests.length, ...Tools.failedTests(ran), ran.status]).toEqual([5, 0])
        }
      }
    )
  }
})
