/**
 * The sinks of a program's own signals, attached to it all at once: every logger format, a tracer that collects, the OTLP
 * exporters with a collector in memory, the metric registry, the console and the audit trail.
 *
 * Neighbours: `Canary` runs a program under it; `CanaryProcess` hears what goes past it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Otlp from "effect/observability/Otlp"
import * as OtlpExporter from "effect/observability/OtlpExporter"
import * as References from "effect/References"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { createHash } from "node:crypto"
import * as Audit from "../credential/Audit.ts"
import * as CanaryRender from "./CanaryRender.ts"
import type { Sink } from "./CanarySinks.ts"

/**
 * Takes what a sink received: a text as it is, any other value in every rendering.
 *
 * @category models
 * @since 0.1.0
 */
export type Receive = (sink: Sink, where: string, received: unknown) => void

/**
 * @category models
 * @since 0.1.0
 */
export interface Attached {
  /** What a program runs under. */
  readonly context: Context.Context<never>
  /** Sends what is still on its way, and reads the metrics. */
  readonly drain: Effect.Effect<void>
}

/**
 * Attaches every sink for as long as the scope is open.
 *
 * **Details**   Loggers, tracer and metric registry of the context are replaced, so that the sweep sees this program and
 * nothing else; the audit trail is passed on.
 *
 * @category constructors
 * @since 0.1.0
 */
export const attach = (receive: Receive): Effect.Effect<Attached, never, Scope.Scope> =>
  Effect.gen(function* () {
    const registry = new Registry()
    const collector = Layer.succeed(HttpClient.HttpClient, collect(receive))
    const exporting = yield* Layer.build(
      Otlp.layerJson({
        baseUrl: "http://canary.example",
        resource: { serviceName: "canary" },
        loggerMergeWithExisting: false,
        // only `drain` sends: a program under a test clock may see years go by
        loggerExportInterval: never,
        metricsExportInterval: never,
        tracerExportInterval: never
      }).pipe(Layer.provide(collector), Layer.provide(Layer.succeed(Metric.MetricRegistry, registry)))
    )
    const audit = yield* Audit.Audit
    const context = (exporting as Context.Context<never>).pipe(
      Context.add(Metric.MetricRegistry, registry),
      Context.add(References.MinimumLogLevel, "All"),
      Context.add(References.TracerEnabled, true),
      Context.add(Console.Console, consoleOf(receive)),
      Context.add(
        Logger.CurrentLoggers,
        new Set([...Context.get(exporting, Logger.CurrentLoggers), ...loggers(receive)])
      ),
      Context.add(Tracer.Tracer, collecting(Context.get(exporting, Tracer.Tracer), receive)),
      Context.add(Audit.Audit, auditing(audit, receive))
    )
    const drain = Effect.gen(function* () {
      registry.restore()
      for (const { attributes, description, id, state } of Metric.snapshotUnsafe(context)) {
        receive("metrics", `series ${id}`, JSON.stringify({ id, description, attributes, state }, plain))
      }
      receive("metrics", "Metric.dump", yield* Effect.provideContext(Metric.dump, context))
      yield* Context.get(exporting, OtlpExporter.Flusher).flush
    })
    return { context, drain }
  })

/** The longest wait a timer can be set to. */
const never = "24 days"

const plain = (_: string, value: unknown): unknown =>
  value instanceof Map ? [...value] : typeof value === "bigint" ? String(value) : value

type Entry = Metric.MetricRegistry extends Map<string, infer One> ? One : never

/** Metrics that a layer takes away when it closes are exported all the same. */
class Registry extends Map<string, Entry> {
  private readonly removed = new Map<string, Entry>()

  override delete(key: string): boolean {
    const entry = this.get(key)
    if (entry !== undefined) this.removed.set(key, entry)
    return super.delete(key)
  }

  restore(): void {
    for (const [key, entry] of this.removed) if (!this.has(key)) this.set(key, entry)
  }
}

const collect = (receive: Receive): HttpClient.HttpClient =>
  HttpClient.make((request, url) =>
    Effect.sync(() => {
      const { body } = request
      const where = `POST ${url.pathname}`
      if (body._tag === "Uint8Array") receive("otlp", where, new TextDecoder().decode(body.body))
      else receive("otlp", where, JSON.stringify(body.toJSON()))
      receive("otlp", `${where}, headers`, JSON.stringify(Object.entries(request.headers)))
      return HttpClientResponse.fromWeb(request, new Response("{}", { status: 200 }))
    })
  )

const loggers = (receive: Receive): ReadonlyArray<Logger.Logger<unknown, unknown>> => {
  const told = <Output>(format: string, logger: Logger.Logger<unknown, Output>): Logger.Logger<unknown, void> =>
    Logger.make((options) => receive("log", `${format}, ${options.logLevel}`, logger.log(options)))
  return [
    told("formatSimple", Logger.formatSimple),
    told("formatLogFmt", Logger.formatLogFmt),
    told("formatStructured", Logger.formatStructured),
    told("formatJson", Logger.formatJson),
    Logger.defaultLogger,
    Logger.consolePretty({ mode: "tty", colors: true }),
    Logger.consolePretty({ mode: "browser" }),
    Logger.tracerLogger
  ]
}

const consoleOf = (receive: Receive): Console.Console => {
  const method =
    (name: string) =>
    (...args: ReadonlyArray<unknown>): void =>
      receive("console", `console.${name}`, CanaryRender.line(...args))
  return {
    assert: (condition, ...args) => method("assert")(condition, ...args),
    clear: () => {},
    count: method("count"),
    countReset: method("countReset"),
    debug: method("debug"),
    dir: method("dir"),
    dirxml: method("dirxml"),
    error: method("error"),
    group: method("group"),
    groupCollapsed: method("groupCollapsed"),
    groupEnd: () => {},
    info: method("info"),
    log: method("log"),
    table: method("table"),
    time: method("time"),
    timeEnd: method("timeEnd"),
    timeLog: method("timeLog"),
    trace: method("trace"),
    warn: method("warn")
  }
}

/** Tells of everything that a span is told, and passes it on to the exporter's. */
const collecting = (exporter: Tracer.Tracer, receive: Receive): Tracer.Tracer =>
  Tracer.make({
    ...(exporter.context === undefined ? {} : { context: exporter.context }),
    span: (options) => {
      const { name } = options
      const span = exporter.span(options)
      const tell = (what: string, value: unknown): void => receive("span", `${what} of a span`, value)
      const linked = (links: ReadonlyArray<Tracer.SpanLink>): void => {
        for (const link of links) tell("link", link.attributes)
      }
      tell("name", name)
      linked(options.links)
      const { addLinks, attribute, end, event } = span
      return Object.assign(span, {
        attribute: (key: string, value: unknown) => {
          tell("attribute", key)
          tell(`attribute ${key}`, value)
          attribute.call(span, key, value)
        },
        event: (event_: string, at: bigint, attributes?: Record<string, unknown>) => {
          tell("event", event_)
          if (attributes !== undefined) tell("event's attributes", attributes)
          event.call(span, event_, at, attributes)
        },
        addLinks: (links: ReadonlyArray<Tracer.SpanLink>) => {
          linked(links)
          addLinks.call(span, links)
        },
        end: (at: bigint, exit: Parameters<typeof end>[1]) => {
          if (exit._tag === "Failure") tell("exit", exit.cause)
          end.call(span, at, exit)
        }
      })
    }
  })

const auditing = (audit: Audit.Audit, receive: Receive): Audit.Audit => ({
  actor: audit.actor,
  record: (event) => {
    receive("audit", event.kind, JSON.stringify(event))
    audit.record(event)
  },
  fingerprint: (secret) => {
    const known = audit.fingerprint(secret)
    return known === "" ? createHash("sha256").update(`canary ${secret}`).digest("hex").slice(0, 16) : known
  }
})
