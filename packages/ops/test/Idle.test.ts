/** Contracts that have less than others: no operation, no quota that could run out. */
import { describe, expect, it } from "@effect/vitest"
import { Github } from "@surety/github"
import { AlertRules, Catalog, Dashboard, Dossier, Lint, Ops, RecordingRules, Runbook } from "@surety/ops"
import { type Contract, RateLimit } from "surety"
import * as ExportProfile from "surety/signals/ExportProfile"
import { local } from "./rig/Contracts.ts"
import * as Tools from "./rig/Tools.ts"

const queues = { outbox: { maxAge: "10 minutes" } } as const

const idle: Contract.Any = { ...local.critical, operations: {} }

describe("a contract without operations", () => {
  it("has the alerts that need none: telemetry, credential and queues", () => {
    const names = AlertRules.names(AlertRules.make(idle, { queues }))
    expect(names).toContain("IntegrationTelemetryAbsent")
    expect(names).toContain("IntegrationRulesOutdated")
    expect(names).toContain("IntegrationCredentialExpiring")
    expect(names).toContain("IntegrationQueueStale")
    expect(
      names.filter((name) => /Slo|Budget|Latency|Circuit|Rate|Quota|Retry|Outcome|Drift|Sunset|Refused/.test(name))
    ).toEqual([])
    expect(RecordingRules.make(idle)).toEqual([])
  })

  it("has a dossier, a dashboard, pages and an entity, and no rule that asks for what nobody emits", () => {
    for (const profile of ExportProfile.profiles) {
      expect(Lint.check(Lint.subjectOf(idle, { queues, profile }))).toEqual([])
    }
    expect(Dossier.toMarkdown(idle)).toContain("acme/Orders")
    expect(Dashboard.make(idle).json["schemaVersion"]).toBe(42)
    expect(Runbook.make(idle, { queues }).length).toBe(AlertRules.names(AlertRules.make(idle, { queues })).length)
    expect(Catalog.make(idle).kind).toBe("API")
  })

  it.skipIf(Tools.isSkipped)(`has rules that hold, with ${Tools.title}`, { timeout: 60_000 }, async () => {
    const files = Ops.files(idle, { queues })
    const ran = await Tools.run("promtool", ["test", "rules", "rules_test.yml", "rules_slow_test.yml"], files)
    expect(ran.output.match(/SUCCESS/g)?.length).toBe(2)
    expect(ran.status).toBe(0)
  })
})

describe("a quota", () => {
  it("that is paced, given out more slowly than it could be spent, is no forecast's", () => {
    const forecasts = (contract: Contract.Any): ReadonlyArray<string> =>
      AlertRules.make(contract).flatMap(({ expr, name }) => (name === "IntegrationQuotaForecast" ? [expr] : []))
    const [github] = forecasts(Github.contract)
    expect(github).toContain('quota_name=~"core"')
    const { limits } = local.high
    const buckets = { paced: RateLimit.tokenBucket({ limit: 2400, per: "1 day", burst: 100 }) }
    expect(forecasts({ ...local.high, limits: { ...limits, buckets } })).toEqual([])
  })
})
