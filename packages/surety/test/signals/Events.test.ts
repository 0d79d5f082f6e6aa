/** What the engine logs, and how often. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Provider } from "surety"
import { FakeExchange, FakeServer, FakeTransport, FaultScript } from "surety/testing"
import { Events } from "../../src/engine/Events.ts"
import * as SignalName from "../../src/signals/SignalName.ts"
import { steady } from "../engine/Scripted.ts"
import { Booth, layerOf, type Line, logging, options, secret, settle } from "./Booth.ts"

const answers = (status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}) =>
  FakeServer.make({ handle: () => FakeExchange.json(status, body, headers), script: FaultScript.none })

/** Runs calls under a logger that the layer itself was not built with. */
const logged = <A, E>(server: FakeServer.FakeServer, calls: Effect.Effect<A, E, Booth>) =>
  Effect.gen(function* () {
    const { layer, lines } = logging()
    yield* calls.pipe(Effect.provide(layer), Effect.provide(layerOf(server)), steady(0.5))
    return lines
  })
const said = (lines: ReadonlyArray<Line>) => lines.map(({ level, message }) => `${level} ${message}`)
const booth = <A, E>(call: (booth: (typeof Booth)["Service"]) => Effect.Effect<A, E>) =>
  Effect.flatMap(Booth, (service) => settle(call(service)))

describe("a call that goes well", () => {
  it.effect("says nothing, 100 times", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        answers(200, { id: "a" }),
        Effect.flatMap(Booth, (service) => Effect.replicateEffect(service.local("x"), 100))
      )
      assert.deepStrictEqual(lines, [])
    })
  )
})

describe("integration.circuit_breaker.transition", () => {
  it.effect("is a warning when it opens, with from and to, once for 10 failed calls", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        answers(503),
        Effect.flatMap(Booth, (service) =>
          Effect.forEach(Array.from({ length: 10 }), () => Effect.exit(service.drop({ params: { id: "a" } })))
        )
      )
      const circuit = lines.filter(({ message }) => message === "integration.circuit_breaker.transition")
      assert.deepStrictEqual(
        circuit.map(({ annotations, level }) => [level, annotations]),
        [["Warn", { "integration.provider.name": "tests/Booth", from: "closed", to: "open" }]]
      )
    })
  )

  it.effect("reaches the caller's loggers when an operator isolates and closes it", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        answers(200, { id: "a" }),
        Effect.flatMap(Booth, (service) =>
          Effect.andThen(service.local("x"), () =>
            Effect.sync(() => {
              Provider.control(service)?.isolate()
              Provider.control(service)?.close()
            })
          )
        )
      )
      assert.deepStrictEqual(said(lines), [
        "Warn integration.circuit_breaker.transition",
        "Info integration.circuit_breaker.transition"
      ])
    })
  )
})

describe("an outage", () => {
  it.effect("says once a minute that the contract is not kept, for 20 calls in 61 seconds", () =>
    Effect.gen(function* () {
      const ten = Effect.flatMap(Booth, (service) =>
        Effect.forEach(Array.from({ length: 10 }), () => Effect.exit(service.drop({ params: { id: "a" } })))
      )
      const lines = yield* logged(
        answers(429),
        Effect.andThen(ten, Effect.andThen(TestClock.adjust("61 seconds"), ten))
      )
      const violations = lines.filter(({ message }) => message === "integration.contract.violation")
      assert.deepStrictEqual(
        violations.map(({ annotations }) => annotations["status"]),
        [429, 429]
      )
    })
  )

  it.effect("names the reason and the number of attempts: 3, and no more by the rule", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        answers(503),
        booth((service) => service.plain())
      )
      const suppressed = lines.find(({ message }) => message === "integration.retry.suppressed")
      assert.deepStrictEqual(suppressed?.annotations, {
        "integration.provider.name": "tests/Booth",
        "integration.operation.name": "plain",
        reason: "attempts",
        attempts: 3
      })
    })
  )

  it.effect("says nothing of a declined call, whose rule is never", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        said(
          yield* logged(
            answers(402),
            booth((service) => service.plain())
          )
        ),
        []
      )
    })
  )
})

describe("integration.rate_limit.rejected", () => {
  it.effect("says who refused: the provider once for 3 answers of 429", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        answers(429),
        booth((service) => service.plain())
      )
      const limited = lines.filter(({ message }) => message === "integration.rate_limit.rejected")
      assert.deepStrictEqual(
        limited.map(({ annotations }) => annotations["source"]),
        ["provider"]
      )
    })
  )

  it.effect("names our own bucket when it is ours", () =>
    Effect.gen(function* () {
      class Slow extends Provider.Service<Slow>()("tests/Slow", {
        ...options,
        limits: {
          ...options.limits,
          rate: {
            calls: { _tag: "TokenBucket", limit: 1, periodMillis: 60_000, burst: 1 },
            daily: options.limits.rate.daily
          }
        }
      }) {}
      const { layer, lines } = logging()
      yield* Effect.flatMap(Slow, (service) => Effect.andThen(service.plain(), Effect.exit(service.plain()))).pipe(
        Effect.provide(layer),
        Effect.provide(
          Slow.layer.pipe(
            Layer.provide([
              FakeTransport.layer(answers(200, { id: "a" })),
              Slow.Credentials.layer(Redacted.make(secret))
            ])
          )
        )
      )
      assert.deepStrictEqual(lines.at(-1)?.annotations, {
        "integration.provider.name": "tests/Slow",
        "integration.operation.name": "plain",
        source: "local",
        "limit.name": "calls"
      })
    })
  )
})

describe("integration.contract.violation", () => {
  it.effect("has the path of the schema and never what was answered", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        answers(200, { id: { secret: "PAYLOAD7" } }),
        booth((service) => service.plain())
      )
      assert.deepStrictEqual(lines, [
        {
          level: "Warn",
          message: "integration.contract.violation",
          annotations: {
            "integration.provider.name": "tests/Booth",
            "integration.operation.name": "plain",
            violation: "decode",
            path: ".id",
            status: 200
          }
        }
      ])
      assert.notInclude(JSON.stringify(lines), "PAYLOAD7")
    })
  )
})

describe("a mutation", () => {
  it.effect("that may have been applied is an error in the log, with the hash of its key, each time", () =>
    Effect.gen(function* () {
      const lost = (key: string) => booth((service) => service.add({ payload: { id: "a" } }, { idempotencyKey: key }))
      const lines = yield* logged(answers(500), Effect.andThen(lost("order-1"), lost("order-2")))
      const unknown = lines.filter(({ message }) => message === "integration.outcome.unknown")
      assert.deepStrictEqual(
        unknown.map(({ annotations, level }) => [level, annotations["attempts"], annotations["reconcile"]]),
        [
          ["Error", 3, "same-key"],
          ["Error", 1, "same-key"]
        ]
      )
      const [first, second] = unknown.map(({ annotations }) => annotations["integration.idempotency.key_hash"])
      assert.match(String(first), /^[0-9a-f]{14}$/)
      assert.notStrictEqual(first, second)
      assert.notInclude(JSON.stringify(lines), "order-")
    })
  )

  it.effect("whose key belongs to another one is an error in the log", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        answers(409),
        booth((service) => service.add({ payload: { id: "a" } }))
      )
      assert.deepStrictEqual(said(lines), ["Error integration.idempotency.conflict"])
      assert.strictEqual(lines[0]?.annotations["error.type"], "Twice")
    })
  )
})

describe("1,200 lost mutations in a minute", () => {
  it("are 1,000 lines, the last of which says that more are held back; the next one counts the 200", () => {
    const { layer, lines } = logging()
    const events = new Events(Effect.runSync(Effect.provide(Effect.context<never>(), layer)), "acme")
    const { outcomeUnknown, retrySuppressed } = SignalName.events
    let built = 0
    const lose = (operation: string, now: number) =>
      events.say({ name: outcomeUnknown, level: "error", operation, attributes: () => ({ call: ++built }) }, now)
    for (let call = 0; call < 1200; call++) lose("pay", call * 10)
    lose("refund", 12_000)
    assert.strictEqual(built, 1001)
    assert.deepStrictEqual(
      lines.flatMap(({ annotations }, line) => (annotations["integration.event.holds_back"] === true ? [line] : [])),
      [999]
    )
    lose("pay", 59_999)
    lose("pay", 60_000)
    lose("pay", 60_001)
    assert.deepStrictEqual(
      lines.slice(1001).map(({ annotations }) => [annotations["call"], annotations["integration.event.held_back"]]),
      [
        [1002, 201],
        [1003, undefined]
      ]
    )
    lines.length = 0
    for (const now of [0, 1, 2, 60_000]) {
      const attributes = () => ({ call: ++built })
      events.say({ name: retrySuppressed, level: "warning", once: "budget", attributes }, now)
    }
    assert.deepStrictEqual(
      lines.map(({ annotations }) => [annotations["call"], annotations["integration.event.held_back"]]),
      [
        [1004, undefined],
        [1005, 2]
      ]
    )
  })
})

describe("a logger that throws", () => {
  it.effect("loses its line, not the call", () =>
    Effect.gen(function* () {
      const broken = Logger.layer([
        Logger.make<unknown, void>(() => {
          throw new Error("the disk is full")
        })
      ])
      const error = yield* Effect.flatMap(Booth, (service) => Effect.flip(service.plain())).pipe(
        Effect.provide(broken),
        Effect.provide(layerOf(answers(200, { id: 7 })))
      )
      assert.strictEqual(error._tag, "ContractViolation")
    })
  )
})
