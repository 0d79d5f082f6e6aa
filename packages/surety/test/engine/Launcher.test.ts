/** What one caller has is never another's, however their calls interleave: context, tracer, loggers, levels and spans. */
import { assert, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import fc from "fast-check"
import { Backoff, Credential, Degradation, Operation, Provider, RateLimit, RetryMatrix } from "surety"

const Caller = Context.Reference<string>("tests/Caller", { defaultValue: () => "nobody" })

const once = RetryMatrix.transport(
  Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 1, jitter: "full" })
)

/** Whose work runs: as a service, as a log line, as a level, and as the name of the span above the call. */
const witness = Effect.gen(function* () {
  yield* Effect.yieldNow
  yield* Effect.logInfo("here")
  const fiber = Fiber.getCurrent()!
  const above = Option.getOrUndefined(
    (yield* Effect.option(Effect.currentSpan)).pipe(Option.flatMap(({ parent }) => parent))
  )
  const caller = above?._tag === "Span" ? Option.getOrUndefined(above.parent) : undefined
  return {
    caller: yield* Caller,
    level: fiber.cache.minimumLogLevel,
    tracer: fiber.cache.tracer,
    span: caller?._tag === "Span" ? caller.name : undefined
  }
})

class Mixed extends Provider.Service<Mixed>()("tests/Mixed", {
  baseUrl: "https://api.mixed.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 100 },
  credentials: Credential.none("a test"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/mixed",
  operations: {
    look: Operation.read("look", {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [],
      retry: once,
      attempt: (turns: number) => {
        const rested = Array.from({ length: turns }).reduce<Effect.Effect<void>>(
          (before) => Effect.andThen(before, Effect.yieldNow),
          Effect.void
        )
        // once in its own fiber, once in a fork of it
        return Effect.andThen(rested, Effect.all([witness, Effect.flatMap(Effect.forkChild(witness), Fiber.join)]))
      }
    })
  }
}) {}

const plan = fc.array(
  fc.record({
    tracer: fc.constantFrom("own", "shared", "none"),
    level: fc.constantFrom("Info" as const, "Debug" as const),
    calls: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 })
  }),
  { minLength: 1, maxLength: 8 }
)

const tracing = () => Tracer.make({ span: (options) => new Tracer.NativeSpan(options) })

it("100 mixtures of 8 callers keep each its service, level, tracer, lines and parents", () =>
  fc.assert(
    fc.asyncProperty(plan, (callers) => {
      const shared = tracing()
      const each = Effect.forEach(
        callers,
        ({ calls, level, tracer }, at) => {
          const lines: Array<string> = []
          const logger = Logger.make(({ fiber }) => {
            lines.push(fiber.getRef(Caller))
          })
          const mine = tracer === "own" ? tracing() : tracer === "shared" ? shared : undefined
          const body = Effect.gen(function* () {
            const mixed = yield* Mixed
            for (const turns of calls) {
              for (const seen of yield* mixed.look(turns)) {
                assert.strictEqual(seen.caller, `caller ${at}`)
                assert.strictEqual(seen.level, level)
                assert.strictEqual(seen.tracer, mine)
                if (mine !== undefined) assert.strictEqual(seen.span, `span ${at}`)
              }
            }
            assert.deepStrictEqual(
              lines,
              Array.from({ length: 2 * calls.length }, () => `caller ${at}`)
            )
          }).pipe(
            Effect.withSpan(`span ${at}`),
            Effect.provideService(Caller, `caller ${at}`),
            Effect.provideService(References.MinimumLogLevel, level),
            Effect.provide(Logger.layer([logger]))
          )
          return mine === undefined ? body : Effect.provideService(body, Tracer.Tracer, mine)
        },
        { concurrency: "unbounded", discard: true }
      )
      return Effect.runPromise(Effect.provide(each, Mixed.layer))
    }),
    { numRuns: 100 }
  ))
