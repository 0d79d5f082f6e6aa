/** Alerts about the contract itself, and about ends that come nearer. */
import { describe, expect, it } from "@effect/vitest"
import { AlertRules } from "@surety/ops"
import { Stripe } from "@surety/stripe"
import { local } from "./rig/Contracts.ts"

const alertsOf = (contract: (typeof local)["critical"], name: string) =>
  AlertRules.make(contract).filter((alert) => alert.name === name)

describe("IntegrationContractDrift", () => {
  it("wakes somebody for a critical provider, and is a ticket for 3 other criticalities", () => {
    const severity = (contract: (typeof local)["critical"]) =>
      alertsOf(contract, "IntegrationContractDrift").map(({ labels }) => labels["severity"])
    expect(severity(local.critical)).toEqual(["page"])
    for (const of of ["high", "medium", "low"] as const) expect(severity(local[of])).toEqual(["ticket"])
  })
})

describe("an end", () => {
  it.each([
    ["IntegrationCredentialExpiring", ["14d", "3d"]],
    ["IntegrationSunsetAnnounced", ["90d", "14d"]]
  ])("of %s is told at %j: a ticket, then a page, and of no day that is not known", (name, horizons) => {
    const alerts = alertsOf({ ...Stripe.contract, criticality: "high" }, name)
    expect(alerts.map(({ labels }) => labels["horizon"])).toEqual(horizons)
    expect(alerts.map(({ labels }) => labels["severity"])).toEqual(["ticket", "page"])
    for (const { expr, tests } of alerts) {
      expect(expr).toContain("} > 0) - time() <")
      expect(tests.map(({ title }) => title)).toContain("stays silent when no end is known")
    }
  })
})
