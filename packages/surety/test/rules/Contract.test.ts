import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Backoff from "../../src/Backoff.ts"
import * as CircuitBreaker from "../../src/CircuitBreaker.ts"
import * as Contract from "../../src/Contract.ts"
import * as Credential from "../../src/Credential.ts"
import * as Degradation from "../../src/Degradation.ts"
import * as Idempotency from "../../src/Idempotency.ts"
import * as Limits from "../../src/Limits.ts"
import * as Operation from "../../src/Operation.ts"
import * as Provider from "../../src/Provider.ts"
import * as RateLimit from "../../src/RateLimit.ts"
import * as RetryMatrix from "../../src/RetryMatrix.ts"

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
const base = {
  timeout: { attempt: "2 seconds", total: "8 seconds" },
  failures: [],
  retry: RetryMatrix.transport(quick)
} as const

const get = Operation.read("get", { ...base, attempt: (_: string) => Effect.succeed("") })
const costly = (cost: number) =>
  Operation.read("get", { ...base, cost: { calls: cost }, attempt: (_: string) => Effect.succeed("") })
const pay = (header: string) =>
  Operation.mutation("pay", {
    ...base,
    idempotency: Idempotency.key({ header, source: "caller", retainedFor: "1 day" }),
    attempt: (_: string) => Effect.succeed("")
  })
const lookedUp = Operation.mutation("pay", {
  ...base,
  idempotency: Idempotency.reconcile({
    source: "caller",
    via: get,
    embed: (request: string) => request,
    ask: (_request, marker) => marker,
    find: (found: string) => found,
    absent: "unknown"
  }),
  attempt: (_: string) => Effect.succeed("")
})

const options = {
  baseUrl: "https://api.acme.example",
  owner: "team-checkout",
  criticality: "critical" as const,
  degradation: Degradation.fail,
  slo: { availability: 0.999, latency: { p99: "2 seconds" as const }, window: "30 days" as const },
  limits: {
    rate: { calls: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) },
    concurrency: 25
  } as Limits.Declared,
  credentials: Credential.bearer({ scopes: [], rotateEvery: "90 days" }),
  version: { header: "Api-Version", value: "1", reviewBy: "2027-04-01" } as Contract.Version,
  runbook: "https://runbooks.example/acme",
  operations: { get }
}

type Over = Partial<Omit<typeof options, "degradation" | "slo" | "operations">> & {
  readonly degradation?: Degradation.Degradation
  readonly slo?: Contract.Slo
  readonly operations?: Contract.Operations
  readonly redirectsTo?: ReadonlyArray<string>
}
const make = (over: Over = {}) => Contract.make("acme", { ...options, ...over })
const limits = (over: Partial<Limits.Declared>) => ({ limits: { ...options.limits, ...over } })
const slo = (latency: Contract.Slo["latency"]) => ({ slo: { ...options.slo, latency } })

describe("Contract.make", () => {
  it("fills in a queue of 100 for 25 permits, 5 outages, a budget of 500 and open stores", () => {
    const { limits: filled, propagateTrace, redirectsTo, requestId } = make()
    assert.deepStrictEqual([filled.queue, filled.onThrottled, filled.onStoreError], [100, "pause", "open"])
    assert.deepStrictEqual(filled.breaker.trip, { _tag: "Consecutive", failures: 5 })
    assert.deepStrictEqual(filled.retryBudget, { _tag: "Bucket", capacity: 500, outageCost: 14, throttledCost: 5 })
    assert.deepStrictEqual([propagateTrace, redirectsTo, requestId], ["never", [], undefined])
  })

  it("takes the slash off the end of baseUrl, and http on loopback", () => {
    assert.strictEqual(make({ baseUrl: "https://api.acme.example/v1//" }).baseUrl, "https://api.acme.example/v1")
    for (const baseUrl of ["http://localhost:3000", "http://127.0.0.1:1", "http://[::1]:1"]) {
      assert.strictEqual(make({ baseUrl }).baseUrl, baseUrl)
    }
  })

  const refused: ReadonlyArray<readonly [string, () => unknown, string]> = [
    [
      "a baseUrl that is none",
      () => make({ baseUrl: "api.acme.example" }),
      'acme: baseUrl is not a URL: "api.acme.example"'
    ],
    [
      "http past loopback",
      () => make({ baseUrl: "http://api.acme.example" }),
      "acme: baseUrl must be https (http is allowed on loopback only), got http://api.acme.example"
    ],
    [
      "a host that only begins like loopback",
      () => make({ baseUrl: "http://127.0.0.1.evil.example" }),
      "acme: baseUrl must be https"
    ],
    [
      "a password in baseUrl",
      () => make({ baseUrl: "https://u:p@api.acme.example" }),
      "acme: baseUrl must not hold a user, a password, a query or a fragment"
    ],
    [
      "a query in baseUrl",
      () => make({ baseUrl: "https://api.acme.example?key=1" }),
      "acme: baseUrl must not hold a user, a password, a query or a fragment"
    ],
    ["a redirect target that is no URL", () => make({ redirectsTo: ["cdn"] }), 'acme: redirectsTo is not a URL: "cdn"'],
    [
      "a redirect target without TLS",
      () => make({ redirectsTo: ["http://cdn.example"] }),
      "acme: redirectsTo must be https"
    ],
    ["an empty owner", () => make({ owner: " " }), "acme: owner is missing or empty"],
    ["an empty runbook", () => make({ runbook: "" }), "acme: runbook is missing or empty"],
    [
      "an availability of 1",
      () => make({ slo: { ...options.slo, availability: 1 } }),
      "acme: slo.availability must be in (0, 1), got 1"
    ],
    ["an availability of 99.9", () => make({ slo: { ...options.slo, availability: 99.9 } }), "got 99.9"],
    [
      "a window of 0",
      () => make({ slo: { ...options.slo, window: 0 } }),
      "acme: slo.window must be a finite duration longer than zero"
    ],
    ["no latency", () => make(slo({})), "acme: slo.latency must name a percentile"],
    [
      "p999",
      () => make(slo({ p999: "1 second" })),
      "acme: slo.latency.p999 is not a percentile between p0 and p100, such as p99.9"
    ],
    [
      "a p99 below p50",
      () => make(slo({ p99: "1 second", p50: "2 seconds" })),
      "acme: slo.latency.p99 (1000 ms) is below slo.latency.p50 (2000 ms)"
    ],
    [
      "a p99 that no call can miss",
      () => make(slo({ p99: "9 seconds" })),
      "acme: slo.latency.p99 (9000 ms) can never be missed: the longest timeout.total is 8000 ms"
    ],
    [
      "a review on February 30",
      () => make({ version: { unversioned: "it has none", reviewBy: "2027-02-30" } }),
      'acme: version.reviewBy must be an ISO date (YYYY-MM-DD), got "2027-02-30"'
    ],
    [
      "a review next spring",
      () => make({ version: { unversioned: "it has none", reviewBy: "next spring" } }),
      "acme: version.reviewBy must be an ISO date"
    ],
    [
      "an operation that ends on February 30",
      () => make({ operations: { get: { ...get, sunset: "2027-02-30" } } }),
      'acme: operations.get.sunset must be an ISO date (YYYY-MM-DD), got "2027-02-30"'
    ],
    [
      "0 permits",
      () => make(limits({ concurrency: 0 })),
      "acme: limits.concurrency must be an integer of at least 1, got 0"
    ],
    ["a queue of -1", () => make(limits({ queue: -1 })), "acme: limits.queue must be an integer of at least 0, got -1"],
    [
      "a queue of 101 for 25 permits",
      () => make(limits({ queue: 101 })),
      "acme: limits.queue (101) is too long: at 2000 ms for a call, the last one waits 10000 ms for one of 25 permits, but the timeout.total of 'get' is 8000 ms: set queue to at most 100, raise concurrency, or declare slo.latency.p50 if calls are faster"
    ],
    [
      "26 probes for 25 permits",
      () => make(limits({ breaker: CircuitBreaker.consecutive({ failures: 5, probes: 26 }) })),
      "acme: limits.breaker.probes (26) is above limits.concurrency (25): lower probes"
    ],
    [
      "an operation under another name",
      () => make({ operations: { fetch: get } }),
      "acme: operations.fetch holds an operation named 'get': use one name"
    ],
    [
      "a bucket that does not exist",
      () =>
        make({
          operations: {
            get: Operation.read("get", { ...base, cost: { toString: 1 }, attempt: (_: string) => Effect.succeed("") })
          }
        }),
      "acme: operations.get.cost names the bucket 'toString', but limits.rate has calls"
    ],
    [
      "a cost of NaN",
      () => make({ operations: { get: costly(Number.NaN) } }),
      "acme: operations.get.cost.calls must be a finite number of tokens, not below 0, got NaN"
    ],
    ["a cost of -1", () => make({ operations: { get: costly(-1) } }), "got -1"],
    [
      "a cost that even a full bucket cannot pay in time",
      () => make({ operations: { get: costly(900) } }),
      "acme: operations.get costs 900 tokens of limits.rate.calls, which holds 100 and gains 100 in 1000 ms: a call waits 8000 ms at best, but timeout.total is 8000 ms"
    ],
    [
      "a fallback of a provider that fails",
      () =>
        make({
          operations: {
            get: Operation.read("get", {
              ...base,
              fallback: Degradation.constant(""),
              attempt: (_: string) => Effect.succeed("")
            })
          }
        }),
      "acme: operations.get declares a fallback, but degradation is Degradation.fail"
    ],
    [
      "a lookup with an operation of another contract",
      () => make({ operations: { pay: lookedUp } }),
      "acme: operations.pay reconciles via 'get', which must be an operation of the same contract"
    ],
    [
      "a key in the header of the credential",
      () => make({ operations: { pay: pay("Authorization") } }),
      "acme: operations.pay.idempotency.header 'authorization' is written by the credential"
    ],
    [
      "a key in the header of the version",
      () => make({ operations: { pay: pay("Api-Version") } }),
      "acme: operations.pay.idempotency.header 'api-version' is written by version.header"
    ]
  ]
  for (const [name, run, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(run, RangeError, message)
    })
  }

  it("takes the longest queue that fits, a longer one at 100 ms a call, and the dearest call that can be paid", () => {
    assert.strictEqual(make(limits({ queue: 100 })).limits.queue, 100)
    assert.strictEqual(make({ ...limits({ queue: 2000 }), ...slo({ p50: "100 millis" }) }).limits.queue, 2000)
    assert.isDefined(make({ operations: { get: costly(899) } }))
    assert.isDefined(make({ operations: { get: costly(0) } }))
    assert.isDefined(make({ operations: { get, pay: lookedUp } }))
  })

  it("shortens the queue that nobody declared to what can be served in time", () => {
    const slow = Operation.read("slow", {
      ...base,
      timeout: { attempt: "4 seconds", total: "13 seconds" },
      attempt: (_: string) => Effect.succeed("")
    })
    assert.strictEqual(make({ ...slo({ p99: "10 seconds" }), operations: { slow } }).limits.queue, 75)
  })
})

describe("Limits.make", () => {
  it("has no buckets when the provider publishes no limit", () => {
    const made = Limits.make("acme", { rate: RateLimit.unlimited("the docs name none"), concurrency: 1 })
    assert.deepStrictEqual([made.buckets, made.queue], [{}, 4])
  })
})

describe("Provider.Service over a contract", () => {
  const contract = make()
  class Acme extends Provider.Service<Acme>()(
    "acme",
    contract as unknown as Contract.Contract<{ readonly get: typeof get }, Credential.Credential>
  ) {}
  it("takes a contract that was made already, under its own name only", () => {
    assert.strictEqual(Acme.contract, contract as unknown)
    assert.throws(
      () => Provider.Service<Acme>()("other", contract),
      RangeError,
      "other: the contract was made for 'acme': use one name"
    )
  })

  it("keeps its contract through JSON as Provider.explain", () => {
    const explained = Provider.explain(contract)
    assert.deepStrictEqual(JSON.parse(JSON.stringify(explained)), explained)
    assert.isTrue(Schema.is(Schema.Json)(explained))
  })
})
