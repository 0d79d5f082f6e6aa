import { describe, expect, it } from "@effect/vitest"
import { Github } from "@surety/github"
import { AlertManager, AlertRules, Amplification, Lint, Ops, RuleTests } from "@surety/ops"
import { Stripe } from "@surety/stripe"
import * as ExportProfile from "surety/signals/ExportProfile"
import { all, local } from "./rig/Contracts.ts"

const queues = { outbox: { maxAge: "10 minutes" } } as const

const severities = (contract: (typeof all)[number]): Readonly<Record<string, ReadonlyArray<string>>> => {
  const found: Record<string, Array<string>> = {}
  for (const { labels, name } of AlertRules.make(contract)) (found[name] ??= []).push(labels["severity"] ?? "")
  return found
}

describe("alerts", () => {
  it("exist where their cause can be: a contract with everything has 27 names, one of an open service has 16", () => {
    expect(AlertRules.names(AlertRules.make(local.critical))).toEqual([
      "IntegrationSloBurn",
      "IntegrationBudgetExhausted",
      "IntegrationLatencyBudget",
      "IntegrationDegraded",
      "IntegrationCircuitOpen",
      "IntegrationCircuitFlapping",
      "IntegrationCircuitIsolated",
      "IntegrationRateLimitSaturation",
      "IntegrationRateLimited",
      "IntegrationRateLimitQueueing",
      "IntegrationQuotaForecast",
      "IntegrationLocalFault",
      "IntegrationGuardStoreFailing",
      "IntegrationRetryBudgetExhausted",
      "IntegrationRetryAmplification",
      "IntegrationTokenRefreshFailing",
      "IntegrationCredentialUnavailable",
      "IntegrationCredentialRefused",
      "IntegrationCredentialExpiring",
      "IntegrationAuditDropped",
      "IntegrationIdempotencyConflict",
      "IntegrationOutcomeUnknown",
      "IntegrationSunsetAnnounced",
      "IntegrationContractDrift",
      "IntegrationTelemetryAbsent",
      "IntegrationTelemetryDropped",
      "IntegrationRulesOutdated"
    ])
    const fewest = AlertRules.names(AlertRules.make(local.low))
    expect(fewest).toHaveLength(16)
    expect(fewest).not.toContain("IntegrationDegraded")
    expect(fewest).not.toContain("IntegrationRateLimitSaturation")
    expect(fewest).not.toContain("IntegrationQuotaForecast")
    expect(fewest).not.toContain("IntegrationTokenRefreshFailing")
    expect(fewest).not.toContain("IntegrationCredentialUnavailable")
    expect(fewest).not.toContain("IntegrationCredentialRefused")
    expect(fewest).not.toContain("IntegrationAuditDropped")
    expect(fewest).not.toContain("IntegrationIdempotencyConflict")
    expect(fewest).not.toContain("IntegrationOutcomeUnknown")
  })

  it("watch a queue only when it is named, and its depth only when that has a limit", () => {
    const names = (options: Ops.Options): ReadonlyArray<string> =>
      AlertRules.names(AlertRules.make(local.low, options)).filter((name) => /Queue|Dead/.test(name))
    expect(names({})).toEqual([])
    expect(names({ queues })).toEqual(["IntegrationQueueStale", "IntegrationDeadLettered"])
    expect(names({ queues: { outbox: { maxAge: "1 hour", maxDepth: 5 } } })).toContain("IntegrationQueueBacklog")
  })

  it("page for a critical provider, write tickets for a medium one, and fewer of them for a low one", () => {
    expect(severities(Stripe.contract)["IntegrationSloBurn"]?.slice(0, 4)).toEqual(["page", "page", "ticket", "ticket"])
    expect(severities(local.medium)["IntegrationSloBurn"]?.slice(0, 4)).toEqual(
      Array.from({ length: 4 }, () => "ticket")
    )
    expect(severities(local.low)["IntegrationSloBurn"]?.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => "ticket"))
    expect(severities(local.medium)["IntegrationSloBurn"]).toHaveLength(8)
    expect(severities(local.low)["IntegrationSloBurn"]).toHaveLength(4)
    expect(severities(local.low)["IntegrationCircuitOpen"]).toEqual(["ticket"])
    expect(severities(local.low)["IntegrationSunsetAnnounced"]).toEqual(["ticket"])
    expect(severities(Github.contract)["IntegrationCredentialExpiring"]).toEqual(["ticket", "ticket"])
  })

  it("link their runbook page by provider and name, or the contract's own", () => {
    const url = (options: Ops.Options): string | undefined =>
      AlertRules.make(local.critical, options)[0]?.annotations["runbook_url"]
    expect(url({ runbookBaseUrl: "https://runbooks.example/x/" })).toBe(
      "https://runbooks.example/x/acme-orders-eu-247d04ad/IntegrationSloBurn/"
    )
    expect(url({})).toBe("https://runbooks.example/orders")
  })

  it("say no value in what people read, so that a firing alert stays one alert", () => {
    for (const contract of all) {
      for (const { annotations } of AlertRules.make(contract, { queues })) {
        expect(Object.values(annotations).join()).not.toContain("$value")
      }
    }
  })

  it("have positive and negative tests and a mutation each, for 6 contracts in 3 profiles", () => {
    for (const contract of all) {
      for (const profile of ExportProfile.profiles) {
        expect(Lint.check(Lint.subjectOf(contract, { profile, queues }))).toEqual([])
      }
    }
  })

  it("exist under signals.detail fault too, for 6 contracts in 3 profiles, without what is measured there no more", () => {
    for (const contract of all) {
      for (const profile of ExportProfile.profiles) {
        const coarse = { ...contract, signals: { ...contract.signals, detail: "fault" as const } }
        expect(Lint.check(Lint.subjectOf(coarse, { profile, queues }))).toEqual([])
      }
    }
  })

  it("are written the same way each time", () => {
    expect(Ops.files(Stripe.contract, { queues })).toEqual(Ops.files(Stripe.contract, { queues }))
  })
})

describe("amplification", () => {
  it("is what the retry budget sustains, and at most what one call can become", () => {
    expect(Amplification.of(Github.contract)).toEqual({ most: 3, sustained: 1.2 })
  })
})

describe("mutants", () => {
  it("damage every alert, each alone under its name", () => {
    const alerts = AlertRules.make(local.critical, { queues })
    const mutants = RuleTests.mutants(alerts)
    const damaged = mutants.flatMap(({ mustFail }) => mustFail)
    expect(damaged).toHaveLength(alerts.reduce((sum, { mutations }) => sum + mutations.length, 0))
    for (const mutant of mutants) {
      const names = mutant.alerts.filter(({ expr }, at) => expr !== alerts[at]?.expr).map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
    }
  })
})

describe("lint", () => {
  const subject = Lint.subjectOf(Stripe.contract)
  const [first, ...rest] = subject.alerts
  if (first === undefined) throw new Error("no alert")

  it("finds a metric that nobody emits", () => {
    const alerts = [{ ...first, expr: 'integration_made_up{a="b{c"} > 1' }, ...rest]
    expect(Lint.check({ ...subject, alerts })).toEqual([`${first.id}: nobody emits integration_made_up`])
  })

  it("finds rules of another export profile: none of 3 passes for another", () => {
    const otlp = Lint.subjectOf(Stripe.contract, { profile: "otlp" })
    expect(Lint.check({ ...subject, options: otlp.options })).not.toEqual([])
    expect(Lint.check({ ...otlp, options: {} })).not.toEqual([])
  })

  it("finds an alert without its negative test, without a mutation, without a link", () => {
    const tests = first.tests.filter(({ kind }) => kind === "positive")
    const { runbook_url, ...annotations } = first.annotations
    expect(runbook_url).toBeDefined()
    expect(Lint.check({ ...subject, alerts: [{ ...first, tests, mutations: [], annotations }, ...rest] })).toEqual([
      `${first.id}: the annotation runbook_url is missing`,
      `${first.id}: no negative test`,
      `${first.id}: nothing proves that its tests bite`
    ])
  })

  it("finds an inhibition across providers, environments and what else tells deployments apart", () => {
    const options = { selector: { namespace: "shop" } }
    const [inhibition] = AlertManager.inhibitions(options)
    if (inhibition === undefined) throw new Error("no inhibition")
    const found = (equal: ReadonlyArray<string>) =>
      Lint.check({ ...Lint.subjectOf(Stripe.contract, options), inhibitions: [{ ...inhibition, equal }] })
    const silences = (label: string) =>
      `alertname="IntegrationSloBurn", long=~"1h|6h": silences alerts of another ${label} too`
    expect(found(inhibition.equal)).toEqual([])
    expect(found(["slo", "environment", "namespace"])).toEqual([silences("integration_provider_name")])
    expect(found(["slo", "integration_provider_name"])).toEqual([silences("environment"), silences("namespace")])
  })

  it("finds a latency bound that is no edge of the histogram", () => {
    const series = subject.series.map((one) => ({ ...one, bounds: one.bounds.filter((bound) => bound !== 15) }))
    const [last, ...others] = Lint.check({ ...subject, series }).toReversed()
    expect(last).toBe(
      "latency-p99: 15 s is no edge of integration.operation.duration, so that no rule can count what was slower"
    )
    for (const one of others) expect(one).toMatch(/: no series fits .*, le=~?"15/)
  })
})
