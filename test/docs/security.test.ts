// What SECURITY.md promises, by its numbers.
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { Backoff, Credential, Degradation, Idempotency, Provider, RateLimit, RetryMatrix } from "surety"
import { HttpOperation } from "surety/http"
import * as Tracer from "effect/Tracer"
import { Transport, type WireRequest } from "surety/http/Transport"

const secret = "sk_canary_7f3a91"
const quick = Backoff.exponential({ base: "1 millis", cap: "2 millis", maxAttempts: 2, jitter: "full" })
const timeout = { attempt: "1 second", total: "4 seconds" } as const

const getItem = HttpOperation.read(
  HttpApiEndpoint.get("getItem", "/items/:id", {
    params: { id: Schema.String },
    success: Schema.Struct({ id: Schema.String })
  }),
  { failures: [], timeout, retry: RetryMatrix.transport(quick), maxBodyBytes: 64 }
)
const setItem = HttpOperation.mutation(
  HttpApiEndpoint.post("setItem", "/items", {
    payload: Schema.Struct({ id: Schema.String }),
    success: Schema.Struct({ id: Schema.String })
  }),
  {
    failures: [],
    timeout,
    idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "1 hour" }),
    retry: RetryMatrix.transport(quick)
  }
)

const base = {
  baseUrl: "https://api.example",
  owner: "team",
  criticality: "low",
  degradation: Degradation.fail,
  slo: { availability: 0.9, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 2 },
  credentials: Credential.bearer({ scopes: ["all"], rotateEvery: "90 days" }),
  version: { unversioned: "a test", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example",
  operations: { getItem, setItem }
} as const

class Items extends Provider.Service<Items>()("test/Items", base) {}
class Traced extends Provider.Service<Traced>()("test/Traced", { ...base, propagateTrace: "w3c" }) {}
class Moved extends Provider.Service<Moved>()("test/Moved", { ...base, redirectsTo: ["https://files.example"] }) {}

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A transport that writes down what it is given and what it would put on the wire. */
const recording = (answer: (request: WireRequest) => Answer) => {
  const requests: Array<WireRequest> = []
  const written: Array<Readonly<Record<string, string>>> = []
  const layer = Layer.succeed(Transport, {
    send: (request, handler) => {
      requests.push(request)
      written.push({ ...request.headers, ...request.authorize?.() })
      const { body = "", headers = {}, status } = answer(request)
      queueMicrotask(() => {
        handler.onHead(status, { "content-type": "application/json", ...headers })
        handler.onData(new TextEncoder().encode(body))
        handler.onEnd()
      })
      return { cancel: () => {}, pause: () => {}, resume: () => {} }
    }
  })
  return { requests, written, layer }
}

const item = Effect.flatMap(Items, (items) => items.getItem({ params: { id: "1" } }))
const at = (wire: { readonly layer: Layer.Layer<Transport> }) =>
  Items.layer.pipe(Layer.provide([wire.layer, Items.Credentials.layer(Redacted.make(secret))]))

const everythingOf = (exit: Exit.Exit<unknown, unknown>): string =>
  [inspect(exit, { depth: 20, showHidden: true }), JSON.stringify(exit)]
    .concat(Exit.isFailure(exit) ? [Cause.pretty(exit.cause)] : [])
    .join("\n")

describe("SECURITY.md", () => {
  it.live("S1: 1 request value holds 0 secrets, the wire holds 1", () =>
    Effect.gen(function* () {
      const wire = recording(() => ({ status: 200, body: `{"id":"1"}` }))
      yield* Effect.provide(item, at(wire))
      expect(inspect(wire.requests, { depth: 20, showHidden: true })).not.toContain(secret)
      expect(JSON.stringify(wire.requests)).not.toContain(secret)
      expect(wire.written[0]?.["authorization"]).toBe(`Bearer ${secret}`)
    })
  )

  it.live("S2: a redirect to an origin that no contract names is 1 request and a violation", () =>
    Effect.gen(function* () {
      const wire = recording(() => ({ status: 307, headers: { location: "https://evil.example/items/1" } }))
      const error = yield* Effect.flip(Effect.provide(item, at(wire)))
      expect(error._tag === "ContractViolation" && error.violation).toBe("redirect")
      expect(wire.requests.map((request) => request.origin)).toEqual(["https://api.example"])
    })
  )

  it.live("S2: a redirect to a named origin is followed with 0 credentials", () =>
    Effect.gen(function* () {
      const wire = recording(({ origin }) =>
        origin === "https://api.example"
          ? { status: 302, headers: { location: "https://files.example/1" } }
          : { status: 200, body: `{"id":"1"}` }
      )
      yield* Effect.flatMap(Moved, (items) => items.getItem({ params: { id: "1" } })).pipe(
        Effect.provide(Moved.layer.pipe(Layer.provide([wire.layer, Moved.Credentials.layer(Redacted.make(secret))])))
      )
      expect(wire.requests.map((request) => request.origin)).toEqual(["https://api.example", "https://files.example"])
      expect(JSON.stringify(wire.written[1])).not.toContain(secret)
    })
  )

  it.live("S3, S10: 3 kinds of broken answers leave no body, header or secret in the error", () =>
    Effect.gen(function* () {
      for (const body of ["CANARYBODY", `{"id":{"CANARYVALUE":1}}`, `{"id":"CANARYVALUE`]) {
        const wire = recording(() => ({ status: 200, headers: { "x-reply": "CANARYHEADER" }, body }))
        const exit = yield* Effect.exit(Effect.provide(item, at(wire)))
        expect(Exit.isFailure(exit)).toBe(true)
        expect(everythingOf(exit)).not.toMatch(/CANARYBODY|CANARYVALUE|CANARYHEADER|sk_canary/)
      }
    })
  )

  it.live("S5: 0 trace headers by default, 1 where the contract asks for it", () =>
    Effect.gen(function* () {
      const names = (wire: ReturnType<typeof recording>) =>
        wire.written.flatMap((headers) => Object.keys(headers)).filter((name) => /trace|b3/.test(name))
      const silent = recording(() => ({ status: 200, body: `{"id":"1"}` }))
      yield* Effect.provide(item, at(silent)).pipe(
        Effect.withSpan("ours"),
        Effect.withTracer(Tracer.make({ span: (options) => new Tracer.NativeSpan(options) }))
      )
      expect(names(silent)).toEqual([])
      const told = recording(() => ({ status: 200, body: `{"id":"1"}` }))
      yield* Effect.flatMap(Traced, (items) => items.getItem({ params: { id: "1" } })).pipe(
        Effect.provide(Traced.layer.pipe(Layer.provide([told.layer, Traced.Credentials.layer(Redacted.make(secret))]))),
        Effect.withSpan("ours"),
        Effect.withTracer(Tracer.make({ span: (options) => new Tracer.NativeSpan(options) }))
      )
      expect(names(told)).toEqual(["traceparent"])
    })
  )

  it("S6: 4 base addresses are refused, https and loopback are not", () => {
    const declare = (baseUrl: string) => () => Provider.make("test/Items", { ...base, baseUrl })
    for (const url of [
      "http://api.example",
      "ftp://api.example",
      "https://u:p@api.example",
      "https://api.example?k=1"
    ]) {
      expect(declare(url), url).toThrow(RangeError)
      expect(() => Items.layerAt(url), url).toThrow(RangeError)
    }
    for (const url of ["https://api.example", "http://127.0.0.1:8080", "http://localhost:1"]) {
      expect(declare(url), url).not.toThrow()
      expect(() => Items.layerAt(url), url).not.toThrow()
    }
  })

  it.live("S7: a parameter of dots is refused with 0 requests, a slash is encoded", () =>
    Effect.gen(function* () {
      const wire = recording(() => ({ status: 200, body: `{"id":"1"}` }))
      const get = (id: string) => Effect.flatMap(Items, (items) => items.getItem({ params: { id } }))
      for (const id of ["", ".", ".."]) {
        const error = yield* Effect.flip(Effect.provide(get(id), at(wire)))
        expect(error._tag === "ContractViolation" && error.violation).toBe("request")
      }
      expect(wire.requests).toHaveLength(0)
      yield* Effect.provide(get("../admin?x=1#y"), at(wire))
      expect(wire.requests[0]?.path).toBe("/items/..%2Fadmin%3Fx%3D1%23y")
    })
  )

  it.live("S8: 3 malformed keys are refused with 0 requests", () =>
    Effect.gen(function* () {
      const wire = recording(() => ({ status: 200, body: `{"id":"1"}` }))
      for (const idempotencyKey of ["", "a\r\nx-evil: 1", "k".repeat(256)]) {
        const set = Effect.flatMap(Items, (items) => items.setItem({ payload: { id: "1" } }, { idempotencyKey }))
        const error = yield* Effect.flip(Effect.provide(set, at(wire)))
        expect(error._tag === "NotAttempted" && error.reason._tag).toBe("KeyRefused")
      }
      expect(wire.requests).toHaveLength(0)
    })
  )

  it.live("S9: a body of 65 bytes where 64 are allowed is a violation", () =>
    Effect.gen(function* () {
      const wire = recording(() => ({ status: 200, body: `{"id":"${"x".repeat(56)}"}` }))
      const error = yield* Effect.flip(Effect.provide(item, at(wire)))
      expect(error._tag === "ContractViolation" && error.violation).toBe("oversize")
      const fits = recording(() => ({ status: 200, body: `{"id":"${"x".repeat(55)}"}` }))
      expect((yield* Effect.provide(item, at(fits))).id).toHaveLength(55)
    })
  )

  it.live("S13: a secret that no header may carry is refused with 0 requests, and not quoted", () =>
    Effect.gen(function* () {
      for (const broken of ["", `${secret}\n`, `${secret}\r\nx-evil: 1`]) {
        const wire = recording(() => ({ status: 200, body: `{"id":"1"}` }))
        const layer = Items.layer.pipe(Layer.provide([wire.layer, Items.Credentials.layer(Redacted.make(broken))]))
        const exit = yield* Effect.exit(Effect.provide(item, layer))
        expect(Exit.isFailure(exit)).toBe(true)
        expect(everythingOf(exit)).toContain("CredentialUnavailable")
        expect(everythingOf(exit)).not.toContain(secret)
        expect(wire.requests).toHaveLength(0)
      }
    })
  )
})
