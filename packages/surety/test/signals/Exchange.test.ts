/** What an exchange over HTTP leaves in the metrics and on its span, one fault at a time. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { FakeExchange, FakeServer, FakeTransport, Fault, FaultScript } from "surety/testing"
import { steady } from "../engine/Scripted.ts"
import { Booth, collecting, layerOf, secret, settle, told } from "./Booth.ts"

const answering = (...faults: ReadonlyArray<Fault.Fault>) =>
  FakeServer.make({
    handle: () => FakeExchange.json(200, { id: "a" }, { "x-request-id": "req_7" }),
    script: FaultScript.of(...faults)
  })
const shared = [
  "http.request.method",
  "server.address",
  "server.port",
  "url.template",
  "integration.operation.name"
] as const
const requests = told("http.client.request.duration", ...shared)
const plain = Effect.flatMap(Booth, (booth) => settle(booth.plain()))

describe("http.client.request.duration", () => {
  const cases: ReadonlyArray<readonly [string, Fault.Fault, string]> = [
    ["an attempt timeout", Fault.stallHead("3 seconds"), "error.type=timeout 1"],
    ["a body that stalls after the head", Fault.stallBody("3 seconds", 2), "error.type=timeout 1"],
    ["a refused connection", Fault.refuse, "error.type=connect_refused 1"],
    ["a reset", Fault.resetAfter, "error.type=reset 1"],
    ["a body that is cut off", Fault.cutAfter(3), "error.type=body_truncated 1"],
    ["an undeclared 503", Fault.unavailable(), "error.type=503 http.response.status_code=503 1"],
    ["a declared 429", Fault.respond(FakeExchange.json(429, {})), "error.type=429 http.response.status_code=429 1"],
    ["an undeclared 401", Fault.respond(FakeExchange.json(401, {})), "error.type=401 http.response.status_code=401 1"],
    ["an undeclared 418", Fault.respond(FakeExchange.json(418, {})), "error.type=4xx 1"],
    ["an undeclared 520", Fault.respond(FakeExchange.json(520, {})), "error.type=5xx 1"],
    ["a status of no class", Fault.respond(FakeExchange.json(999, {})), "error.type=_OTHER 1"],
    ["a 200 that does not decode", Fault.respond(FakeExchange.json(200, { id: 7 })), "error.type=decode 1"],
    ["a 200 of the wrong kind", Fault.wrongContentType("text/html"), "error.type=contract_violation 1"],
    ["an undeclared 206", Fault.respond(FakeExchange.json(206, { id: "a" })), "error.type=contract_violation 1"],
    ["a 201 where 200 is declared", Fault.respond(FakeExchange.json(201, { id: "a" })), ""]
  ]
  for (const [what, fault, expected] of cases) {
    it.effect(`tells ${what} as "${expected === "" ? "a success" : expected}"`, () =>
      Effect.gen(function* () {
        yield* plain
        const lines = (yield* requests).filter((line) => line.startsWith("error.type"))
        assert.deepStrictEqual(lines, expected === "" ? [] : [expected])
      }).pipe(Effect.provide(layerOf(answering(fault))), steady(0.5))
    )
  }

  it.effect("has method, server and template of the contract, and 2 attempts of one call as 2 exchanges", () =>
    Effect.gen(function* () {
      yield* plain
      assert.deepStrictEqual(yield* told("http.client.request.duration"), [
        "error.type=503 http.request.method=GET http.response.status_code=503 integration.operation.name=plain server.address=api.booth.example server.port=443 url.template=/v1/plain 1",
        "http.request.method=GET http.response.status_code=200 integration.operation.name=plain server.address=api.booth.example server.port=443 url.template=/v1/plain 1"
      ])
    }).pipe(Effect.provide(layerOf(answering(Fault.unavailable()))), steady(0.5))
  )

  it.effect("is not told of an exchange that nobody waited for, and 1 request is active until then", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      const fiber = yield* Effect.forkChild(booth.plain())
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(yield* told("http.client.active_requests", ...shared), ["1"])
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* told("http.client.active_requests"), [])
      assert.deepStrictEqual(yield* requests, [])
    }).pipe(Effect.provide(layerOf(answering(Fault.stallHead("3 seconds")))))
  )
})

describe("integration.operation.duration", () => {
  it.effect("names a declared failure by its tag and whose fault it is", () =>
    Effect.gen(function* () {
      yield* plain
      assert.deepStrictEqual(yield* told("integration.operation.duration"), [
        "error.fault=caller error.type=Declined integration.operation.name=plain integration.outcome=failure 1"
      ])
    }).pipe(Effect.provide(layerOf(answering(Fault.respond(FakeExchange.json(402, {}))))))
  )

  it.effect("says that 2 of 6 calls of an outage met an open circuit, and that this was the provider's fault", () =>
    Effect.gen(function* () {
      const booth = yield* Booth
      for (let call = 0; call < 6; call++) yield* Effect.exit(booth.drop({ params: { id: "a" } }))
      assert.deepStrictEqual(yield* told("integration.operation.duration", "integration.operation.name"), [
        "error.fault=provider error.type=circuit_open integration.outcome=rejected 2",
        "error.fault=provider error.type=undeclared_status integration.outcome=failure 4"
      ])
    }).pipe(Effect.provide(layerOf(FakeServer.make({ handle: () => ({ status: 503, body: "" }) }))))
  )
})

describe("the span of an exchange", () => {
  const traced = (server: FakeServer.FakeServer, then: Effect.Effect<void> = Effect.void) => {
    const { spans, tracer } = collecting()
    const call = Effect.flatMap(Booth, (booth) =>
      settle(booth.get({ params: { id: "a/b" }, query: { q: "somebody@example.org" } }))
    )
    return Effect.as(
      call.pipe(Effect.withTracer(tracer), Effect.andThen(then), Effect.provide(layerOf(server)), steady(0.5)),
      spans
    )
  }

  it.effect("has a name of method and template, the attributes of the convention, and no value of the query", () =>
    Effect.gen(function* () {
      const [call, exchange] = yield* traced(answering())
      assert.deepStrictEqual([call?.name, call?.kind], ["tests/Booth.get", "internal"])
      assert.deepStrictEqual([exchange?.name, exchange?.kind], ["GET /v1/items/:id", "client"])
      assert.strictEqual(Option.getOrUndefined(exchange?.parent ?? Option.none())?.spanId, call?.spanId)
      assert.deepStrictEqual(Object.fromEntries(exchange?.attributes ?? []), {
        "integration.provider.name": "tests/Booth",
        "integration.operation.name": "get",
        "service.peer.name": "tests/Booth",
        "integration.contract.version": "7",
        "http.request.method": "GET",
        "server.address": "api.booth.example",
        "server.port": 443,
        "url.template": "/v1/items/:id",
        "url.full": "https://api.booth.example/v1/items/a%2Fb?q=REDACTED",
        "http.response.status_code": 200,
        "http.response.header.x-request-id": ["req_7"]
      })
      assert.deepStrictEqual(Object.fromEntries(call?.attributes ?? []), {
        "integration.provider.name": "tests/Booth",
        "integration.operation.name": "get",
        "integration.attempts": 1,
        "integration.outcome": "success"
      })
      assert.isFalse(JSON.stringify([...(exchange?.attributes ?? [])]).includes(secret))
    })
  )

  it.effect("counts 2 resends, and has the error.type of the metric: 503, reset, and none", () =>
    Effect.gen(function* () {
      const spans = yield* traced(answering(Fault.unavailable(), Fault.resetAfter))
      assert.deepStrictEqual(
        spans
          .slice(1)
          .map((span) => [
            span.attributes.get("http.request.resend_count"),
            span.attributes.get("error.type"),
            span.status._tag === "Ended" && Exit.isSuccess(span.status.exit)
          ]),
        [
          [undefined, "503", false],
          [1, "reset", false],
          [2, undefined, true]
        ]
      )
      assert.deepStrictEqual(
        (spans[0] as { readonly events?: ReadonlyArray<readonly [string]> } | undefined)?.events?.map(([name]) => name),
        ["retry scheduled", "retry scheduled"]
      )
    })
  )

  it.effect("of a redirect is one for each request: 302 without an error, then 1 resend at the other server", () =>
    Effect.gen(function* () {
      const server = FakeServer.make({
        handle: ({ path }) =>
          path === "/v1/items/a%2Fb"
            ? { status: 302, headers: { location: "https://files.booth.example/x?sig=abc" }, body: "" }
            : FakeExchange.json(200, { id: "a" })
      })
      let attempts: ReadonlyArray<string> = []
      let durations: ReadonlyArray<string> = []
      const read = Effect.gen(function* () {
        attempts = yield* told("integration.attempts", "integration.operation.name")
        durations = yield* told("http.client.request.duration", "http.request.method", "integration.operation.name")
      })
      const spans = yield* traced(server, read)
      assert.deepStrictEqual(attempts, ["attempt.type=original 1", "attempt.type=redirect 1"])
      // of an attempt there is one, under the address of the contract
      assert.deepStrictEqual(durations, [
        "http.response.status_code=200 server.address=api.booth.example server.port=443 url.template=/v1/items/:id 1"
      ])
      assert.deepStrictEqual(
        spans
          .slice(1)
          .map((span) => [
            span.attributes.get("http.response.status_code"),
            span.attributes.get("http.request.resend_count"),
            span.attributes.get("server.address"),
            span.attributes.get("url.full"),
            span.attributes.get("error.type")
          ]),
        [
          [302, undefined, "api.booth.example", "https://api.booth.example/v1/items/a%2Fb?q=REDACTED", undefined],
          [200, 1, "files.booth.example", "https://files.booth.example/x?sig=REDACTED", undefined]
        ]
      )
    })
  )

  it.effect("of a request that is sent again with a new secret counts 1 resend", () =>
    Effect.gen(function* () {
      const { spans, tracer } = collecting()
      let sent = 0
      const server = FakeServer.make({
        handle: () => (++sent === 1 ? { status: 401, body: "" } : FakeExchange.json(200, { id: "a" }))
      })
      const source = {
        current: Effect.succeed(Redacted.make("old")),
        rejected: () => Effect.succeed({ _tag: "Replay" as const, secret: Redacted.make("new") })
      }
      yield* Effect.flatMap(Booth, (booth) => settle(booth.plain())).pipe(
        Effect.withTracer(tracer),
        Effect.provide(
          Booth.layer.pipe(
            Layer.provide([FakeTransport.layer(server), Booth.Credentials.layerFrom(Effect.succeed(source))])
          )
        )
      )
      assert.deepStrictEqual(
        spans
          .slice(1)
          .map((span) => [span.attributes.get("error.type"), span.attributes.get("http.request.resend_count")]),
        [
          ["401", undefined],
          [undefined, 1]
        ]
      )
    })
  )

  it.effect("carries the outcome and the hash of the key on the call's own, and never the key", () =>
    Effect.gen(function* () {
      const { spans, tracer } = collecting()
      yield* Effect.flatMap(Booth, (booth) =>
        settle(booth.add({ payload: { id: "a" } }, { idempotencyKey: "order-1" }))
      ).pipe(Effect.withTracer(tracer), Effect.provide(layerOf(answering(Fault.respond(FakeExchange.json(402, {}))))))
      const [call] = spans
      assert.strictEqual(call?.attributes.get("integration.outcome"), "failure")
      assert.strictEqual(call?.attributes.get("error.type"), "Declined")
      assert.match(String(call?.attributes.get("integration.idempotency.key_hash")), /^[0-9a-f]{14}$/)
      for (const { attributes } of spans) assert.isFalse(JSON.stringify([...attributes]).includes("order-1"))
    })
  )
})
