// The lists of signals in docs/signals.md, made from the constants that the code emits them by.
//
//   node scripts/docs-signals.ts           rewrites the marked regions
//   node scripts/docs-signals.ts --check   fails when a region says something else
//
// A region stands between <!-- metrics:begin --> and <!-- metrics:end -->; the other one is that of log events.
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Schema from "effect/Schema"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Backoff from "../packages/surety/src/Backoff.ts"
import * as Contract from "../packages/surety/src/Contract.ts"
import * as Credential from "../packages/surety/src/Credential.ts"
import * as Degradation from "../packages/surety/src/Degradation.ts"
import * as Failure from "../packages/surety/src/Failure.ts"
import * as HttpOperation from "../packages/surety/src/http/HttpOperation.ts"
import * as Idempotency from "../packages/surety/src/Idempotency.ts"
import * as RateLimit from "../packages/surety/src/RateLimit.ts"
import * as RetryMatrix from "../packages/surety/src/RetryMatrix.ts"
import * as CredentialSeries from "../packages/surety/src/signals/CredentialSeries.ts"
import * as LogEvent from "../packages/surety/src/signals/LogEvent.ts"
import * as ProbeSeries from "../packages/surety/src/signals/ProbeSeries.ts"
import * as QueueSeries from "../packages/surety/src/signals/QueueSeries.ts"
import type { Series } from "../packages/surety/src/signals/Series.ts"
import * as SeriesCatalog from "../packages/surety/src/signals/SeriesCatalog.ts"
import * as SignalName from "../packages/surety/src/signals/SignalName.ts"
import * as TelemetrySeries from "../packages/surety/src/signals/TelemetrySeries.ts"
import * as SignalHelp from "../packages/surety/src/telemetry/SignalHelp.ts"
import * as TelemetryLoss from "../packages/surety/src/telemetry/TelemetryLoss.ts"
import { workspace } from "./gate.ts"

export const page = "docs/signals.md"

class Late extends Failure.Tagged<Late>()("Late", { retry: "safe", fault: "provider" }) {}

const quick = Backoff.exponential({ base: "50 millis", cap: "1 second", maxAttempts: 2, jitter: "full" })
const Item = Schema.Struct({ id: Schema.String })
const policy = {
  timeout: { attempt: "1 second", total: "5 seconds" },
  failures: [Late.wire(429)],
  retry: { ...RetryMatrix.transport(quick), Late: quick }
} as const

/** A provider with everything that has a series of its own. */
const contract: Contract.Any = Contract.make("acme", {
  baseUrl: "https://api.acme.example",
  owner: "team",
  criticality: "high",
  degradation: Degradation.serve("the last answer"),
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: { daily: RateLimit.tokenBucket({ limit: 1000, per: "1 day" }) }, concurrency: 5 },
  credentials: Credential.bearer({ name: "key", scopes: [], rotateEvery: "90 days" }),
  version: { unversioned: "a page", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/acme",
  operations: {
    get: HttpOperation.read(HttpApiEndpoint.get("get", "/item", { success: Item }), {
      ...policy,
      conditional: "etag",
      fallback: Degradation.stale({ maxAge: "1 hour" })
    }),
    list: HttpOperation.read(HttpApiEndpoint.get("list", "/items", { success: Item }), {
      ...policy,
      fallback: Degradation.constant({ id: "none" })
    }),
    find: HttpOperation.read(HttpApiEndpoint.get("find", "/found", { success: Item }), {
      ...policy,
      fallback: Degradation.other(() => {
        throw new Error("nobody calls it")
      })
    }),
    add: HttpOperation.mutation(HttpApiEndpoint.post("add", "/items", { payload: Item, success: Item }), {
      ...policy,
      idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "1 day" })
    })
  }
}) as never

const loss = (kind: TelemetryLoss.Kind): ReadonlyArray<Series> => [
  ...[...TelemetryLoss.exportReasons, ...(kind === "metrics" ? TelemetryLoss.scrapeReasons : [])].map((reason) => ({
    ...SignalName.telemetryDropped,
    attributes: { signal: kind, reason },
    bounds: []
  })),
  { ...SignalName.telemetryExportTime, attributes: { signal: kind }, bounds: [] }
]

/** Those that carry their sentence themselves. */
const described: Readonly<Record<string, string>> = {
  [SignalName.telemetryDropped.name]: "Telemetry of this process that did not arrive.",
  [SignalName.telemetryExportTime.name]: "When the collector last took this signal, in seconds since 1970."
}

/** Whoever emits them, in the order of the page. */
const emitters: ReadonlyArray<readonly [string, ReadonlyArray<Series>]> = [
  ["every provider", SeriesCatalog.of(contract)],
  ["`Lifecycle`", CredentialSeries.of("acme", "key")],
  ["`QueueSignals`, `WatchedQueue`", QueueSeries.of("acme", "orders")],
  ["`Probe`", ProbeSeries.of(contract, "get")],
  ["`PrometheusEndpoint`, `OtlpExport`, `OpenTelemetry`", TelemetryLoss.kinds.flatMap(loss)],
  ["`Auditor`", TelemetrySeries.audit("")]
]

/** The names of all metrics. */
export const metricNames: ReadonlyArray<string> = [
  ...new Set(emitters.flatMap(([, series]) => series.map(({ name }) => name)))
]

/** Attributes that have names or numbers of a contract, or a list that is on the page already. */
const open =
  /^(error\.type|http\.|url\.|server\.|version$|hash$|owner$|limit\.name|quota\.name|credential\.name|queue$|integration\.audit)/

const said = new Set<string>([SignalName.provider, SignalName.operation])

const attributesOf = (series: ReadonlyArray<Series>): string => {
  const values = new Map<string, Set<string>>()
  for (const { attributes } of series) {
    for (const [name, value] of Object.entries(attributes)) {
      if (!said.has(name)) values.set(name, (values.get(name) ?? new Set<string>()).add(value))
    }
  }
  return [...values]
    .map(([name, list]) =>
      open.test(name) || name === "criticality"
        ? `\`${name}\``
        : `\`${name}\`: ${[...list].map((value) => `\`${value}\``).join(", ")}`
    )
    .join("; ")
}

const ofWhat = (series: ReadonlyArray<Series>): string => {
  const has = (name: string) => series.some(({ attributes }) => name in attributes)
  if (has(SignalName.operation)) return "operation"
  if (has(SignalName.limitName) || has(SignalName.quotaName)) return "bucket"
  if (has(SignalName.credentialName)) return "credential"
  if (has(QueueSeries.queue)) return "queue"
  return has(SignalName.provider) ? "provider" : "process"
}

/** The table of metrics; throws when one has no sentence. */
export const metricsTable = (): string => {
  const rows = emitters.flatMap(([by, all]) =>
    [...new Set(all.map(({ name }) => name))].map((name) => {
      const series = all.filter((one) => one.name === name)
      const { kind = "", unit } = series[0] ?? {}
      const sentence = SignalHelp.of(name) ?? described[name]
      if (sentence === undefined) throw new Error(`SignalHelp has no sentence for ${name}`)
      return `| \`${name}\` | ${kind}${unit === undefined ? "" : `, \`${unit}\``} | ${ofWhat(series)} | ${attributesOf(series)} | ${sentence} | ${by} |`
    })
  )
  return [
    "| Metric | Kind, unit | For each | Attributes | Says | Emitted by |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows
  ].join("\n")
}

/** The table of log events. */
export const eventsTable = (): string =>
  [
    "| Event | Severity | At most |",
    "| --- | --- | --- |",
    ...LogEvent.all.map(({ atMost, name, severities }) => `| \`${name}\` | ${severities.join(", ")} | ${atMost} |`)
  ].join("\n")

/** The page with its regions rewritten; throws when one is missing. */
export const rewrite = (text: string): string =>
  Object.entries({ metrics: metricsTable(), events: eventsTable() }).reduce((before, [name, table]) => {
    const region = new RegExp(`(<!-- ${name}:begin -->\\n)[\\s\\S]*?(<!-- ${name}:end -->)`)
    if (!region.test(before)) throw new Error(`no region <!-- ${name}:begin --> … <!-- ${name}:end -->`)
    return before.replace(region, (_all, begin: string, end: string) => `${begin}${table}\n${end}`)
  }, text)

if (import.meta.main) {
  const file = join(workspace, page)
  const before = readFileSync(file, "utf8")
  const after = rewrite(before)
  const isCheck = process.argv.includes("--check")
  if (after !== before) {
    if (!isCheck) writeFileSync(file, after)
    console.log(isCheck ? `${page} is stale: run node scripts/docs-signals.ts` : `${page} rewritten`)
    if (isCheck) process.exitCode = 1
  }
}
