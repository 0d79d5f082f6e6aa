// An audit trail that loses events rings.
//
// It rang nowhere: the loss was counted and logged, no rule asked for it, and nobody looks into a trail until the day on
// which somebody must.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import { AlertRules, Ops } from "@surety/ops"
import { Stripe } from "@surety/stripe"
import { Audit, Auditor } from "surety/credential"
import { Selector, SignalName } from "surety/signals"
import { PrometheusText } from "surety/telemetry"

const event = (at: number): Audit.Event => ({
  id: `e${at}`,
  kind: "revoked",
  actor: "shop-1",
  purpose: "a test",
  provider: "surety/Stripe",
  credential: "key",
  wallMillis: at,
  monotonicMillis: at
})

const rings = "IntegrationAuditDropped"
const alert = AlertRules.make(Stripe.contract).find(({ name }) => name === rings)

/** What the page of a scrape says of the series that the alert's first selector asks for. */
const asked = Effect.map(PrometheusText.make({}), (write) => {
  const [first] = Selector.within(alert?.expr ?? "")
  return write()
    .split("\n")
    .filter((line) => line.startsWith(`${first?.name}{`))
})

it.effect(
  "has a series that is 0 before the first loss, and 6 when 10 events met a buffer of 4 before a sink that is down",
  () =>
    Effect.gen(function* () {
      let isDown = true
      const append = () => (isDown ? Effect.fail(new Audit.SinkFailure({ sink: "sql", detail: "down" })) : Effect.void)
      const auditor = yield* Auditor.make({ sinks: [{ name: "sql", append }], capacity: 4 })
      assert.deepStrictEqual(yield* asked, ['integration_audit_dropped{integration_audit_sink="sql"} 0'])
      for (let at = 0; at < 10; at++) auditor.record(event(at))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* asked, ['integration_audit_dropped{integration_audit_sink="sql"} 6'])
      isDown = false
      yield* TestClock.adjust("1 minute")
    }).pipe(Effect.scoped, Effect.provide(Layer.succeed(Metric.MetricRegistry, new Map())))
)

it("is a ticket where a credential has a life that is written down, and nothing else asks a process for the series", () => {
  assert.strictEqual(alert?.labels["severity"], "ticket")
  const names = (options: Ops.Options) => AlertRules.names(AlertRules.make(Stripe.contract, options))
  assert.notInclude(names({ credential: "fixed" }), rings)
  // an application without an auditor passes its telemetry test
  assert.isEmpty(Ops.selectorsOf(Stripe.contract).filter((one) => one.includes("audit")))
  assert.strictEqual(SignalName.auditDropped.name, "integration.audit.dropped")
})
