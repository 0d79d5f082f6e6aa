/** The invariants that are about the wire, over the real codec and a fake provider without a port. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import { Backoff, Credential, Degradation, Failure, Idempotency, Paging, Provider, RetryMatrix } from "surety"
import { HttpOperation, type Transport } from "surety/http"
import { FakeExchange, FakeServer, FakeTransport, Fault, FaultScript } from "surety/testing"
import { Control } from "../../src/engine/Control.ts"
import { quick, series, steady } from "./Scripted.ts"

const canary = "sk_live_CANARY7f3a"

class Declined extends Failure.Tagged<Declined>()("Declined", {
  retry: "never",
  fault: "caller",
  fields: { code: Schema.String }
}) {}

const Charge = Schema.Struct({ id: Schema.String })
const Page = Schema.Struct({ items: Schema.Array(Schema.Number), next: Schema.optional(Schema.String) })
const policy = {
  timeout: { attempt: "1 second", total: "5 seconds" },
  failures: [Declined.wire(402)],
  retry: { ...RetryMatrix.transport(quick), Declined: Backoff.never }
} as const
const charge = HttpOperation.mutation(
  HttpApiEndpoint.post("charge", "/charges", { payload: Schema.Struct({ amount: Schema.Int }), success: Charge }),
  { ...policy, idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "1 day" }) }
)
const get = HttpOperation.read(HttpApiEndpoint.get("get", "/charges", { success: Charge }), policy)
const list = HttpOperation.read(
  HttpApiEndpoint.get("list", "/items", { query: { cursor: Schema.optional(Schema.String) }, success: Page }),
  {
    ...policy,
    pages: Paging.rule({
      items: (page) => page.items,
      next: (page) => (page.next === undefined ? undefined : { query: { cursor: page.next } })
    })
  }
)

const declare = (credentials: Credential.Credential, redirectsTo: ReadonlyArray<string> = []) => {
  class Pay extends Provider.Service<Pay>()("pay", {
    baseUrl: "https://api.pay.example",
    owner: "team-tests",
    criticality: "high",
    degradation: Degradation.fail,
    slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
    limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
    credentials,
    redirectsTo,
    version: { header: "Pay-Version", value: "7", reviewBy: "2027-01-01" },
    runbook: "https://runbooks.example/pay",
    operations: { charge, get, list }
  }) {}
  return Pay
}
const bearer = Credential.bearer({ scopes: ["charges"], rotateEvery: "90 days" })
const Pay = declare(bearer)

const serve = (script: FaultScript.FaultScript, handle?: Parameters<typeof FakeServer.make>[0]["handle"]) =>
  FakeServer.make({ handle: handle ?? (() => FakeExchange.json(200, { id: "ch_1" })), script })
const layerOf = (server: FakeServer.FakeServer, secret = canary) =>
  Pay.layer.pipe(Layer.provide([FakeTransport.layer(server), Pay.Credentials.layer(Redacted.make(secret))]))
const after = <A, E>(call: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.exit(call))
    yield* TestClock.adjust("10 seconds")
    return yield* Fiber.join(fiber)
  })
const pay = (payload: { readonly amount: number } = { amount: 5 }) =>
  Effect.flatMap(Pay, (provider) => after(provider.charge({ payload }, { idempotencyKey: "order-1" })))

describe("invariant 1: one key per logical call, on the wire", () => {
  it.effect("sends Idempotency-Key: order-1 on all 3 attempts and the provider applies 3 times under it", () =>
    Effect.gen(function* () {
      const server = serve(FaultScript.of(Fault.resetAfter, Fault.unavailable()))
      const exit = yield* pay().pipe(Effect.provide(layerOf(server)))
      assert.deepStrictEqual(exit, Exit.succeed({ id: "ch_1" }))
      assert.deepStrictEqual(server.log.keys(), ["order-1"])
      assert.strictEqual(server.log.attempts("order-1").length, 3)
    })
  )
})

describe("invariant 2: the attempt timeout covers the whole body and its decoding", () => {
  it.effect("ends an attempt whose head came at once and whose body stalls for 2 s, after 1,000 ms", () =>
    Effect.gen(function* () {
      const server = serve(FaultScript.of(Fault.stallBody("2 seconds", 4)))
      const exit = yield* pay().pipe(Effect.provide(layerOf(server)), steady(0.5))
      assert.deepStrictEqual(exit, Exit.succeed({ id: "ch_1" }))
      assert.deepStrictEqual(
        server.log.entries.map((entry) => entry.atMillis),
        [0, 1050]
      )
    })
  )
})

describe("invariant 3: a credential that never comes is waited for until the deadline only", () => {
  it.effect("refuses after 5,000 ms with nothing sent", () =>
    Effect.gen(function* () {
      const server = serve(FaultScript.none)
      const layer = Pay.layer.pipe(
        Layer.provide([
          FakeTransport.layer(server),
          Pay.Credentials.layerFrom(Effect.succeed({ current: Effect.never }))
        ])
      )
      yield* Effect.gen(function* () {
        const provider = yield* Pay
        const fiber = yield* Effect.forkChild(Effect.flip(provider.get()))
        yield* TestClock.adjust("4999 millis")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "BudgetExhausted")
        assert.strictEqual(Control.of(provider)?.inFlight(), 0)
      }).pipe(Effect.provide(layer))
      assert.strictEqual(server.log.count(), 0)
    })
  )
})

describe("invariant 9: contract drift is typed, counted and not retried", () => {
  it.effect("sends once when a 200 does not decode, names the path and says the provider has acted", () =>
    Effect.gen(function* () {
      const server = serve(FaultScript.none, () => FakeExchange.json(200, { id: 7 }))
      yield* Effect.gen(function* () {
        const exit = yield* pay()
        const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
        assert.include(String((error as Error).message), "at .id")
        assert.include(String((error as Error).message), "has acted")
        assert.strictEqual(yield* series("integration.contract.violations", { violation: "decode" }), 1)
      }).pipe(Effect.provide(layerOf(server)))
      assert.strictEqual(server.log.count(), 1)
    })
  )
})

describe("invariant 10: no secret reaches an error, log, span, metric or recording", () => {
  const schemes = {
    bearer,
    basic: Credential.basic({ scopes: ["charges"], rotateEvery: "90 days" }),
    header: Credential.header("X-Pay-Key", { scopes: ["charges"], rotateEvery: "90 days", prefix: "key " })
  }
  const faults = {
    "a reset": Fault.resetAfter,
    "a refused connection": Fault.refuse,
    "a stall": Fault.stallHead("2 seconds"),
    "a 503": Fault.unavailable(),
    "an echo of the credential where an id should be": Fault.ok,
    "a body that is not JSON": Fault.wrongContentType("text/html"),
    "a 402": Fault.respond(FakeExchange.json(402, { code: "no" }))
  }
  for (const [scheme, credential] of Object.entries(schemes)) {
    it.effect(`finds the canary nowhere, ${scheme} scheme, ${Object.keys(faults).length} faults`, () =>
      Effect.gen(function* () {
        const Provided = declare(credential)
        const secret = scheme === "basic" ? `user:${canary}` : canary
        const traces: Array<string> = [canary, btoa(secret), btoa(canary)]
        for (const fault of Object.values(faults)) {
          const spans: Array<Tracer.Span> = []
          const tracer = Tracer.make({
            span: (options) => {
              const span = new Tracer.NativeSpan(options)
              spans.push(span)
              return span
            }
          })
          const logs: Array<unknown> = []
          const server = serve(FaultScript.repeat(fault), (request) =>
            FakeExchange.json(200, { id: { echo: request.headers } })
          )
          const seen = yield* Effect.gen(function* () {
            const provider = yield* Provided
            const exit = yield* after(
              Effect.tapCause(provider.charge({ payload: { amount: 5 } }, { idempotencyKey: "order-1" }), (cause) =>
                Effect.sync(() => logs.push(Cause.pretty(cause)))
              )
            )
            return [exit, yield* Metric.snapshot, provider]
          }).pipe(
            Effect.withTracer(tracer),
            Effect.provide(
              Provided.layer.pipe(
                Layer.provide([FakeTransport.layer(server), Provided.Credentials.layer(Redacted.make(secret))])
              )
            )
          )
          assert.isAtLeast(spans.length, 2)
          for (const value of [...seen, spans, logs, server.log.toJSON(), server.log.entries]) {
            const text = `${inspect(value, { depth: 20, showHidden: true })} ${json(value)}`
            for (const trace of traces) assert.notInclude(text, trace)
          }
        }
      })
    )
  }

  it.effect("takes the canary out of a 402 that quotes it in a declared field", () =>
    Effect.gen(function* () {
      const quoting = (form: string) =>
        serve(FaultScript.none, () => FakeExchange.json(402, { code: `no such key: ${form}` }))
      for (const form of [canary, btoa(canary)]) {
        const exit = yield* pay().pipe(Effect.provide(layerOf(quoting(form))))
        const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
        assert.strictEqual((error as Declined).code, "no such key: <redacted>")
      }
    })
  )

  it.effect("refuses, from any source, a secret that no header may carry, with nothing sent and nothing quoted", () =>
    Effect.gen(function* () {
      for (const bad of [`${canary}\n`, "", `${canary}\u0142`]) {
        const server = serve(FaultScript.none)
        const source = Pay.Credentials.layerFrom(Effect.succeed({ current: Effect.sync(() => Redacted.make(bad)) }))
        const exit = yield* pay().pipe(
          Effect.provide(Pay.layer.pipe(Layer.provide([FakeTransport.layer(server), source])))
        )
        const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
        assert.include(String(error), 'Credential "bearer" is not available')
        assert.notInclude(inspect(error, { depth: 20, showHidden: true }), canary)
        assert.strictEqual(server.log.count(), 0)
      }
    })
  )

  it.effect("is on the wire all the same: the provider gets Bearer and the canary", () =>
    Effect.gen(function* () {
      const sent: Array<string | undefined> = []
      const server = serve(FaultScript.none, (request) => {
        sent.push(request.headers["authorization"])
        return FakeExchange.json(200, { id: "ch_1" })
      })
      yield* pay().pipe(Effect.provide(layerOf(server)))
      assert.deepStrictEqual(sent, [`Bearer ${canary}`])
    })
  )
})

describe("invariant 11: no credential and no trace header crosses to another origin", () => {
  const moved = Fault.respond({ status: 302, headers: { location: "https://elsewhere.example/charges" } })

  it.effect("sends neither traceparent nor b3 to the provider, under a collecting tracer", () =>
    Effect.gen(function* () {
      const server = serve(FaultScript.none)
      yield* pay().pipe(Effect.withSpan("caller"), Effect.provide(layerOf(server)))
      const headers = Object.keys(server.log.entries[0]?.requestHeaders ?? {})
      assert.deepStrictEqual(
        headers.filter((name) => /^(traceparent|tracestate|b3|x-b3-.*|baggage)$/.test(name)),
        []
      )
    })
  )

  it.effect("does not follow a redirect of a mutation or to an origin that the contract does not name: 1 request", () =>
    Effect.gen(function* () {
      const server = serve(FaultScript.repeat(moved))
      yield* Effect.gen(function* () {
        const provider = yield* Pay
        const error = yield* Effect.map(after(provider.get()), Exit.isFailure)
        assert.isTrue(error)
        assert.strictEqual(server.log.count(), 1)
        yield* pay()
        assert.strictEqual(server.log.count(), 2)
      }).pipe(Effect.provide(layerOf(server)))
    })
  )

  it.effect("follows a read to an origin that it names, without the credential", () =>
    Effect.gen(function* () {
      const Allowed = declare(bearer, ["https://elsewhere.example"])
      const seen: Array<readonly [string, boolean]> = []
      const transport: Transport.Transport = {
        send: (request, handler) => {
          seen.push([request.origin, request.authorize !== undefined])
          if (seen.length === 1) handler.onHead(302, { location: "https://elsewhere.example/charges" })
          else {
            handler.onHead(200, { "content-type": "application/json" })
            handler.onData(new TextEncoder().encode('{"id":"ch_2"}'))
          }
          handler.onEnd()
          return { cancel: () => {}, pause: () => {}, resume: () => {} }
        }
      }
      const value = yield* Effect.flatMap(Allowed, (provider) => provider.get()).pipe(
        Effect.provide(Allowed.layer),
        Effect.provide(
          Layer.succeed((yield* Effect.promise(() => import("surety/http"))).Transport.Transport, transport)
        ),
        Effect.provide(Allowed.Credentials.layer(Redacted.make(canary)))
      )
      assert.deepStrictEqual(value, { id: "ch_2" })
      assert.deepStrictEqual(seen, [
        ["https://api.pay.example", true],
        ["https://elsewhere.example", false]
      ])
    })
  )
})

describe("invariant 13: the fake runs the real engine and the real codec", () => {
  it.effect("decodes a declared 402 into its failure after 1 request", () =>
    Effect.gen(function* () {
      const server = serve(FaultScript.none, () => FakeExchange.json(402, { code: "expired_card" }))
      const exit = yield* pay().pipe(Effect.provide(layerOf(server)))
      const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
      assert.isTrue(error instanceof Declined && error.code === "expired_card")
      assert.deepStrictEqual(server.log.statuses(), [402])
      assert.strictEqual(server.log.entries[0]?.requestHeaders["pay-version"], "7")
    })
  )
})

describe("a function of the contract that throws", () => {
  class Odd extends Failure.Tagged<Odd>()("Odd", { retry: "never", fault: "caller" }) {}
  const odd = HttpOperation.read(HttpApiEndpoint.get("odd", "/odd", { success: Charge }), {
    ...policy,
    failures: [
      Odd.wire(409, {
        body: Schema.Unknown,
        decode: () => {
          throw new Error("bug in decode")
        },
        encode: () => ({ body: null })
      })
    ],
    retry: { ...RetryMatrix.transport(quick), Odd: Backoff.never }
  })
  class Buggy extends Provider.Service<Buggy>()("buggy", {
    baseUrl: "https://api.pay.example",
    owner: "team-tests",
    criticality: "high",
    degradation: Degradation.fail,
    slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
    limits: {
      rate: { _tag: "Unlimited", because: "a test" },
      concurrency: 1,
      learn: ({ status }) => {
        if (status === 200) throw new Error("bug in learn")
        return []
      }
    },
    credentials: Credential.none("a test"),
    version: { unversioned: "a test", reviewBy: "2027-01-01" },
    runbook: "https://runbooks.example/pay",
    operations: { odd }
  }) {}

  it.effect("ends its call as a defect at once, and the only permit is free for the next", () =>
    Effect.gen(function* () {
      const server = serve(FaultScript.of(Fault.respond(FakeExchange.json(409, {}))))
      yield* Effect.gen(function* () {
        const provider = yield* Buggy
        for (const bug of ["bug in decode", "bug in learn"]) {
          const fiber = yield* Effect.forkChild(Effect.exit(provider.odd()))
          yield* TestClock.adjust(0)
          const exit = yield* Fiber.join(fiber)
          assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", bug)
          assert.strictEqual(Control.of(provider)?.inFlight(), 0)
        }
      }).pipe(Effect.provide(Buggy.layer.pipe(Layer.provide(FakeTransport.layer(server)))))
      assert.strictEqual(server.log.count(), 2)
    })
  )
})

describe("paging", () => {
  it.effect("retries inside a page: 5 items of 3 pages once each, 5 requests for 2 faults", () =>
    Effect.gen(function* () {
      const pages: Readonly<Record<string, { readonly items: ReadonlyArray<number>; readonly next?: string }>> = {
        "": { items: [1, 2], next: "b" },
        b: { items: [3, 4], next: "c" },
        c: { items: [5] }
      }
      const server = serve(FaultScript.of(Fault.ok, Fault.resetAfter, Fault.unavailable()), (request) =>
        FakeExchange.json(200, pages[request.query.get("cursor") ?? ""])
      )
      yield* Effect.gen(function* () {
        const provider = yield* Pay
        const exit = yield* after(Stream.runCollect(provider.list.items({ query: {} })))
        assert.deepStrictEqual(exit, Exit.succeed([1, 2, 3, 4, 5]))
        assert.strictEqual(server.log.count(), 5)
      }).pipe(Effect.provide(layerOf(server)))
    })
  )

  it.effect("asks for no page that nobody reads: 1 request for the first 2 items", () =>
    Effect.gen(function* () {
      const server = serve(FaultScript.none, () => FakeExchange.json(200, { items: [1, 2], next: "b" }))
      yield* Effect.gen(function* () {
        const provider = yield* Pay
        yield* after(Stream.runCollect(Stream.take(provider.list.items({ query: {} }), 2)))
      }).pipe(Effect.provide(layerOf(server)))
      assert.strictEqual(server.log.count(), 1)
    })
  )
})

const json = (value: unknown): string => {
  const seen = new Set<unknown>()
  return (
    JSON.stringify(value, (_, inner) => {
      if (typeof inner === "bigint") return String(inner)
      if (typeof inner !== "object" || inner === null) return inner
      if (seen.has(inner)) return undefined
      seen.add(inner)
      return inner
    }) ?? ""
  )
}
