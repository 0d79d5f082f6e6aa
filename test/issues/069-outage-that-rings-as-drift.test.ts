// An outage of statuses that nobody declared rings as an outage, and not as a change of the contract.
//
// A 5xx is in few contracts, and each was counted as an undeclared status: three 503 within a quarter of an hour paged
// `IntegrationContractDrift` at a critical provider, before the circuit did, and for an hour.
import { assert, it } from "@effect/vitest"
import { AlertRules } from "@surety/ops"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import { FakeExchange, FakeServer, Fault, FaultScript } from "surety/testing"
import { Booth, layerOf, told } from "../../packages/surety/test/signals/Booth.ts"

const counted = (script: FaultScript.FaultScript) =>
  Effect.gen(function* () {
    const booth = yield* Booth
    const call = yield* Effect.forkChild(Effect.exit(booth.plain()))
    yield* TestClock.adjust("1 minute")
    assert.isDefined(call.pollUnsafe())
    return yield* told("integration.contract.violations")
  }).pipe(
    Effect.provide(layerOf(FakeServer.make({ handle: () => FakeExchange.json(200, { id: "a" }), script }))),
    Effect.provideService(Metric.MetricRegistry, new Map())
  )

it.effect("counts a 503 that nobody declared as undeclared_5xx, and a 418 as undeclared_status", () =>
  Effect.gen(function* () {
    const outage = yield* counted(FaultScript.repeat(Fault.unavailable()))
    assert.strictEqual(outage.length, 1)
    assert.match(outage[0] ?? "", /integration\.operation\.name=plain violation=undeclared_5xx \d/)
    const drift = yield* counted(FaultScript.repeat(Fault.respond(FakeExchange.json(418, {}))))
    assert.deepStrictEqual(drift, ["integration.operation.name=plain violation=undeclared_status 1"])
  })
)

it("leaves undeclared_5xx out of the alert", () => {
  const rules = AlertRules.make(Booth.contract).filter(({ name }) => name === "IntegrationContractDrift")
  assert.strictEqual(rules.length, 1)
  for (const { expr } of rules) assert.include(expr, 'violation!="undeclared_5xx"')
})
