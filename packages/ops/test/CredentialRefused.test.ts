/** A key that the provider refuses pages somebody: whoever keeps it, however it says so, and at whatever detail. */
import { describe, expect, it } from "@effect/vitest"
import { AlertRules, Lint, Ops, RecordingRules, Runbook, RuleTests, Yaml } from "@surety/ops"
import { Stripe } from "@surety/stripe"
import type { Contract } from "surety"
import type * as Alert from "@surety/ops/Alert"
import * as ExportProfile from "surety/signals/ExportProfile"
import { local } from "./rig/Contracts.ts"
import * as Tools from "./rig/Tools.ts"

const name = "IntegrationCredentialRefused"

const alertOf = (contract: Contract.Any, options: Ops.Options = {}) =>
  AlertRules.make(contract, options).find((one) => one.name === name)

const coarse: Contract.Any = { ...Stripe.contract, signals: { ...Stripe.contract.signals, detail: "fault" } }

/** Both ways of saying it, in one contract. */
const mixed: Contract.Any = {
  ...Stripe.contract,
  operations: { ...Stripe.contract.operations, ...local.critical.operations }
}

describe("a credential that the provider refuses", () => {
  it("pages for a fixed key as for a managed one: 401 is a quarter of what was sent, and at least 3 of it", () => {
    const fixed = alertOf(Stripe.contract, { credential: "fixed" })
    expect(fixed?.expr).toBe(alertOf(Stripe.contract)?.expr)
    expect(fixed?.labels["severity"]).toBe("page")
    const provider = 'integration_provider_name="surety/Stripe"'
    const by = "by (integration_provider_name)"
    const replays = `sum ${by} (increase(integration_attempts{${provider}, attempt_type="auth_replay"}[5m]))`
    const refused = `sum ${by} (increase(http_client_request_duration_count{${provider}, http_response_status_code="401"}[5m])) - ${replays}`
    const sent = `sum ${by} (increase(http_client_request_duration_count{${provider}}[5m])) - ${replays}`
    expect(fixed?.expr).toBe(`(\n  (${refused}) >= 3\n  and (${refused}) > 0.25 * (${sent})\n)`)
  })

  it("is seen without HTTP by what is declared, and with both by either", () => {
    expect(alertOf(local.critical)?.expr).toContain('error_type=~"KeyRevoked"')
    expect(alertOf(local.critical)?.expr).not.toContain("http_client")
    expect(alertOf(mixed)?.expr).toMatch(/"401"[^]*\nor [^]*"KeyRevoked"/)
  })

  it("is not seen where one series stands for each fault: nothing asks for what is not exported then", () => {
    expect(alertOf(coarse)).toBeUndefined()
    expect(Lint.check(Lint.subjectOf(coarse))).toEqual([])
  })

  it("leaves the other rules of such a contract whole, and their tests pass", { timeout: 60_000 }, async () => {
    if (Tools.isSkipped) return
    const ran = await Tools.run(
      "promtool",
      ["test", "rules", "rules_test.yml", "rules_slow_test.yml"],
      Ops.files(coarse)
    )
    expect([...Tools.failedTests(ran)]).toEqual([])
    expect(ran.status).toBe(0)
  })

  it("looks as far back as 6 calls take, where few are expected: 5 minutes, 30, at most 6 hours", () => {
    for (const [calls, window] of [
      [1000, "[5m]"],
      [12, "[30m]"],
      [0.1, "[360m]"]
    ] as const) {
      expect(alertOf(Stripe.contract, { expectedCallsPerHour: calls })?.expr).toContain(window)
    }
  })

  it("has a page with causes, levers and the way to see that it is over, for both kinds of key", () => {
    const page = (options: Ops.Options): string =>
      Runbook.toMarkdown(Runbook.make(Stripe.contract, options).find(({ alert }) => alert === name)!)
    for (const text of [page({}), page({ credential: "fixed" })]) {
      for (const word of ["revoked", "rotated elsewhere", "another environment", "clock", "surety check --rotated"]) {
        expect(text.toLowerCase()).toContain(word)
      }
      expect(text).toContain("Provider.control(service)?.isolate()")
    }
    expect(page({})).toContain("Lifecycle.control(credentials)?.renew(")
    expect(page({ credential: "fixed" })).toContain("Put another key where the program reads it, then start it again")
  })
})

/** The tests of an alert that fail when it stands alone in a file, as it is given. */
const failedOf = async (
  contract: Contract.Any,
  options: Ops.Options,
  alert: Alert.Alert
): Promise<ReadonlyArray<string>> => {
  const groups = [RecordingRules.groupName(contract, "alerts")]
  const files: Record<string, string> = { "rules.yml": Ops.rulesYaml(contract, options, [alert]) }
  for (const pace of ["fast", "slow"] as const) {
    const tests = RuleTests.toFile([alert], { groups, pace, rules: "rules.yml" })
    if (tests.tests.length > 0) files[`${pace}.yml`] = Yaml.toYaml(tests)
  }
  const names = Object.keys(files).filter((file) => file !== "rules.yml")
  const ran = await Tools.run("promtool", ["test", "rules", ...names], files)
  expect(ran.output).toMatch(/SUCCESS|FAILED/)
  return [...Tools.failedTests(ran)]
}

describe.skipIf(Tools.isSkipped)(`its rule, run by ${Tools.title}`, () => {
  const cases: ReadonlyArray<readonly [string, Contract.Any, Ops.Options]> = [
    ["a fixed key", Stripe.contract, { credential: "fixed" }],
    ["both ways of refusing", mixed, { credential: "fixed" }],
    ["12 calls an hour", Stripe.contract, { credential: "fixed", expectedCallsPerHour: 12 }],
    ["a call in ten hours", Stripe.contract, { credential: "fixed", expectedCallsPerHour: 0.1 }]
  ]
  for (const [title, contract, options] of cases) {
    for (const profile of ExportProfile.profiles) {
      it(
        `fires and stays silent as its tests say, which notice each change: ${title}, ${profile}`,
        { timeout: 60_000 },
        async () => {
          const alert = alertOf(contract, { ...options, profile })
          if (alert === undefined) throw new Error("no alert")
          expect(Lint.check(Lint.subjectOf(contract, { ...options, profile }))).toEqual([])
          expect(await failedOf(contract, options, alert)).toEqual([])
          for (const { caughtBy, expr, what } of alert.mutations) {
            const tests = alert.tests.filter((test) => test.title === caughtBy)
            expect(await failedOf(contract, options, { ...alert, expr, tests }), what).toEqual([`${name} ${caughtBy}`])
          }
        }
      )
    }
  }
})
