import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as ErrorReporter from "effect/ErrorReporter"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { afterAll, beforeAll } from "vitest"
import { format, inspect } from "node:util"
import * as SecretNet from "../../src/credential/SecretNet.ts"

const value = "CANARY-net-0123456789"
const secret = Redacted.make(value)
beforeAll(() => SecretNet.hold(secret))
afterAll(() => SecretNet.release(secret))

/** What an unlucky colleague writes: the secret in the message, an object, an annotation, a label and an error. */
const unlucky = Effect.logError(
  `refused Bearer ${value}`,
  { request: { headers: new Headers({ authorization: value }) } },
  Cause.fail(new Error(`401 for ${value}`, { cause: { value } }))
).pipe(
  Effect.annotateLogs({ [`of ${value}`]: "x", header: value, nested: { value } }),
  Effect.withLogSpan(`span ${value}`)
)

const consoleOf = (lines: Array<string>): Console.Console => {
  const write = (...args: ReadonlyArray<unknown>) => void lines.push(format(...args))
  return new Proxy({} as Console.Console, { get: () => write })
}

const formats = {
  simple: Logger.formatSimple,
  logfmt: Logger.formatLogFmt,
  structured: Logger.formatStructured,
  json: Logger.formatJson
}

describe("SecretNet", () => {
  for (const [name, format] of Object.entries(formats)) {
    it.effect(`B12: takes a held secret out of the ${name} format, and loses nothing else`, () =>
      Effect.gen(function* () {
        const seen: Array<unknown> = []
        const logger = Logger.map(format as Logger.Logger<unknown, unknown>, (line) => void seen.push(line))
        yield* Effect.provide(unlucky, Logger.layer([logger]))
        assert.include(inspect(seen, { depth: 20 }), value)
        seen.length = 0
        yield* Effect.provide(unlucky, SecretNet.over(Logger.layer([logger])))
        const line = inspect(seen, { depth: 20 })
        assert.notInclude(line, value)
        for (const part of ["refused Bearer <redacted>", "401 for <redacted>", "header", "SecretNet.test.ts"]) {
          assert.include(line, part)
        }
      })
    )
  }

  for (const [name, logger] of Object.entries({
    default: Logger.defaultLogger,
    pretty: Logger.consolePretty({ colors: false, mode: "tty" }),
    browser: Logger.consolePretty({ mode: "browser" })
  })) {
    it.effect(`B12: takes a held secret out of what the ${name} logger gives the console`, () =>
      Effect.gen(function* () {
        const lines: Array<string> = []
        const here = Effect.provideService(unlucky, Console.Console, consoleOf(lines))
        yield* Effect.provide(here, Logger.layer([logger]))
        assert.include(lines.join("\n"), value)
        lines.length = 0
        yield* Effect.provide(here, SecretNet.over(Logger.layer([logger])))
        assert.notInclude(lines.join("\n"), value)
        assert.include(lines.join("\n"), "refused Bearer <redacted>")
      })
    )
  }

  it.effect("B12: takes a held secret out of a span's name, attributes, events, links and the error it ends with", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.NativeSpan> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const leaky = Effect.gen(function* () {
        yield* Effect.annotateCurrentSpan({ [`of ${value}`]: 1, header: `Bearer ${value}`, nested: { value } })
        const span = yield* Effect.currentSpan
        span.event(`sent ${value}`, 0n, { value })
        span.addLinks([{ span, attributes: { value } }])
        // the logger of every program writes events to the span, too
        yield* Effect.log(`log ${value}`)
        return yield* Effect.fail(new Error(`401 for ${value}`))
      }).pipe(Effect.withSpan(`call ${value}`, { attributes: { early: value } }), Effect.exit)
      const traced = Layer.merge(Layer.succeed(Tracer.Tracer, tracer), Logger.layer([Logger.tracerLogger]))
      const printed = () =>
        inspect(
          spans.map(({ attributes, events, links, name, status }) => ({
            name,
            attributes,
            events,
            links: links.map((link) => link.attributes),
            error: status._tag === "Ended" && Exit.isFailure(status.exit) ? Cause.pretty(status.exit.cause) : undefined
          })),
          { depth: 20 }
        )
      yield* Effect.provide(leaky, traced)
      assert.include(printed(), value)
      spans.length = 0
      const exit = yield* Effect.provide(leaky, SecretNet.over(traced))
      assert.notInclude(printed(), value)
      for (const part of [
        "call <redacted>",
        "Bearer <redacted>",
        "sent <redacted>",
        "log <redacted>",
        "401 for <redacted>"
      ]) {
        assert.include(printed(), part)
      }
      // the program's own values are not touched
      assert.include(String(exit), value)
    })
  )

  it.effect("keeps the identity of spans, so that parents, ids and exporters agree", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const nested = Effect.withSpan(Effect.withSpan(Effect.currentSpan, "inner"), "outer")
      const inner = yield* Effect.provide(nested, SecretNet.over(Layer.succeed(Tracer.Tracer, tracer)))
      assert.strictEqual(inner, spans[1])
      assert.strictEqual(inner.traceId, spans[0]?.traceId)
      assert.strictEqual(Option.getOrUndefined(inner.parent), spans[0])
      assert.strictEqual(spans[0]?.status._tag, "Ended")
    })
  )

  it.effect("leaves the native tracer alone, so that programs without tracing make no spans", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Effect.provide(Effect.tracer, SecretNet.layer), Tracer.nativeTracer)
    })
  )

  it.effect("B12: takes a held secret out of what error reporters are given, and reports 1 cause once", () =>
    Effect.gen(function* () {
      const reports: Array<unknown> = []
      const reporter = ErrorReporter.make(
        ({ attributes, cause, error }) => void reports.push({ attributes, cause, error })
      )
      const failing = Effect.fail(
        Object.assign(new Error(`401 for ${value}`), { [ErrorReporter.attributes]: { header: value } })
      )
      const program = Effect.gen(function* () {
        const exit = yield* Effect.exit(failing)
        if (Exit.isSuccess(exit)) return
        yield* ErrorReporter.report(exit.cause)
        yield* ErrorReporter.report(exit.cause)
      })
      yield* Effect.provide(program, SecretNet.over(ErrorReporter.layer([reporter])))
      assert.strictEqual(reports.length, 1)
      const printed = inspect(reports, { depth: 20, showHidden: true })
      assert.notInclude(printed, value)
      assert.include(printed, "401 for <redacted>")
    })
  )

  it.effect("gives a logger the very options it would have had, when no secret is in them and when none is held", () =>
    Effect.gen(function* () {
      const seen: Array<Logger.Options<unknown>> = []
      const inner = Logger.make<unknown, void>((options) => void seen.push(options))
      const message = { id: 7 }
      const log = Effect.provide(Effect.log(message), Logger.layer([SecretNet.logger(inner)]))
      yield* log
      SecretNet.release(secret)
      yield* log
      SecretNet.hold(secret)
      for (const options of seen) assert.strictEqual((options.message as ReadonlyArray<unknown>)[0], message)
      assert.strictEqual(seen.length, 2)
    })
  )

  it.effect("does not touch what is provided further in: the order that `over` gives is the one that holds", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.map(Logger.formatSimple, (line) => void lines.push(line))
      const inside = Effect.provide(Effect.log(value), Logger.layer([logger]))
      yield* Effect.provide(inside, SecretNet.layer)
      assert.include(lines.join(), value)
    })
  )
})
