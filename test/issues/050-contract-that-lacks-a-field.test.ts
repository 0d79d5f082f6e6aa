// "A declaration that lacks a field is refused with the name of the field": JavaScript, a cast, or Node that removes types
// got a TypeError of ours for most of them, and a contract without criticality for some.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Backoff from "surety/Backoff"
import * as Contract from "surety/Contract"
import * as Credential from "surety/Credential"
import * as Degradation from "surety/Degradation"
import * as Idempotency from "surety/Idempotency"
import * as Operation from "surety/Operation"
import * as RateLimit from "surety/RateLimit"
import * as RetryMatrix from "surety/RetryMatrix"
import * as HttpOperation from "surety/http/HttpOperation"
import { describe, expect, it } from "vitest"

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })

const policy = {
  timeout: { attempt: "2 seconds", total: "8 seconds" },
  failures: [],
  retry: RetryMatrix.transport(quick)
} as const
const attempt = (id: string): Effect.Effect<string> => Effect.succeed(id)

const contract = {
  baseUrl: "https://api.acme.example",
  owner: "team-checkout",
  criticality: "critical",
  degradation: Degradation.fail,
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { calls: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 25 },
  credentials: Credential.bearer({ scopes: [], rotateEvery: "90 days" }),
  version: { header: "Api-Version", value: "1", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/acme",
  operations: { get: Operation.read("get", { ...policy, attempt }) }
} as const

/** As a program without types writes it: a field is not there, or is `undefined`. */
const without = (declared: object, path: string): ReadonlyArray<never> => {
  const [first = "", second] = path.split(".")
  const { [first]: inner, ...rest } = declared as Readonly<Record<string, unknown>>
  if (second === undefined) return [rest as never, { ...rest, [first]: undefined } as never]
  return without(inner as object, second).map((left) => ({ ...rest, [first]: left }) as never)
}

describe("a declaration that lacks a field is refused with the name of the field", () => {
  it.each([
    ["owner", "owner is missing or empty"],
    ["slo", "slo is missing or empty"],
    ["slo.availability", "slo.availability must be in (0, 1), got undefined"],
    ["slo.latency", "slo.latency is missing or empty"],
    ["slo.window", "slo.window must be a finite duration longer than zero, got undefined"],
    ["runbook", "runbook is missing or empty"],
    ["credentials", "credentials is missing or empty"],
    ["criticality", "criticality is missing or empty"],
    ["degradation", "degradation is missing or empty"],
    ["limits", "limits is missing or empty"],
    ["limits.rate", "limits.rate is missing or empty"],
    ["limits.concurrency", "limits.concurrency must be an integer of at least 1, got undefined"],
    ["version", "version is missing or empty"],
    ["version.reviewBy", "version.reviewBy must be an ISO date (YYYY-MM-DD), got undefined"],
    ["baseUrl", "baseUrl is not a URL: undefined"],
    ["operations", "operations is missing or empty"]
  ])("a provider without %s", (path, says) => {
    for (const left of without(contract, path)) {
      expect(() => Contract.make("acme", left)).toThrow(new RangeError(`acme: ${says}`))
    }
  })

  it.each([
    ["timeout", "timeout is missing or empty"],
    ["timeout.attempt", "timeout.attempt must be a finite duration longer than zero, got undefined"],
    ["timeout.total", "timeout.total must be a finite duration longer than zero, got undefined"],
    ["failures", "failures is missing or empty"],
    ["retry", "retry is missing or empty"]
  ])("a read without %s, over an effect and over an endpoint", (path, says) => {
    const endpoint = HttpApiEndpoint.get("get", "/", { success: Schema.String })
    for (const left of without(policy, path)) {
      expect(() => Operation.read("get", { ...(left as typeof policy), attempt })).toThrow(
        new RangeError(`get: ${says}`)
      )
      expect(() => HttpOperation.read(endpoint, left)).toThrow(new RangeError(`get: ${says}`))
    }
  })

  it("a mutation without a plan, over an effect and over an endpoint", () => {
    const endpoint = HttpApiEndpoint.post("pay", "/", { success: Schema.String })
    const declared = { ...policy, idempotency: Idempotency.natural("the id is in the request"), attempt }
    for (const left of without(declared, "idempotency")) {
      const refused = new RangeError("pay: idempotency is missing or empty")
      expect(() => Operation.mutation("pay", left)).toThrow(refused)
      expect(() => HttpOperation.mutation(endpoint, left)).toThrow(refused)
    }
    expect(Operation.mutation("pay", declared).kind).toBe("mutation")
  })
})
