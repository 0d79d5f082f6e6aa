// A redirect leads where the answer says, seen from where that answer came.
//
// The second of two redirects was read from the address of the first, so that `/b` was asked of the wrong host; and a
// read that asks with a body was asked again without it, which is another question.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { Credential, Degradation, Provider, RetryMatrix } from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { Transport } from "surety/http/Transport"
import { answer, idle } from "./Shop.ts"

const guarded = {
  timeout: { attempt: "1 second", total: "5 seconds" },
  failures: [],
  retry: RetryMatrix.transportNever
} as const
const Found = Schema.Struct({ id: Schema.String })

class Files extends Provider.Service<Files>()("files", {
  baseUrl: "https://api.files.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
  limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
  credentials: Credential.none("a test has no secrets"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/files",
  redirectsTo: ["https://cdn.files.example", "https://api.files.example"],
  operations: {
    get: HttpOperation.read(HttpApiEndpoint.get("get", "/file", { success: Found }), guarded),
    search: HttpOperation.read(
      HttpApiEndpoint.post("search", "/search", { payload: Schema.Struct({ q: Schema.String }), success: Found }),
      guarded
    )
  }
}) {}

const over = (locations: ReadonlyArray<string>, asked: Array<string>) =>
  Files.layer.pipe(
    Layer.provide(
      Layer.succeed(Transport, {
        send: ({ method, origin, path }, handler) => {
          const location = locations[asked.push(`${method} ${origin}${path}`) - 1]
          queueMicrotask(() => {
            if (location === undefined) return answer(handler)
            handler.onHead(307, { location })
            handler.onEnd()
          })
          return idle
        }
      })
    )
  )

it.effect("asks 3 addresses, the third of the host of the second", () => {
  const asked: Array<string> = []
  return Effect.gen(function* () {
    const files = yield* Files
    assert.deepStrictEqual(yield* files.get(), { id: "a" })
    assert.deepStrictEqual(asked, [
      "GET https://api.files.example/file",
      "GET https://cdn.files.example/a/b",
      "GET https://cdn.files.example/a/c?d=1"
    ])
  }).pipe(Effect.provide(over(["https://cdn.files.example/a/b", "c?d=1"], asked)))
})

it.effect("asks 1 time with a body, and says that it was sent elsewhere", () => {
  const asked: Array<string> = []
  return Effect.gen(function* () {
    const files = yield* Files
    const error = yield* Effect.flip(files.search({ payload: { q: "a" } }))
    assert.strictEqual(error._tag === "ContractViolation" && error.violation, "redirect")
    assert.strictEqual(asked.length, 1)
  }).pipe(Effect.provide(over(["https://cdn.files.example/search"], asked)))
})
