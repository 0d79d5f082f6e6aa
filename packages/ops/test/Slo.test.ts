import { describe, expect, it } from "@effect/vitest"
import { AlertRules, Query, Slo } from "@surety/ops"
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

  it("burn 43.2 times too fast for 90 days, and a larger share of a short budget: 8.3 % of a day's in an hour", () => {
    expect(factors(0.999, 90)).toEqual([43.2, 18, 9, 3])
    const of = (days: number): ReadonlyArray<string> =>
      Slo.windows(objective(0.999, days), {}).map(
        ({ budgetShare, factor, long, severity }) =>
          `${severity} ${long} ${factor} ${Number((100 * budgetShare).toPrecision(3))} %`
      )
    expect(of(28)).toEqual(["page 1h 13.44 2 %", "page 6h 5.6 5 %", "ticket 1d 2.8 10 %", "ticket 3d 1 10.7 %"])
    expect(of(7)).toEqual(["page 1h 3.36 2 %", "page 6h 2 7.14 %", "ticket 1d 1 14.3 %"])
    expect(of(3)).toEqual(["page 1h 2 2.78 %", "ticket 6h 1 8.33 %"])
    expect(of(1)).toEqual(["page 1h 2 8.33 %", "ticket 6h 1 25 %"])
  })

  it("are shorter than the objective's own window, and record the pieces that longer ones are summed from", () => {
    const recorded = (days: number): ReadonlyArray<string> =>
      Slo.recordedWindows(objective(0.5, days), {}).map(({ window }) => window)
    expect(Slo.windows(objective(0.5, 7), {}).map(({ long }) => long)).toEqual(["1h", "1d"])
    expect(recorded(7)).toEqual(["5m", "30m", "1h", "2h", "1d"])
    expect(recorded(1)).toEqual(["5m", "30m", "1h", "6h"])
    expect(recorded(3)).toEqual(["5m", "30m", "1h", "2h", "6h"])
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

  it("can always be exceeded, burn faster than allowed and each slower than the one before, 1 to 90 days", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 0.99999, noNaN: true }),
        fc.integer({ min: 1, max: 90 }),
        (share, days) => {
          const made = objective(share, days)
          const windows = Slo.windows(made, {})
          expect(windows[0]?.long).toBe("1h")
          expect(windows[0]?.severity).toBe("page")
          for (const [at, { factor, longMillis, severity, threshold }] of windows.entries()) {
            expect(longMillis).toBeLessThan(days * day)
            expect(threshold).toBeLessThanOrEqual(0.9)
            expect(factor).toBeGreaterThanOrEqual(Math.min(severity === "page" ? 2 : 1, 0.9 / made.budget) - 1e-9)
            expect(threshold).toBeLessThan(windows[at - 1]?.threshold ?? 1)
            expect(severity === "page" && windows[at - 1]?.severity === "ticket").toBe(false)
          }
        }
      )
    )
  })

  it("say the factor, the share of calls and the share of the budget that their expression has", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 0.99999, noNaN: true }),
        fc.integer({ min: 1, max: 90 }),
        (share, days) => {
          const contract = { ...local.high, slo: { availability: share, latency: {}, window: `${days} days` as const } }
          const alerts = AlertRules.make(contract).filter(({ name }) => name === "IntegrationSloBurn")
          expect(alerts.length).toBeGreaterThan(0)
          for (const { annotations, expr, labels, meaning } of alerts) {
            const threshold = [...expr.matchAll(/ > (?:\(([^ ]+) \* ([^ ]+)\)|([^ ]+))\n/g)].map(([, a, b, c]) =>
              c === undefined ? Number(a) * Number(b) : Number(c)
            )[0]
            if (threshold === undefined) throw new Error(expr)
            const factor = threshold / (1 - share)
            const hours = { "1h": 1, "6h": 6, "1d": 24, "3d": 72 }[labels["long"] ?? ""] ?? 0
            const said = / ([\d.]+) times/.exec(annotations["summary"] ?? "")?.[1] ?? "1"
            const [calls, budget] = /more than ([\de.-]+) % of the calls .* burns ([\de.-]+) % of the whole/
              .exec(meaning)
              ?.slice(1)
              .map(Number) ?? [0, 0]
            expect(Number(said) / factor).toBeCloseTo(1, 2)
            expect((calls ?? 0) / (100 * threshold)).toBeCloseTo(1, 2)
            expect((budget ?? 0) / ((100 * factor * hours) / (24 * days))).toBeCloseTo(1, 2)
          }
        }
      ),
      { numRuns: 50 }
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
