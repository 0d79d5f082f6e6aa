import { describe, expect, it } from "@effect/vitest"
import { Query, Slo } from "@surety/ops"
import * as fc from "fast-check"
import { local } from "./rig/Contracts.ts"

const day = 86_400_000

const objective = (share: number, days: number): Slo.Objective => ({
  slo: "availability",
  objective: share,
  budget: 1 - share,
  windowMillis: days * day,
  boundSeconds: undefined
})

const factors = (share: number, days: number): ReadonlyArray<number> =>
  Slo.windows(objective(share, days), {}).map(({ factor }) => factor)

describe("burn windows", () => {
  it("burn 14.4, 6, 3 and 1 times too fast for 30 days", () => {
    expect(factors(0.999, 30)).toEqual([14.4, 6, 3, 1])
    expect(
      Slo.windows(objective(0.999, 30), {}).map(({ forMinutes, long, severity, short }) => [
        long,
        short,
        forMinutes,
        severity
      ])
    ).toEqual([
      ["1h", "5m", 2, "page"],
      ["6h", "30m", 15, "page"],
      ["1d", "2h", 60, "ticket"],
      ["3d", "6h", 180, "ticket"]
    ])
  })

  it("keep the share of the budget for other objectives: 43.2 times in 90 days, 3.36 in 7, never below 1", () => {
    expect(factors(0.999, 90)).toEqual([43.2, 18, 9, 3])
    expect(factors(0.999, 7)).toEqual([3.36, 1.4, 1, 1])
  })

  it("are no longer than the objective's own window", () => {
    expect(Slo.windows(objective(0.999, 1), {}).map(({ long }) => long)).toEqual(["1h", "6h", "1d"])
  })

  it("have a threshold of 0.9 where a total outage could not exceed another: 14.4 times 10 %", () => {
    const [fast, slow] = Slo.windows(objective(0.9, 30), {})
    expect(fast?.threshold).toBe(0.9)
    expect(fast?.thresholdText).toBe("0.9")
    expect(slow?.thresholdText).toBe("(6 * 0.1)")
  })

  it("need 5 bad calls, and 2 of 3 expected ones", () => {
    expect(Slo.windows(objective(0.999, 30), {}).map(({ minBad }) => minBad)).toEqual([5, 5, 5, 5])
    expect(Slo.windows(objective(0.999, 30), { expectedCallsPerHour: 3 }).map(({ minBad }) => minBad)).toEqual([
      2, 5, 5, 5
    ])
    expect(Slo.windows(objective(0.999, 30), { expectedCallsPerHour: 0.1 }).map(({ minBad }) => minBad)).toEqual([
      2, 2, 2, 4
    ])
  })

  it("can always be exceeded, and are never stricter than the budget allows over their length", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.0001, max: 0.9999, noNaN: true }),
        fc.integer({ min: 1, max: 90 }),
        (share, days) => {
          for (const { factor, threshold } of Slo.windows(objective(share, days), {})) {
            expect(threshold).toBeLessThan(1)
            expect(factor).toBeGreaterThanOrEqual(1)
            expect(threshold).toBeGreaterThanOrEqual(Math.min(0.9, 1 - share) - 1e-9)
          }
        }
      )
    )
  })
})

describe("objectives", () => {
  it("are the availability and every percentile, the highest first", () => {
    expect(Slo.objectives(local.critical).map(({ boundSeconds, budget, slo }) => [slo, budget, boundSeconds])).toEqual([
      ["availability", 0.1, undefined],
      ["latency-p99.9", 0.001, 5],
      ["latency-p50", 0.5, 1]
    ])
  })

  it("count failures of provider and network as bad, and leave callers out", () => {
    const query = Query.make(local.low, {})
    const [availability] = Slo.objectives(local.low)
    if (availability === undefined) throw new Error("no objective")
    expect(Slo.bad(query, availability, "5m")).toBe(
      'sum(increase(integration_operation_duration_count{integration_provider_name="acme/Weather low", error_fault=~"provider|network"}[5m]))'
    )
    expect(Slo.total(query, availability, "5m")).toBe(
      'sum(increase(integration_operation_duration_count{integration_provider_name="acme/Weather low", error_fault!~"caller|cancelled"}[5m]))'
    )
  })
})

describe("queries", () => {
  it("are spelled three ways", () => {
    const [availability] = Slo.objectives(local.low)
    if (availability === undefined) throw new Error("no objective")
    const name = (profile: "effect" | "otel-sdk" | "otlp"): ReadonlyArray<string> => [
      ...Query.metricsOf(Slo.total(Query.make(local.low, { profile }), availability, "5m"))
    ]
    expect(name("effect")).toEqual(["integration_operation_duration_count"])
    expect(name("otel-sdk")).toEqual(["integration_operation_duration_count"])
    expect(name("otlp")).toEqual(["integration_operation_duration_seconds_count"])
  })

  it("find an edge as Prometheus 2 and 3 write it", () => {
    expect(Query.edge(5)).toEqual(["le", "=~", "5|5[.]0"])
    expect(Query.edge(2.5)).toEqual(["le", "=", "2.5"])
  })

  it("are narrowed to the labels of the targets, and quote what is in them", () => {
    const query = Query.make(local.critical, { selector: { namespace: "shop\\1" }, environment: "prod" })
    expect(query.recorded("x:y", { slo: "z" })).toBe(
      'x:y{integration_provider_name="acme/Orders \\"EU\\"", namespace="shop\\\\1", environment="prod", slo="z"}'
    )
  })
})
