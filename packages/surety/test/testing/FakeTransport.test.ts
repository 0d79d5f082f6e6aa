import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Transport } from "../../src/http/Transport.ts"
import { FakeExchange, FakeServer, FakeTransport, Fault, FaultScript, RetryAfterForm } from "../../src/testing/index.ts"
import { observe, post } from "./Observed.ts"

const answer = `{"id":"ch_1"}` // 13 bytes
const fake = (...faults: ReadonlyArray<Fault.Fault>): FakeServer.FakeServer =>
  FakeServer.make({ handle: () => FakeExchange.json(200, { id: "ch_1" }), script: FaultScript.of(...faults) })

const settle = TestClock.adjust(0)

interface Case {
  readonly name: string
  readonly fault: Fault.Fault
  readonly lines: ReadonlyArray<string>
  readonly status: number | undefined
  readonly applied: boolean
}

const cases: ReadonlyArray<Case> = [
  {
    name: "ok answers 13 bytes at once",
    fault: Fault.ok,
    lines: ["head 200 @0", "data 13 @0", "end @0"],
    status: 200,
    applied: true
  },
  {
    name: "refuse fails as connect_refused with nothing sent",
    fault: Fault.refuse,
    lines: ["error no connect_refused @0"],
    status: undefined,
    applied: false
  },
  {
    name: "resetBefore fails as reset, not applied",
    fault: Fault.resetBefore,
    lines: ["error maybe reset @0"],
    status: undefined,
    applied: false
  },
  {
    name: "resetAfter fails as reset, applied",
    fault: Fault.resetAfter,
    lines: ["error maybe reset @0"],
    status: undefined,
    applied: true
  },
  {
    name: "stallHead answers after 5 s, applied",
    fault: Fault.stallHead("5 seconds"),
    lines: ["head 200 @5000", "data 13 @5000", "end @5000"],
    status: 200,
    applied: true
  },
  {
    name: "stallHeadUnapplied resets after 5 s, not applied",
    fault: Fault.stallHeadUnapplied("5 seconds"),
    lines: ["error maybe reset @5000"],
    status: undefined,
    applied: false
  },
  {
    name: "stallBody sends 4 bytes, is silent for 2 s, then sends 9",
    fault: Fault.stallBody("2 seconds", 4),
    lines: ["head 200 @0", "data 4 @0", "data 9 @2000", "end @2000"],
    status: 200,
    applied: true
  },
  {
    name: "stallBody past the end of the body still holds 1 byte back",
    fault: Fault.stallBody("2 seconds", 4_000),
    lines: ["head 200 @0", "data 12 @0", "data 1 @2000", "end @2000"],
    status: 200,
    applied: true
  },
  {
    name: "cutAfter sends 3 of 13 bytes, then fails as body_truncated",
    fault: Fault.cutAfter(3),
    lines: ["head 200 @0", "data 3 @0", "error maybe body_truncated @0"],
    status: 200,
    applied: true
  },
  {
    name: "cutAfter past the end of the body fails all the same",
    fault: Fault.cutAfter(4_000),
    lines: ["head 200 @0", "data 13 @0", "error maybe body_truncated @0"],
    status: 200,
    applied: true
  },
  {
    name: "drip at 50 bytes a second takes 260 ms for 13 bytes",
    fault: Fault.drip({ bytesPerSecond: 50 }),
    lines: ["head 200 @0", "data 5 @100", "data 5 @200", "data 3 @260", "end @260"],
    status: 200,
    applied: true
  },
  {
    name: "wrongContentType keeps the 13 bytes",
    fault: Fault.wrongContentType("text/html"),
    lines: ["head 200 @0", "data 13 @0", "end @0"],
    status: 200,
    applied: true
  },
  {
    name: "oversize pads to 100,000 bytes in 2 chunks",
    fault: Fault.oversize(100_000),
    lines: ["head 200 @0", "data 65536 @0", "data 34464 @0", "end @0"],
    status: 200,
    applied: true
  },
  {
    name: "respond answers 418 with 6 bytes, not applied",
    fault: Fault.respond({ status: 418, body: "teapot" }),
    lines: ["head 418 @0", "data 6 @0", "end @0"],
    status: 418,
    applied: false
  },
  {
    name: "tooManyRequests answers 429, not applied",
    fault: Fault.tooManyRequests(RetryAfterForm.seconds("3 seconds")),
    lines: ["head 429 @0", "data 24 @0", "end @0"],
    status: 429,
    applied: false
  },
  {
    name: "unavailable answers 503, not applied",
    fault: Fault.unavailable(),
    lines: ["head 503 @0", "data 24 @0", "end @0"],
    status: 503,
    applied: false
  },
  {
    name: "latency of 700 ms answers at 700 ms",
    fault: Fault.latency("700 millis"),
    lines: ["head 200 @700", "data 13 @700", "end @700"],
    status: 200,
    applied: true
  }
]

describe("FakeTransport", () => {
  for (const { applied, fault, lines, name, status } of cases) {
    it.effect(`${name}`, () =>
      Effect.gen(function* () {
        const server = fake(fault)
        const clock = yield* Clock.Clock
        const seen = observe(FakeTransport.make(server, clock), clock, post("/v1/charges"))
        assert.deepStrictEqual(seen.lines, [], "no callback within send")
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(seen.lines, lines)
        const entry = server.log.entries[0]
        assert.strictEqual(entry?.fault, fault._tag)
        assert.strictEqual(entry?.status, status)
        assert.strictEqual(entry?.applied, applied)
      })
    )
  }

  it.effect("waits on virtual time: 999 ms of a 1 s latency show 0 callbacks", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const seen = observe(FakeTransport.make(fake(Fault.latency("1 second")), clock), clock, post("/"))
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(seen.lines.length, 0)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(seen.lines.length, 3)
    })
  )

  it.effect("stalls for ever with 0 callbacks after a day", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const server = fake(Fault.stallHead("Infinity"))
      const seen = observe(FakeTransport.make(server, clock), clock, post("/"))
      yield* TestClock.adjust("1 day")
      assert.deepStrictEqual(seen.lines, [])
      assert.isTrue(server.log.entries[0]?.applied)
    })
  )

  it.effect("calls nothing after cancel and applies the request all the same", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const server = fake(Fault.latency("1 second"))
      const seen = observe(FakeTransport.make(server, clock), clock, post("/"))
      yield* TestClock.adjust("500 millis")
      seen.exchange.cancel()
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(seen.lines, [])
      assert.isTrue(server.log.entries[0]?.applied)
      assert.isUndefined(server.log.entries[0]?.status)
    })
  )

  it.effect("calls nothing after cancel in the middle of a body", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const seen = observe(FakeTransport.make(fake(Fault.stallBody("1 second", 4)), clock), clock, post("/"))
      yield* settle
      seen.exchange.cancel()
      seen.exchange.resume()
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(seen.lines, ["head 200 @0", "data 4 @0"])
    })
  )

  it.effect("delivers nothing while paused and everything in order after resume", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const seen = observe(FakeTransport.make(fake(Fault.stallBody("1 second", 4)), clock), clock, post("/"))
      yield* settle
      seen.exchange.pause()
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(seen.lines, ["head 200 @0", "data 4 @0"])
      seen.exchange.resume()
      yield* settle
      assert.deepStrictEqual(seen.lines, ["head 200 @0", "data 4 @0", "data 9 @3000", "end @3000"])
      assert.strictEqual(seen.body(), answer)
    })
  )

  it.effect("pauses from within onData: 1 of 2 chunks arrives", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const lines: Array<string> = []
      const exchange = FakeTransport.make(fake(Fault.oversize(100_000)), clock).send(post("/"), {
        onHead: (status) => void lines.push(`head ${status}`),
        onData: (chunk) => {
          lines.push(`data ${chunk.length}`)
          exchange.pause()
        },
        onEnd: () => void lines.push("end"),
        onError: (failure) => void lines.push(failure.code)
      })
      yield* settle
      assert.deepStrictEqual(lines, ["head 200", "data 65536"])
      exchange.resume()
      yield* settle
      exchange.resume()
      yield* settle
      assert.deepStrictEqual(lines, ["head 200", "data 65536", "data 34464", "end"])
    })
  )

  it.effect("opens a refusal window from 1 s to 2 s after the transport is made", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      yield* TestClock.adjust("1 hour")
      const server = FakeServer.make({
        handle: () => ({ status: 204 }),
        script: FaultScript.window({ from: "1 second", to: "2 seconds" }, Fault.refuse)
      })
      const transport = FakeTransport.make(server, clock)
      const first: Array<string | undefined> = []
      for (let turn = 0; turn < 4; turn++) {
        const seen = observe(transport, clock, post("/"))
        yield* TestClock.adjust("500 millis")
        first.push(seen.lines[0]?.split(" @")[0])
      }
      assert.deepStrictEqual(first, ["head 204", "head 204", "error no connect_refused", "error no connect_refused"])
      assert.deepStrictEqual(
        server.log.entries.map((entry) => entry.atMillis),
        [0, 500, 1000, 1500]
      )
    })
  )

  it.effect("logs a credential of authorize as a fingerprint and never as itself", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const server = fake()
      const seen = observe(FakeTransport.make(server, clock), clock, {
        ...post("/", { "idempotency-key": "order-1" }),
        authorize: () => ({ "X-Acme-Token": "sk_live_secret" })
      })
      yield* settle
      assert.strictEqual(seen.lines.length, 3)
      assert.notInclude(JSON.stringify(server.log), "sk_live_secret")
      assert.match(server.log.entries[0]?.requestHeaders["x-acme-token"] ?? "", /^sha256:[0-9a-f]{12}$/)
      assert.strictEqual(server.log.entries[0]?.requestHeaders["idempotency-key"], "order-1")
    })
  )

  it.effect("fails as invalid_request with 0 requests logged when authorize throws", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const server = fake()
      const seen = observe(FakeTransport.make(server, clock), clock, {
        ...post("/"),
        authorize: () => {
          throw new Error("no credential")
        }
      })
      yield* settle
      assert.deepStrictEqual(seen.lines, ["error no invalid_request @0"])
      assert.strictEqual(server.log.count(), 0)
    })
  )

  it.effect("answers 500 with the message of a handler that throws", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const server = FakeServer.make({
        handle: () => {
          throw new Error("ledger is full")
        }
      })
      const seen = observe(FakeTransport.make(server, clock), clock, post("/"))
      yield* settle
      assert.strictEqual(seen.lines[0], "head 500 @0")
      assert.include(seen.body(), "ledger is full")
      assert.isFalse(server.log.entries[0]?.applied)
    })
  )

  it.effect("awaits a handler that returns a promise", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const server = FakeServer.make({ handle: async (request) => FakeExchange.json(201, request.body) })
      const seen = observe(FakeTransport.make(server, clock), clock, post("/"))
      yield* settle
      assert.strictEqual(seen.lines[0], "head 201 @0")
      assert.strictEqual(seen.body(), `"hello"`)
    })
  )

  const handlers: ReadonlyArray<readonly [string, FakeExchange.FakeHandler]> = [
    ["a handler", () => ({ status: 200 })],
    ["an async handler", async () => ({ status: 200 })]
  ]
  const scripts: ReadonlyArray<readonly [string, FaultScript.FaultScript, ReadonlyArray<number>]> = [
    ["no latency", FaultScript.none, [0, 50, 100, 150]],
    ["100 ms of latency", FaultScript.repeat(Fault.latency("100 millis")), [0, 150, 300, 450]]
  ]
  for (const [handlerName, handle] of handlers) {
    for (const [scriptName, script, times] of scripts) {
      for (const yields of [0, 1]) {
        it.effect(
          `sends at ${times.join(", ")} ms within 1 adjust: ${handlerName}, ${scriptName}, ${yields} yields before each wait`,
          () => {
            const server = FakeServer.make({ handle, script })
            const exchange = Effect.flatMap(Transport, (transport) =>
              Effect.callback<void>((resume) => {
                transport.send(post("/"), {
                  onHead: () => {},
                  onData: () => {},
                  onEnd: () => resume(Effect.void),
                  onError: () => {}
                })
              })
            )
            return Effect.gen(function* () {
              const turn = Effect.gen(function* () {
                yield* exchange
                for (let count = 0; count < yields; count++) yield* Effect.yieldNow
                yield* Effect.sleep("50 millis")
              })
              yield* Effect.forkChild(Effect.repeat(turn, { times: 3 }))
              yield* TestClock.adjust("10 seconds")
              assert.deepStrictEqual(
                server.log.entries.map((entry) => entry.atMillis),
                times
              )
            }).pipe(Effect.provide(FakeTransport.layer(server)))
          }
        )
      }
    }
  }

  it.effect("sends no body and no content-length with a 204", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const server = FakeServer.make({ handle: () => ({ status: 204, body: "dropped" }) })
      const seen = observe(FakeTransport.make(server, clock), clock, post("/"))
      yield* settle
      assert.deepStrictEqual(seen.lines, ["head 204 @0", "end @0"])
      assert.isUndefined(seen.headers()["content-length"])
    })
  )

  it.effect("gives the handler path, query, key and attempt 2 of the second request", () => {
    const requests: Array<string> = []
    const server = FakeServer.make({
      handle: (request) => {
        requests.push(`${request.path} ${request.query.get("expand")} ${request.key} ${request.attempt}`)
        return { status: 200 }
      },
      idempotencyHeader: "X-Request-Key"
    })
    return Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const transport = yield* Transport
      observe(transport, clock, post("/v1/charges?expand=customer", { "x-request-key": "a" }))
      observe(transport, clock, post("/v1/charges?expand=all", { "x-request-key": "a" }))
      yield* settle
      assert.deepStrictEqual(requests, ["/v1/charges customer a 1", "/v1/charges all a 2"])
    }).pipe(Effect.provide(FakeTransport.layer(server)))
  })
})
