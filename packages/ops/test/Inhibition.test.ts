/** What a real Alertmanager keeps back when alerts fire together. */
import { afterEach, beforeEach, describe, expect, it } from "@effect/vitest"
import { AlertManager, AlertRules, Yaml } from "@surety/ops"
import type { Contract } from "surety"
import { AlertmanagerServer } from "./rig/AlertmanagerServer.ts"
import { local } from "./rig/Contracts.ts"
import * as Tools from "./rig/Tools.ts"

const queues = { outbox: { maxAge: "10 minutes", maxDepth: 100 } } as const

const both: ReadonlyArray<Contract.Any> = [local.critical, local.high]

/** The labels with which an alert fires; those of a result come on top. */
const labelsOf = (contract: Contract.Any, id: string): Readonly<Record<string, string>> => {
  const alert = AlertRules.make(contract, { queues }).find((one) => one.id === id)
  if (alert === undefined) throw new Error(`no alert ${id}`)
  return { alertname: alert.name, ...alert.tests[0]?.expect[0]?.labels, ...alert.labels }
}

describe.skipIf(Tools.isSkipped)(`what is kept back, with ${Tools.title}`, () => {
  let server = new AlertmanagerServer()

  beforeEach(async () => {
    server = new AlertmanagerServer()
    await server.start(Yaml.toYaml(AlertManager.make(both, {})))
  }, 30_000)
  afterEach(() => server.stop())

  /** Fires alerts of one provider, and the same of another, as far as it has them; returns what is kept back of each. */
  const keptBack = async (
    ids: ReadonlyArray<string>,
    others: ReadonlyArray<string>
  ): Promise<ReadonlyArray<string>> => {
    await server.fire([
      ...ids.map((id) => ({ ...labelsOf(local.critical, id), id })),
      ...others.map((id) => ({ ...labelsOf(local.high, id), id: `other: ${id}` }))
    ])
    const held = await server.held()
    expect(held).toHaveLength(ids.length + others.length)
    return held
      .filter(({ status }) => status.inhibitedBy.length > 0)
      .map(({ labels }) => labels["id"] ?? "")
      .sort()
  }

  it("an open circuit keeps back what it causes, never the budget that callers feel, and nothing of another provider", async () => {
    const caused = [
      "IntegrationCircuitFlapping",
      "IntegrationDegraded",
      "IntegrationLatencyBudget latency-p50",
      "IntegrationQueueBacklog outbox",
      "IntegrationRetryAmplification",
      "IntegrationRetryBudgetExhausted"
    ]
    const others = [
      "IntegrationSloBurn availability 1h",
      "IntegrationGuardStoreFailing",
      "IntegrationQueueStale outbox",
      "IntegrationTelemetryAbsent"
    ]
    expect(
      await keptBack(
        ["IntegrationCircuitOpen", ...caused, ...others],
        ["IntegrationCircuitFlapping", "IntegrationRetryAmplification"]
      )
    ).toEqual(caused)
  })

  it("a faster burn keeps back a slower one of the same objective", async () => {
    expect(
      await keptBack(
        [
          "IntegrationSloBurn availability 1h",
          "IntegrationSloBurn availability 6h",
          "IntegrationSloBurn availability 1d",
          "IntegrationSloBurn latency-p50 1d"
        ],
        ["IntegrationSloBurn availability 3d"]
      )
    ).toEqual(["IntegrationSloBurn availability 1d"])
  })

  it("a credential that cannot be used keeps back the outage that it causes", async () => {
    const caused = [
      "IntegrationCircuitOpen",
      "IntegrationDegraded",
      "IntegrationQueueBacklog outbox",
      "IntegrationQueueStale outbox",
      "IntegrationSloBurn availability 1h"
    ]
    expect(
      await keptBack(
        [
          "IntegrationCredentialUnavailable",
          ...caused,
          "IntegrationCredentialExpiring 3d",
          "IntegrationTokenRefreshFailing"
        ],
        ["IntegrationCircuitOpen", "IntegrationSloBurn availability 1h"]
      )
    ).toEqual(caused)
  })

  it("a credential that cannot be renewed keeps nothing back: calls go on with the secret at hand", async () => {
    const burning = ["IntegrationCircuitOpen", "IntegrationQueueStale outbox", "IntegrationSloBurn availability 1h"]
    expect(await keptBack(["IntegrationTokenRefreshFailing", ...burning], [])).toEqual([])
  })

  it("a credential that the provider refuses keeps nothing back: what burns beside it may be something else", async () => {
    const burning = ["IntegrationCircuitOpen", "IntegrationQueueStale outbox", "IntegrationSloBurn availability 1h"]
    expect(await keptBack(["IntegrationCredentialRefused", ...burning], [])).toEqual([])
  })

  it("a circuit that somebody isolated keeps nothing back: the fallbacks that are served are what that costs", async () => {
    expect(await keptBack(["IntegrationCircuitIsolated", "IntegrationDegraded"], [])).toEqual([])
  })

  it("a page of staging keeps nothing of production back, nor one of another selected namespace", async () => {
    const deployments = [
      { environment: "staging", namespace: "a" },
      { environment: "production", namespace: "a" },
      { environment: "production", namespace: "b" }
    ]
    await server.stop()
    server = new AlertmanagerServer()
    await server.start(Yaml.toYaml(AlertManager.make(both, { selector: { namespace: "a" } })))
    const fire = (id: string, ...where: ReadonlyArray<number>) =>
      where.map((at) => ({
        ...labelsOf(local.critical, id),
        ...deployments[at],
        id: `${deployments[at]?.environment} ${deployments[at]?.namespace}`
      }))
    for (const [source, target] of [
      ["IntegrationSloBurn availability 1h", "IntegrationSloBurn availability 1d"],
      ["IntegrationCircuitOpen", "IntegrationRetryAmplification"],
      ["IntegrationCredentialUnavailable", "IntegrationQueueStale outbox"],
      ["IntegrationCredentialExpiring 3d", "IntegrationCredentialExpiring 14d"],
      ["IntegrationSunsetAnnounced 14d", "IntegrationSunsetAnnounced 90d"]
    ] as const) {
      await server.fire([...fire(source, 0), ...fire(target, 0, 1, 2)])
      const held = (await server.held()).filter(({ status }) => status.inhibitedBy.length > 0)
      expect([source, ...held.map(({ labels }) => labels["id"])]).toEqual([source, "staging a"])
      await server.stop()
      server = new AlertmanagerServer()
      await server.start(Yaml.toYaml(AlertManager.make(both, { selector: { namespace: "a" } })))
    }
  }, 60_000)

  it("a nearer end keeps back the ticket before it, of the same credential or operation", async () => {
    expect(
      await keptBack(
        [
          "IntegrationCredentialExpiring 3d",
          "IntegrationCredentialExpiring 14d",
          "IntegrationSunsetAnnounced 14d",
          "IntegrationSunsetAnnounced 90d"
        ],
        ["IntegrationSunsetAnnounced 90d"]
      )
    ).toEqual(["IntegrationCredentialExpiring 14d", "IntegrationSunsetAnnounced 90d"])
  })
})
