import { describe, expect, it } from "@effect/vitest"
import { AlertRules, Ops, Query, Yaml } from "@surety/ops"
import * as Samples from "@surety/ops/Samples"
import { local } from "./rig/Contracts.ts"
import * as Tools from "./rig/Tools.ts"

const exprOf = (name: string, options: Ops.Options): string | undefined =>
  AlertRules.make(local.low, options).find((one) => one.name === name)?.expr

describe("alerts about what only a call can change", () => {
  it("are told for 10 minutes after the last call, and for the time of 3 calls where few are expected", () => {
    const windows = (expectedCallsPerHour?: number): ReadonlyArray<string | undefined> => {
      const options = expectedCallsPerHour === undefined ? {} : { expectedCallsPerHour }
      return ["IntegrationCircuitOpen", "IntegrationRetryBudgetExhausted"].map(
        (name) => /increase\(.*\[(\w+)\]\)\) > 0$/.exec(exprOf(name, options) ?? "")?.[1]
      )
    }
    expect(windows()).toEqual(["10m", "10m"])
    expect(windows(1000)).toEqual(["10m", "10m"])
    expect(windows(6)).toEqual(["30m", "30m"])
    expect(windows(0.1)).toEqual(["360m", "360m"])
  })
})

describe("an alert about answers that break the contract", () => {
  it("looks at 15 minutes, and at the time of 6 calls where few are expected: 3 of them are never in 15 minutes", () => {
    const window = (options: Ops.Options): string | undefined =>
      /\[(\w+)\]\)\) >= 3$/.exec(exprOf("IntegrationContractDrift", options) ?? "")?.[1]
    expect([window({}), window({ expectedCallsPerHour: 1000 })]).toEqual(["15m", "15m"])
    expect([window({ expectedCallsPerHour: 4 }), window({ expectedCallsPerHour: 0.1 })]).toEqual(["90m", "360m"])
  })
})

describe.skipIf(Tools.isSkipped)(`a provider that is called once an hour and is down, by ${Tools.title}`, () => {
  const options = { expectedCallsPerHour: 1 }
  const failing = Samples.ended(Query.make(local.critical, options), ({ fault }) => fault === "provider")
  const isFiring = 'ALERTS{alertname="IntegrationSloBurn", alertstate="firing"}'

  /** How often the burn is firing, of the times at which somebody looks. */
  const firing = async (values: string, atMinutes: ReadonlyArray<number>): Promise<number> => {
    const tests = {
      rule_files: ["rules.yml"],
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: [{ series: failing, values }],
          promql_expr_test: atMinutes.map((minute) => ({
            expr: `count(${isFiring}) or vector(0)`,
            eval_time: `${minute}m`,
            exp_samples: [{ labels: "{}", value: 1 }]
          }))
        }
      ]
    }
    const files = {
      "rules.yml": Ops.rulesYaml(local.critical, options, AlertRules.make(local.critical, options)),
      "tests.yml": Yaml.toYaml(tests)
    }
    const { output } = await Tools.run("promtool", ["test", "rules", "tests.yml"], files)
    return atMinutes.length - [...output.matchAll(/^ +expr: /gm)].length
  }

  // a call in the seventh minute of each hour; each value stays for the hour that follows
  const hours = (count: number): string => Array.from({ length: count }, (_, hour) => `${hour + 1}x59`).join(" ")
  const everyTenMinutes = (from: number, to: number) =>
    Array.from({ length: (to - from) / 10 }, (_, at) => from + at * 10)

  it("rings once for 6 hours of outage, and not once for each call", { timeout: 60_000 }, async () => {
    const times = everyTenMinutes(270, 630)
    expect(await firing(`0x6 ${hours(10)}`, times)).toBe(times.length)
  })

  it("is over two hours after the last call that failed", { timeout: 60_000 }, async () => {
    expect(await firing(`0x6 ${hours(5)} 5x600`, everyTenMinutes(370, 610))).toBe(0)
  })
})

describe("the summary of a burn", () => {
  it("says what callers feel before what it does to the budget, as 2 windows of 30 days have it", () => {
    const summaries = AlertRules.make({
      ...local.critical,
      slo: { availability: 0.999, latency: { p99: "15 seconds" }, window: "30 days" }
    })
      .filter(({ name }) => name === "IntegrationSloBurn")
      .map(({ annotations }) => annotations["summary"]?.replace(/^.*?: /, ""))
    expect(summaries[0]).toBe(
      "more than 1.44 % of the calls fail: availability burns its error budget 14.4 times too fast"
    )
    expect(summaries[4]).toBe(
      "more than 14.4 % of the calls take more than 15 s: latency-p99 burns its error budget 14.4 times too fast"
    )
  })
})
