/** The proof of `npm run proof -- alerts`, with minutes that last a second. */
import { type Alert, AlertManager, AlertRules } from "@surety/ops"
import { assert, describe, it } from "vitest"
import { Payments } from "../../examples/main/Payments.ts"
import * as Alerts from "./alerts/Alerts.ts"
import * as Declared from "./alerts/Declared.ts"
import * as Scene from "./alerts/Scene.ts"
import * as TimeScale from "./alerts/TimeScale.ts"
import * as Tools from "./alerts/Tools.ts"

const declared = Declared.of(Payments.contract)

const named = (name: string): Alert.Alert => {
  const rule = declared.rules.find((one) => one.name === name)
  if (rule === undefined) throw new RangeError(`no ${name}`)
  return rule
}

// CI installs the servers and may not go without.
const isMissing = Tools.missing().length > 0 && process.env["CI"] === undefined

describe("an outage, a killed process, and Debian's Prometheus and Alertmanager", () => {
  it.skipIf(isMissing)(
    "2 pages come and end, a third tells of the killed process, and each goes to its owner with its runbook",
    async () => {
      const said: Array<string> = []
      const { found, holds } = await Alerts.run({
        scale: 60,
        scenes: ["outage", "absence"],
        signal: AbortSignal.timeout(80_000),
        progress: (line) => void said.push(line)
      })
      assert.isTrue(holds, `${said.join("\n")}\n${JSON.stringify(found, undefined, 2)}`)
      assert.strictEqual(found.observed.length, 3)
      assert.isAbove(found.rules.rules, AlertRules.make(Payments.contract).length)
      for (const { firedAfterSeconds, rule } of found.observed) {
        // nobody is told before the rule and its route allow it
        const leastSeconds = TimeScale.parse(rule.for ?? "0s") / 1_000 / 60
        assert.isAtLeast(firedAfterSeconds ?? 0, leastSeconds, rule.id)
      }
    },
    90_000
  )
})

describe("what is declared", () => {
  it("an open circuit keeps flapping back, and never a budget that burns", () => {
    const rules = [named("IntegrationCircuitOpen"), named("IntegrationCircuitFlapping"), named("IntegrationSloBurn")]
    const by = rules.map((rule) => Declared.inhibitors(declared, rule, rules).map(({ name }) => name))
    assert.deepStrictEqual(by, [[], ["IntegrationCircuitOpen"], []])
  })

  it("a credential that cannot be used keeps both back, and one that cannot be renewed neither", () => {
    const rules = [
      named("IntegrationTokenRefreshFailing"),
      named("IntegrationCredentialUnavailable"),
      named("IntegrationCircuitOpen"),
      named("IntegrationSloBurn")
    ]
    const by = rules.map((rule) => Declared.inhibitors(declared, rule, rules).map(({ name }) => name))
    const unusable = ["IntegrationCredentialUnavailable"]
    assert.deepStrictEqual(by, [[], [], unusable, unusable])
  })
})

describe("a proof that does not hold", () => {
  const rule = named("IntegrationCircuitFlapping")
  const other = named("IntegrationCircuitOpen")
  const seen: Scene.Observed = {
    scene: "flapping",
    rule,
    script: "told, then held back",
    inhibitors: [other],
    firedAfterSeconds: 1,
    resolvedAfterSeconds: 1,
    heldBackBy: [other]
  }
  const cases: Readonly<Record<string, readonly [Scene.Observed, boolean]>> = {
    "as declared": [seen, true],
    "nobody was told": [{ ...seen, firedAfterSeconds: undefined }, false],
    "nobody was told of its end": [{ ...seen, resolvedAfterSeconds: undefined }, false],
    "nothing kept it back": [{ ...seen, heldBackBy: [] }, false],
    "something else kept it back": [{ ...seen, heldBackBy: [rule] }, false],
    "it was kept back and should not be": [{ ...seen, script: "told" }, false],
    "it was told and should not be": [{ ...seen, script: "held back" }, false]
  }
  for (const [name, [observed, holds]] of Object.entries(cases)) {
    it(`${name}: ${holds ? "holds" : "does not hold"}`, () => assert.strictEqual(Scene.holds(observed), holds))
  }
})

describe("what is told beside a scene", () => {
  const open = named("IntegrationCircuitOpen")
  const burn = named("IntegrationSloBurn")
  const observed: Scene.Observed = {
    scene: "outage",
    rule: open,
    script: "told",
    inhibitors: [],
    firedAfterSeconds: 1,
    resolvedAfterSeconds: 1,
    heldBackBy: []
  }
  const played = [{ fromMillis: 100, observed: [observed], also: [burn] }]
  const found = (atMillis: number, labels: Declared.Labels) =>
    Alerts.othersOf(
      { declared, told: [{ atMillis, receiver: "", status: "firing", labels, annotations: {} }] },
      played
    ).map(({ expected, id }) => `${id}: ${expected ? "expected" : "not expected"}`)
  const labelsOf = (rule: Alert.Alert) => ({ ...rule.labels, alertname: rule.name })

  it("is nothing, when it is what the scene is about", () => assert.deepStrictEqual(found(100, labelsOf(open)), []))

  it("is expected when the scene names it, and not before the scene has begun", () => {
    assert.deepStrictEqual(found(100, labelsOf(burn)), [`${burn.id}: expected`])
    assert.deepStrictEqual(found(99, labelsOf(burn)), [`${burn.id}: not expected`])
    assert.deepStrictEqual(found(99, labelsOf(open)), [`${open.id}: not expected`])
  })

  it("is not expected when no scene names it, declared or not", () => {
    const drift = named("IntegrationContractDrift")
    assert.deepStrictEqual(found(100, labelsOf(drift)), [`${drift.id}: not expected`])
    assert.deepStrictEqual(found(100, { alertname: "Watchdog" }), ["Watchdog: not expected"])
  })
})

describe("a time scale", () => {
  it("divides ranges, steps and offsets, and neither texts, names, thresholds nor counts", () => {
    const expr = 'sum_over_time(slo:ratio5m{slo="1h", long="[5m]"}[6h:30m]) > (14.4 * 0.001) and x[5m] offset 1w >= 5'
    assert.strictEqual(
      TimeScale.expression(expr, 60),
      'sum_over_time(slo:ratio5m{slo="1h", long="[5m]"}[360000ms:30000ms]) > (14.4 * 0.001) and x[5000ms] offset 10080000ms >= 5'
    )
    assert.strictEqual(TimeScale.expression(expr, 1), expr)
  })

  it("divides 1h30m by 10, and never down to nothing", () => {
    assert.deepStrictEqual([TimeScale.duration("1h30m", 10), TimeScale.duration("1s", 9_999)], ["540000ms", "1ms"])
  })

  it("by 1 leaves the routes as they are generated", () => {
    const config = AlertManager.make([Payments.contract], {})
    assert.include(TimeScale.alertmanager(config, 1), "group_wait: 30s")
    assert.include(TimeScale.alertmanager(config, 10), "group_wait: 3000ms")
  })
})
