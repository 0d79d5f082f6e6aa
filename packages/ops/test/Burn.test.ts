/** Burning budgets of other objectives than the usual ones: each window and each share of calls, run by promtool. */
import { describe, it } from "@effect/vitest"
import { AlertRules, Ops, RecordingRules, RuleTests, Yaml } from "@surety/ops"
import type { Contract } from "surety"
import { local } from "./rig/Contracts.ts"
import * as Tools from "./rig/Tools.ts"

const contractOf = (days: number, availability: number): Contract.Any => ({
  ...local.high,
  slo: { availability, latency: {}, window: `${days} days` }
})

/** The tests of the burn alone, and for each mutation the tests that must fail. */
const run = async (
  contract: Contract.Any
): Promise<{ readonly failed: ReadonlyArray<string>; readonly missed: number }> => {
  const all = AlertRules.make(contract)
  const burns = all.filter(({ name }) => name === "IntegrationSloBurn")
  const groups = [
    ...RecordingRules.make(contract).map(({ name }) => name),
    RecordingRules.groupName(contract, "alerts")
  ]
  const failedOf = async (alerts: typeof all): Promise<ReadonlySet<string>> => {
    const tests = (["fast", "slow"] as const).map(
      (pace) => [`${pace}.yml`, RuleTests.toFile(burns, { groups, pace, rules: "rules.yml" })] as const
    )
    const files = Object.fromEntries(tests.map(([name, file]) => [name, Yaml.toYaml(file)]))
    const rules = Ops.rulesYaml(contract, {}, alerts)
    return Tools.failedTests(
      await Tools.run("promtool", ["test", "rules", ...Object.keys(files)], { ...files, "rules.yml": rules })
    )
  }
  const failed = [...(await failedOf(burns))]
  let missed = 0
  for (const { alerts, mustFail } of RuleTests.mutants(burns)) {
    const noticed = await failedOf(alerts)
    missed += mustFail.filter(({ test }) => !noticed.has(test)).length
  }
  return { failed, missed }
}

describe.skipIf(Tools.isSkipped)(`a burn, run by ${Tools.title}`, () => {
  for (const [days, availability] of [
    [1, 0.999],
    [3, 0.9],
    [14, 0.5],
    [28, 0.99],
    [90, 0.99999]
  ] as const) {
    it(
      `over ${days} days at ${availability} is told once, by the alert that its speed calls for`,
      { timeout: 120_000 },
      async ({ expect }) => {
        expect(await run(contractOf(days, availability))).toEqual({ failed: [], missed: 0 })
      }
    )
  }
})
