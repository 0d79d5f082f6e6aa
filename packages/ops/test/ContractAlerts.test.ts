/** Alerts about the contract itself, and about ends that come nearer. */
import { describe, expect, it } from "@effect/vitest"
import { AlertRules, Runbook } from "@surety/ops"
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

const pageOf = (alert: string): string => {
  const page = Runbook.make(Stripe.contract).find((one) => one.alert === alert)
  return page === undefined ? "" : Runbook.toMarkdown(page)
}

describe("IntegrationTelemetryDropped", () => {
  it("has a page of its own, with what was given up, where, why, and the 4 log events of an outage", () => {
    const text = pageOf("IntegrationTelemetryDropped")
    expect(text).toContain("sum by (job, instance) (increase(integration_telemetry_dropped{}[1h])) > 0")
    expect(text).toContain("The reason is unreachable, timeout or queue_full")
    for (const event of ["outage", "restored", "dropped", "lost"]) {
      expect(text).toContain(`\`integration.telemetry.${event}\``)
    }
  })

  it("is a ticket for every criticality, and asks only for processes that use the provider", () => {
    for (const contract of Object.values(local)) {
      const [alert, ...others] = alertsOf(contract, "IntegrationTelemetryDropped")
      expect([alert?.labels["severity"], others.length]).toEqual(["ticket", 0])
      expect(alert?.expr).toContain("and on (job, instance) integration_contract_info{integration_provider_name=")
    }
  })
})

describe("a fixed key", () => {
  it("has a lever and what watches it on the page of the objective, and no lever of a lifecycle", () => {
    const page = Runbook.make(local.critical, { credential: "fixed" })[0]
    const text = page === undefined ? "" : Runbook.toMarkdown(page)
    expect(text).toContain("`surety check --rotated orders-key=YYYY-MM-DD`")
    expect(text).not.toContain("Lifecycle.control")
  })
})

describe("an end", () => {
  it("that is announced is over a day after the last answer that named it", () => {
    expect(pageOf("IntegrationSunsetAnnounced")).toContain("its good answers have named no end for a day")
  })

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
