/** One small contract per way in which a credential goes on the wire. */
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createHmac } from "node:crypto"
import {
  Backoff,
  Credential,
  Degradation,
  Failure,
  Idempotency,
  Paging,
  Provider,
  RateLimit,
  RetryMatrix
} from "surety"
import { HttpOperation } from "surety/http"
import { make, type Subject } from "./Subject.ts"

class Refused extends Failure.Tagged<Refused>()("Refused", {
  retry: "never",
  fault: "caller",
  fields: { message: Schema.String, echo: Schema.optional(Schema.String) }
}) {}

const quick = Backoff.exponential({ base: "1 millis", cap: "2 millis", maxAttempts: 2, jitter: "full" })
const refused = Refused.wire([400, 401, 403, 404, 422], {
  body: Schema.Struct({ message: Schema.String }),
  decode: ({ body, headers }) => ({ message: body.message, echo: headers["x-echo"] }),
  encode: ({ message }) => ({ body: { message } })
})
const policy = {
  timeout: { attempt: "4 seconds", total: "20 seconds" },
  failures: [refused],
  retry: { ...RetryMatrix.transport(quick), Refused: Backoff.never }
} as const
const Item = Schema.Struct({ id: Schema.String, counts: Schema.optional(Schema.Record(Schema.String, Schema.Int)) })

const operations = {
  get: HttpOperation.read(
    HttpApiEndpoint.get("get", "/items/:id", { params: { id: Schema.String }, success: Item }),
    policy
  ),
  search: HttpOperation.read(
    HttpApiEndpoint.get("search", "/items", {
      query: { q: Schema.String, cursor: Schema.optional(Schema.String) },
      success: Schema.Struct({
        items: Schema.Array(Item),
        links: Schema.Struct({ next: Schema.optional(Schema.String) })
      })
    }),
    {
      ...policy,
      pages: Paging.rule({
        items: (page) => page.items,
        // the whole address as a cursor: what an answer names can change the query, never the origin
        next: (page, request) =>
          page.links.next === undefined ? undefined : { query: { ...request.query, cursor: page.links.next } }
      })
    }
  ),
  create: HttpOperation.mutation(
    HttpApiEndpoint.post("create", "/items", { payload: Schema.Struct({ name: Schema.String }), success: Item }),
    { ...policy, idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "1 day" }) }
  ),
  watch: HttpOperation.stream(
    HttpApiEndpoint.get("watch", "/watch", { success: HttpApiSchema.StreamNdjson({ schema: Item }) }),
    { ...policy, idle: "4 seconds" }
  )
}

const declare = (
  name: string,
  credentials: Credential.Credential,
  redirectsTo: ReadonlyArray<string> = []
): Subject => {
  class Local extends Provider.Service<Local>()("canary/Local", {
    baseUrl: "https://api.local.example/v1",
    owner: "test",
    criticality: "low",
    degradation: Degradation.fail,
    slo: { availability: 0.9, latency: { p99: "1 second" }, window: "1 day" },
    limits: { rate: RateLimit.unlimited("a test"), concurrency: 50 },
    credentials,
    redirectsTo,
    version: { unversioned: "a test", reviewBy: "2027-04-01" },
    runbook: "https://runbooks.example/local",
    operations
  }) {}
  return make(Local, name, {
    get: Effect.flatMap(Local, (_) => _.get({ params: { id: "1" } })),
    search: Effect.flatMap(Local, (_) => Stream.runCollect(_.search.items({ query: { q: "x" } }))),
    create: Effect.flatMap(Local, (_) => _.create({ payload: { name: "x" } }, { idempotencyKey: "k" })),
    watch: Effect.flatMap(Local, (_) => Effect.flatMap(_.watch(), Stream.runCollect))
  })
}

const rest = { scopes: [], rotateEvery: "90 days" } as const

/** Where each scheme's secret is found in a request: what proves that it was sent. */
export const schemes = {
  bearer: Credential.bearer(rest),
  basic: Credential.basic(rest),
  header: Credential.header("X-Api-Key", { ...rest, prefix: "Key " }),
  query: Credential.legacyQueryKey("api_key", { ...rest, because: "the provider reads it nowhere else" }),
  signature: Credential.signature({
    ...rest,
    headers: ["x-signature"],
    sign: async ({ body, method, path }, secret) => ({
      "x-signature": createHmac("sha256", Redacted.value(secret))
        .update(`${method} ${path} ${body ?? ""}`)
        .digest("hex")
    })
  }),
  "a signature that throws": Credential.signature({
    ...rest,
    headers: ["x-signature"],
    sign: (_, secret) => {
      throw new Error(`cannot sign with ${Redacted.value(secret)}`)
    }
  })
} as const

export const scheme = (name: keyof typeof schemes, redirectsTo?: ReadonlyArray<string>): Subject =>
  declare(name, schemes[name], redirectsTo)
