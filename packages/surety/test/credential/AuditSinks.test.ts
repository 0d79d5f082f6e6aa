import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import type * as Scope from "effect/Scope"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"
import type * as Audit from "../../src/credential/Audit.ts"
import * as AuditAttributes from "../../src/credential/AuditAttributes.ts"
import * as LogAudit from "../../src/credential/LogAudit.ts"
import * as OtlpAudit from "../../src/credential/OtlpAudit.ts"
import * as FetchTransport from "../../src/http/FetchTransport.ts"
import * as AuditSinkSuite from "../../src/testing/AuditSinkSuite.ts"
import { event, sink } from "./Trail.ts"

let runs = 0
const suite = (name: string, rig: Layer.Layer<AuditSinkSuite.Rig>) => {
  for (const { check, name: promise } of AuditSinkSuite.cases) {
    it.live(`${name} ${promise}`, () => check(`audit/${process.pid}/${runs++}`).pipe(Effect.provide(rig)))
  }
}

/** The names of `AuditAttributes`, backwards. */
const fieldOf = new Map(
  Object.entries(AuditAttributes.of(event(0, { operation: "o", count: 1, traceId: "t", detail: "d" }))).map(
    ([attribute]) => {
      const last = attribute.split(".").at(-1) ?? ""
      const fields: Readonly<Record<string, string>> = {
        wall_ms: "wallMillis",
        monotonic_ms: "monotonicMillis",
        trace_id: "traceId",
        "integration.provider.name": "provider",
        "integration.credential.name": "credential",
        "integration.operation.name": "operation"
      }
      return [attribute, fields[attribute] ?? fields[last] ?? last]
    }
  )
)

const eventOf = (attributes: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [fieldOf.get(name), value])
  ) as unknown as Audit.Event

describe("the suite of sinks", () => {
  suite(
    "a list",
    Layer.sync(AuditSinkSuite.Rig, () => {
      const to = sink("list")
      const down = sink("list")
      down.state = "down"
      const kept = (provider: string) => Effect.sync(() => to.kept.filter((one) => one.provider === provider))
      return { sink: to, down, kept, memory: "tells by id" } as const
    })
  )

  it.live(
    "refuses a sink that turns the order around, one that forgets an event, and one that fails with a text of others",
    () =>
      Effect.gen(function* () {
        const bad = (append: (to: ReturnType<typeof sink>) => Audit.Sink["append"]) => {
          const to = sink("list")
          const broken: Audit.Sink = { name: "list", append: append(to) }
          const kept = () => Effect.sync(() => to.kept)
          const rig = { sink: broken, down: broken, kept, memory: "tells by id" } as const
          return Effect.forEach(AuditSinkSuite.cases, ({ check, name }) =>
            Effect.map(Effect.exit(Effect.provideService(check("p"), AuditSinkSuite.Rig, rig)), (exit) =>
              exit._tag === "Failure" ? [name] : []
            )
          ).pipe(Effect.map((all) => all.flat()))
        }
        assert.include((yield* bad((to) => (events) => to.append(events.toReversed()))).join(), "takes 1000 events")
        assert.include((yield* bad((to) => (events) => to.append(events.slice(1)))).join(), "every fact")
        const foreign = (yield* bad(() => () => Effect.fail(new Error("pg") as never))).join()
        assert.include(foreign, "no foreign text")
      })
  )
})

describe("LogAudit", () => {
  const lines: Array<Readonly<Record<string, unknown>>> = []
  const logger = Logger.make<unknown, void>(({ fiber, logLevel, message }) => {
    lines.push({ logLevel, message, annotations: fiber.getRef(References.CurrentLogAnnotations) })
  })
  const logs = Logger.layer([logger])
  const annotated = (provider: string) =>
    lines
      .map(({ annotations }) => eventOf(annotations as Readonly<Record<string, unknown>>))
      .filter((one) => one.provider === provider)
  suite(
    "the log",
    Layer.succeed(AuditSinkSuite.Rig, {
      sink: { name: "log", append: (events) => Effect.provide(LogAudit.sink.append(events), logs) },
      down: undefined,
      kept: (provider) => Effect.sync(() => annotated(provider)),
      memory: "none"
    })
  )

  it.effect("B7: writes 1 structured line per event, at the level of its kind, whatever the minimum level is", () =>
    Effect.gen(function* () {
      lines.length = 0
      yield* LogAudit.sink
        .append([event(1), event(2, { kind: "rejected" }), event(3, { kind: "reauthorize" })])
        .pipe(Effect.provide(logs), Effect.provideService(References.MinimumLogLevel, "Fatal"))
      assert.deepStrictEqual(
        lines.map(({ logLevel, message }) => [logLevel, message]),
        [
          ["Info", ["integration.audit"]],
          ["Warn", ["integration.audit"]],
          ["Error", ["integration.audit"]]
        ]
      )
      assert.deepInclude(lines[0]?.["annotations"], {
        "integration.audit.id": "e1",
        "integration.audit.kind": "refreshed",
        "integration.audit.actor": "checkout-7",
        "integration.provider.name": "acme/Payments",
        "integration.credential.fingerprint": "0123456789abcdef"
      })
    })
  )
})

interface Post {
  readonly headers: IncomingHttpHeaders
  readonly url: string
  readonly body: string
}

interface Collector {
  readonly url: string
  readonly posts: Array<Post>
  answer: readonly [number, string] | "silence" | "cut"
}

const collector: Effect.Effect<Collector, never, Scope.Scope> = Effect.acquireRelease(
  Effect.callback<Collector & { readonly stop: () => void }>((resume) => {
    const posts: Array<Post> = []
    const server = createServer((request, response) => {
      let body = ""
      request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")))
      request.on("end", () => {
        posts.push({ headers: request.headers, url: request.url ?? "", body })
        if (self.answer === "silence") return
        if (self.answer === "cut") return void request.socket.destroy()
        response.writeHead(self.answer[0], { "content-type": "application/json", location: "http://127.0.0.1:9/" })
        response.end(self.answer[1])
      })
    })
    const self: Collector & { readonly stop: () => void } = {
      get url() {
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs?tenant=7`
      },
      posts,
      answer: [200, "{}"],
      stop: () => {
        server.closeAllConnections()
        server.close()
      }
    }
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(self)))
  }),
  ({ stop }) => Effect.sync(stop)
)

interface Value {
  readonly stringValue?: string
  readonly intValue?: string
  readonly doubleValue?: number
}
interface LogRecord {
  readonly [field: string]: unknown
  readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Value }>
}

const recordsOf = (post: Post): ReadonlyArray<LogRecord> =>
  JSON.parse(post.body).resourceLogs[0].scopeLogs[0].logRecords
const read = ({ attributes }: LogRecord) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? (value.intValue === undefined ? value.doubleValue : Number(value.intValue))
    ])
  )

describe("OtlpAudit", () => {
  suite(
    "a collector",
    Layer.effect(
      AuditSinkSuite.Rig,
      Effect.gen(function* () {
        const server = yield* collector
        return {
          sink: yield* OtlpAudit.sink({ url: server.url }),
          down: yield* OtlpAudit.sink({ url: "http://127.0.0.1:1/v1/logs" }),
          kept: (provider) =>
            Effect.sync(() =>
              server.posts
                .flatMap(recordsOf)
                .map((record) => eventOf(read(record)))
                .filter((one) => one.provider === provider)
            ),
          memory: "none"
        } as const
      })
    ).pipe(Layer.provide(FetchTransport.layer))
  )

  const to = (options: Omit<OtlpAudit.Options, "url"> = {}) =>
    Effect.gen(function* () {
      const server = yield* collector
      const made = yield* Effect.provide(OtlpAudit.sink({ url: server.url, ...options }), FetchTransport.layer)
      return { server, made }
    })

  it.live(
    "B7: posts log records of OTLP/HTTP in JSON: time, severity, event name, attributes, trace and resource",
    () =>
      Effect.gen(function* () {
        const { made, server } = yield* to({ resource: { "service.name": "checkout", "service.instance.id": 7 } })
        const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
        yield* made.append([
          event(1, { traceId, kind: "rejected", detail: "status 401" }),
          event(2, { traceId: "not a trace" })
        ])
        const [post] = server.posts
        assert.strictEqual(server.posts.length, 1)
        assert.strictEqual(post?.url, "/v1/logs?tenant=7")
        assert.strictEqual(post?.headers["content-type"], "application/json")
        const body = JSON.parse(post?.body ?? "")
        assert.deepStrictEqual(body.resourceLogs[0].resource.attributes, [
          { key: "service.name", value: { stringValue: "checkout" } },
          { key: "service.instance.id", value: { intValue: "7" } }
        ])
        assert.deepStrictEqual(body.resourceLogs[0].scopeLogs[0].scope, { name: "surety" })
        const [first, second] = body.resourceLogs[0].scopeLogs[0].logRecords
        assert.deepInclude(first, {
          timeUnixNano: "1793491200001000000",
          severityNumber: 13,
          severityText: "WARN",
          eventName: "integration.audit",
          body: { stringValue: "integration.audit" },
          traceId
        })
        assert.deepInclude(first.attributes, {
          key: "integration.audit.detail",
          value: { stringValue: "status 401" }
        })
        assert.isFalse("traceId" in second)
      })
  )

  it.live("B12: binds a secret header at the last moment, and quotes neither it nor the answer in a failure", () =>
    Effect.gen(function* () {
      const { made, server } = yield* to({ headers: { "X-Api-Key": Redacted.make("CANARY-otlp-01"), "X-Tenant": "7" } })
      server.answer = [403, JSON.stringify({ message: "CANARY-otlp-01 is not allowed" })]
      const failure = yield* Effect.flip(made.append([event(1)]))
      assert.strictEqual(server.posts[0]?.headers["x-api-key"], "CANARY-otlp-01")
      assert.strictEqual(server.posts[0]?.headers["x-tenant"], "7")
      assert.strictEqual(failure.detail, "status 403")
      assert.notInclude(JSON.stringify([failure, failure.message, failure.stack, made]), "CANARY")
    })
  )

  it.live("fails on each of 7 answers that are not a full yes, and says whether to come back with the same", () =>
    Effect.gen(function* () {
      const { made, server } = yield* to({ timeout: "50 millis" })
      const answers: ReadonlyArray<readonly [Collector["answer"], string, "never" | undefined]> = [
        [[503, ""], "status 503", undefined],
        [[429, ""], "status 429", undefined],
        [[400, "{}"], "status 400", undefined],
        [[307, ""], "status 307", undefined],
        [[413, ""], "status 413", "never"],
        [
          [200, JSON.stringify({ partialSuccess: { rejectedLogRecords: "1", errorMessage: "CANARY" } })],
          "it rejected 1 of 2 records",
          "never"
        ],
        ["silence", "no answer in 50 ms", undefined]
      ]
      for (const [answer, detail, retry] of answers) {
        server.answer = answer
        const failure = yield* Effect.flip(made.append([event(1), event(2)]))
        assert.deepStrictEqual([failure.detail, failure.retry], [detail, retry])
      }
      server.answer = "cut"
      assert.strictEqual((yield* Effect.flip(made.append([event(1)]))).detail, "reset")
    })
  )

  it.live("takes an empty answer, one that is no JSON, and a partial success that rejected 0 as a yes", () =>
    Effect.gen(function* () {
      const { made, server } = yield* to()
      for (const body of [
        "",
        "ok",
        "{}",
        "null",
        `{"partialSuccess":{}}`,
        `{"partialSuccess":{"rejectedLogRecords":"0"}}`
      ]) {
        server.answer = [200, body]
        yield* made.append([event(1)])
      }
      assert.strictEqual(server.posts.length, 6)
    })
  )

  it.live("refuses 3 addresses that it could not post to, or that hold a password, and quotes none", () =>
    Effect.gen(function* () {
      for (const url of ["/v1/logs", "file:///v1/logs", "https://user:CANARY@collector.example/v1/logs"]) {
        const exit = yield* Effect.exit(Effect.provide(OtlpAudit.sink({ url }), FetchTransport.layer))
        assert.include(String(exit), "absolute http or https address")
        assert.notInclude(String(exit), "CANARY")
      }
    })
  )
})
