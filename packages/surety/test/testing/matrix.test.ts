import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { CallError, Failure, TransportFailure } from "surety"
import * as HttpClientTransport from "surety/http/effect"
import * as FetchTransport from "surety/http/fetch"
import * as UndiciTransport from "surety/http/undici"
import { FakeProvider, Fault, FaultScript, Sample } from "surety/testing"
import { reached, Shop } from "./Shop.ts"
import { calls, expected, type Expected, inBrief, makeFake, type Name, names, type Shape, wired } from "./ShopCalls.ts"

const { AttemptTimeout, ConnectionLost, ContractViolation, NotSent, UndeclaredStatus } = TransportFailure
type Met = { readonly tag: string; readonly disposition: Failure.Disposition } | "ok"

/** What an operation meets under a fault, by the way its result travels. */
const faults: ReadonlyArray<readonly [name: string, fault: Fault.Fault, met: (shape: Shape, name: Name) => Met]> = [
  ["no fault", Fault.ok, () => "ok"],
  ["300 ms of latency", Fault.latency("300 millis"), () => "ok"],
  ["a refused connection", Fault.refuse, () => NotSent],
  ["a reset before it is applied", Fault.resetBefore, () => ConnectionLost],
  ["a reset after it is applied", Fault.resetAfter, () => ConnectionLost],
  ["a head that stalls for 3 s", Fault.stallHead("3 seconds"), () => AttemptTimeout],
  ["a body that stalls for 3 s", Fault.stallBody("3 seconds"), (shape) => (shape === "empty" ? "ok" : AttemptTimeout)],
  ["a body cut after 0 bytes", Fault.cutAfter(0), (shape) => (shape === "empty" ? "ok" : ConnectionLost)],
  [
    "text/html",
    Fault.wrongContentType("text/html"),
    (shape) => (shape === "empty" || shape === "bytes" ? "ok" : ContractViolation)
  ],
  [
    "20,000 bytes where 10,000 are allowed",
    Fault.oversize(20_000),
    (shape) => (shape === "empty" || shape === "bytes" ? "ok" : ContractViolation)
  ],
  ["429", Fault.tooManyRequests(), () => ({ tag: "Throttled", disposition: "safe" })],
  ["503", Fault.unavailable(), () => UndeclaredStatus],
  ["418", Fault.respond({ status: 418 }), () => ContractViolation]
]

/** A stream that was cut has given its first element where there is no wire: the failure is its own. */
const isOwn = (shape: Shape, fault: Fault.Fault): boolean => shape === "call stream" && fault._tag === "CutAfter"

const expectation = (name: Name, fault: Fault.Fault, met: Met, often: "once" | "always"): Expected =>
  met === "ok"
    ? { requests: 1, outcome: "ok" }
    : isOwn(calls[name][0], fault)
      ? { requests: 1, outcome: met.tag }
      : expected(name, met, often)

const outcomeOf = (exit: Exit.Exit<unknown, unknown>): string =>
  Exit.isSuccess(exit)
    ? "ok"
    : exit.cause.reasons.map((reason) => (reason._tag === "Fail" ? inBrief(reason.error) : reason._tag)).join()

const run = (name: Name) => Effect.exit(Effect.flatMap(Shop, calls[name][1]))

/** The fields of a failure; one that is absent and one that is undefined are the same on a wire. */
const present = (failure: unknown): unknown =>
  Object.fromEntries(Object.entries(failure as object).filter(([, value]) => value !== undefined))

/** The same, moving the clock until it is over. */
const runSettled = (name: Name) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(run(name))
    yield* TestClock.adjust("20 seconds")
    return yield* Fiber.join(fiber)
  })

describe.each(names)("%s in memory", (name) => {
  const [shape] = calls[name]
  for (const [text, fault, meets] of faults) {
    for (const often of ["once", "always"] as const) {
      const met = meets(shape, name)
      const { outcome, requests } = expectation(name, fault, met, often)
      const script = often === "once" ? FaultScript.of(fault) : FaultScript.repeat(fault)
      it.effect(`${outcome} after ${requests} requests when it meets ${text} ${often}`, () => {
        const fake = makeFake(script)
        return Effect.gen(function* () {
          assert.strictEqual(outcomeOf(yield* runSettled(name)), outcome)
          assert.strictEqual(fake.log.of(name).count(), requests)
          assert.strictEqual(fake.log.count(), requests)
        }).pipe(Effect.provide(Shop.layerFake(fake)))
      })
    }
  }
})

describe.each(names)("%s and its declared failures", (name) => {
  for (const source of Shop.contract.operations[name].failures) {
    for (const seed of [1, 2, 3]) {
      // a drawn hint may be longer than the deadline, which is another matter
      const fields = source.tag === "Throttled" ? "required" : "all"
      const failure = Sample.failure(source, { seed, fields })
      const { outcome, requests } = expected(name, source, "always")
      it.effect(`${outcome} after ${requests} requests, with the fields the handler gave (seed ${seed})`, () => {
        const fail = () => Effect.fail(failure as never)
        const fake = makeFake(FaultScript.none, { [name]: fail })
        return Effect.gen(function* () {
          const exit = yield* runSettled(name)
          assert.strictEqual(outcomeOf(exit), outcome)
          const error = yield* Effect.flip(exit)
          const found =
            error instanceof CallError.RetriesExhausted || error instanceof CallError.OutcomeUnknown
              ? error.reason
              : error
          assert.deepStrictEqual(present(found), present(failure))
          assert.strictEqual(Failure.declarationOf(found)?.tag, source.tag)
          assert.strictEqual(fake.log.of(name).count(), requests)
        }).pipe(Effect.provide(Shop.layerFake(fake)))
      })
    }
  }
})

describe("the operations without a wire", () => {
  it("never ran their own attempt in all of the above", () => {
    assert.deepStrictEqual(reached, [])
  })
})

const transports = [
  ["undici", UndiciTransport.layer],
  ["fetch", FetchTransport.layer],
  ["an Effect HttpClient", Layer.provide(HttpClientTransport.layer, FetchHttpClient.layer)]
] as const

describe.each(transports)("over real sockets, with %s", (_transport, network) => {
  const served = faults.filter(([, fault]) => fault._tag !== "Refuse")
  it.live.each(served)("all 8 operations with a wire do the same when they meet %s once", ([, fault, meets]) =>
    Effect.forEach(
      wired,
      (name) =>
        Effect.gen(function* () {
          const { outcome, requests } = expectation(name, fault, meets(calls[name][0], name), "once")
          const fake = makeFake(FaultScript.of(fault))
          const { url } = yield* FakeProvider.serve(fake)
          const layer = Shop.layerAt(url).pipe(
            Layer.provide([network, Shop.Credentials.layer(Redacted.make("sk_test"))])
          )
          const exit = yield* Effect.provide(run(name), layer)
          assert.deepStrictEqual([name, outcomeOf(exit), fake.log.of(name).count()], [name, outcome, requests])
        }).pipe(Effect.scoped),
      { concurrency: "unbounded", discard: true }
    )
  )
})
