/**
 * The audit trail as OTLP log records over HTTP, to any OpenTelemetry collector.
 *
 * Effect's `OtlpLogger` writes log lines, and forgets what a collector did not take. Here an append succeeds only when the
 * collector has said that it took every record.
 *
 * Neighbours: `Auditor` gives it events behind an `AuditBuffer`; it speaks through the `Transport` of the program.
 *
 * @source OTLP 1.8 (OTLP/HTTP, JSON Protobuf encoding, partial success), OpenTelemetry logs data model
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Transport, type WireRequest } from "../http/Transport.ts"
import { type Event, type Sink, SinkFailure } from "./Audit.ts"
import * as AuditAttributes from "./AuditAttributes.ts"

/**
 * **Details**   `url`: the whole address, `/v1/logs` included. `headers`: a `Redacted` one is bound by the transport, at the
 * last moment. `resource`: attributes of the process, `service.name` above all; default: none. `timeout`: default 10
 * seconds for the whole exchange. `name`: default `otlp`; two sinks of one auditor need two.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly url: string
  readonly headers?: Readonly<Record<string, string | Redacted.Redacted<string>>>
  readonly resource?: Readonly<Record<string, string | number>>
  readonly timeout?: Duration.Input
  readonly name?: string
}

/**
 * A sink that posts events to a collector.
 *
 * **Details**   One record per event: `eventName` and body `integration.audit`, the facts as attributes, the severity of
 * its kind, and the trace id where there is one. The collector keeps no state for us: it may be given an event twice,
 * with the same `integration.audit.id`.
 *
 * **Failures**   `SinkFailure` with the status, the transport's code, or how many records were rejected. A collector that
 * says that the records are too many (413), or that it rejected some, is never given them again as they are.
 *
 * **Gotchas**   A redirect is a failure. `RangeError` (a defect) for a url that is not absolute http or https, or that has
 * a user or a password in it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sink = (options: Options): Effect.Effect<Sink, never, Transport> =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const { origin, path } = addressOf(options.url)
    const name = options.name ?? "otlp"
    const timeout = Duration.fromInputUnsafe(options.timeout ?? "10 seconds")
    const open: Record<string, string> = { "content-type": "application/json" }
    const secret: Array<readonly [string, Redacted.Redacted<string>]> = []
    for (const [header, value] of Object.entries(options.headers ?? {})) {
      if (Redacted.isRedacted(value)) secret.push([header.toLowerCase(), value])
      else open[header.toLowerCase()] = value
    }
    const resource = { attributes: attributesOf(options.resource ?? {}) }
    const authorize =
      secret.length === 0
        ? undefined
        : () => Object.fromEntries(secret.map(([header, value]) => [header, Redacted.value(value)]))
    const fail = (detail: string, retry?: "never") =>
      Effect.fail(new SinkFailure({ sink: name, detail, ...(retry === undefined ? {} : { retry }) }))
    const append = (events: ReadonlyArray<Event>): Effect.Effect<void, SinkFailure> =>
      Effect.suspend(() => {
        if (events.length === 0) return Effect.void
        const scopeLogs = [{ scope: { name: "surety" }, logRecords: events.map(recordOf) }]
        const body = JSON.stringify({ resourceLogs: [{ resource, scopeLogs }] })
        return exchange(transport, { method: "POST", origin, path, headers: open, body, authorize })
      }).pipe(
        Effect.timeoutOrElse({
          duration: timeout,
          orElse: () => Effect.succeed<Answer>(`no answer in ${Duration.toMillis(timeout)} ms`)
        }),
        Effect.flatMap((answer) => {
          if (answer === undefined) return Effect.void
          if (typeof answer === "string") return fail(answer)
          if (answer.status < 200 || answer.status >= 300) {
            return fail(`status ${answer.status}`, answer.status === 413 ? "never" : undefined)
          }
          const rejected = rejectedOf(answer.body)
          return rejected > 0 ? fail(`it rejected ${rejected} of ${events.length} records`, "never") : Effect.void
        })
      )
    return { name, append }
  })

/** What came back, or why nothing did. */
type Answer = { readonly status: number; readonly body: string } | string | void

const mostOfAnswer = 65_536

const exchange = (transport: Transport, request: WireRequest): Effect.Effect<Answer> =>
  Effect.callback<Answer>((resume) => {
    let status = 0
    let body = ""
    const decoder = new TextDecoder()
    const running = transport.send(request, {
      onHead: (received) => {
        status = received
      },
      onData: (chunk) => {
        if (body.length < mostOfAnswer) body += decoder.decode(chunk, { stream: true })
      },
      onEnd: () => resume(Effect.succeed({ status, body })),
      onError: ({ code }) => resume(Effect.succeed(code))
    })
    return Effect.sync(() => running.cancel())
  })

/** How many records a collector did not take, of what it answered; nothing else of the answer is kept. */
const rejectedOf = (body: string): number => {
  try {
    const answer: unknown = JSON.parse(body)
    const partial: unknown = typeof answer === "object" && answer !== null && Reflect.get(answer, "partialSuccess")
    // an int64 is a text in this encoding
    const rejected: unknown =
      typeof partial === "object" && partial !== null && Reflect.get(partial, "rejectedLogRecords")
    return typeof rejected === "string" || typeof rejected === "number" ? Number(rejected) || 0 : 0
  } catch {
    // an empty body, or none that says anything: all of them were taken
    return 0
  }
}

const addressOf = (url: string): { readonly origin: string; readonly path: string } => {
  let parsed: URL | undefined
  try {
    parsed = new URL(url)
  } catch {
    // the platform's message quotes the address
  }
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username !== "" || parsed.password !== "") {
    throw new RangeError("OtlpAudit: url must be an absolute http or https address without user and password")
  }
  return { origin: parsed.origin, path: parsed.pathname + parsed.search }
}

const severityNumbers = { Info: 9, Warn: 13, Error: 17 } as const

const recordOf = (event: Event): object => {
  const severity = AuditAttributes.severityOf(event.kind)
  const nanos = String(BigInt(Math.round(Number.isFinite(event.wallMillis) ? event.wallMillis : 0)) * 1_000_000n)
  return {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    severityNumber: severityNumbers[severity],
    severityText: severity.toUpperCase(),
    eventName: AuditAttributes.eventName,
    body: { stringValue: AuditAttributes.eventName },
    attributes: attributesOf(AuditAttributes.of(event)),
    ...(/^[0-9a-f]{32}$/.test(event.traceId ?? "") ? { traceId: event.traceId } : {})
  }
}

const attributesOf = (attributes: Readonly<Record<string, string | number>>): ReadonlyArray<object> =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === "string"
        ? { stringValue: value }
        : Number.isSafeInteger(value)
          ? { intValue: String(value) }
          : { doubleValue: value }
  }))
