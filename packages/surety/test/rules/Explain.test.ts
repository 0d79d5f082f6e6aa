import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Backoff from "../../src/Backoff.ts"
import * as CircuitBreaker from "../../src/CircuitBreaker.ts"
import type * as Contract from "../../src/Contract.ts"
import * as Credential from "../../src/Credential.ts"
import * as Degradation from "../../src/Degradation.ts"
import * as Explain from "../../src/Explain.ts"
import type { ExplainedFailure } from "../../src/Explanation.ts"
import * as Failure from "../../src/Failure.ts"
import * as Hedge from "../../src/Hedge.ts"
import * as Idempotency from "../../src/Idempotency.ts"
import * as Operation from "../../src/Operation.ts"
import * as Provider from "../../src/Provider.ts"
import * as RateLimit from "../../src/RateLimit.ts"
import * as RetryMatrix from "../../src/RetryMatrix.ts"
import {
  AttemptTimeout,
  ConnectionLost,
  ContractViolation,
  NotSent,
  type TransportFailure,
  UndeclaredStatus
} from "../../src/TransportFailure.ts"

class Declined extends Failure.Tagged<Declined>()("Declined", {
  retry: "never",
  fault: "caller",
  outcome: "not-applied"
}) {}
class Throttled extends Failure.Tagged<Throttled>()("Throttled", { retry: "safe", fault: "provider" }) {}
class Overloaded extends Failure.Tagged<Overloaded>()("Overloaded", { retry: "idempotent-only", fault: "provider" }) {}

const all: ReadonlyArray<Declined | Throttled | Overloaded | TransportFailure> = [
  new Declined({}),
  new Throttled({}),
  new Overloaded({}),
  new NotSent({ code: "ECONNREFUSED" }),
  new ConnectionLost({ code: "ECONNRESET" }),
  new AttemptTimeout({ timeoutMillis: 1000 }),
  new UndeclaredStatus({ status: 503 }),
  new ContractViolation({ violation: "decode", acted: "maybe" })
]

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
const patient = Backoff.exponential({ base: "1 second", cap: "2 seconds", maxAttempts: 4, jitter: "equal" })
const timeout = { attempt: "1 second", total: "10 seconds" } as const
const failures = [Declined, Throttled, Overloaded] as const

interface Ended {
  readonly _tag: string
  readonly reason?: { readonly _tag: string }
}

/** Fails every attempt with the failure that the request names; counts the attempts. */
const sent: Array<string> = []
const attempt = (tag: string) =>
  Effect.suspend(() => {
    sent.push(tag)
    const failure = all.find((one) => one._tag === tag)
    return failure === undefined ? Effect.succeed("done") : Effect.fail(failure)
  })

const common = { timeout, failures, attempt }
const safely = {
  ...RetryMatrix.transport(quick),
  Declined: Backoff.never,
  Throttled: patient,
  Overloaded: quick
} as const
const cautiously = {
  ...RetryMatrix.transportNotSent(quick),
  Declined: Backoff.never,
  Throttled: patient,
  Overloaded: Backoff.never
} as const

const read = Operation.read("read", {
  ...common,
  retry: safely,
  hedge: Hedge.after("300 millis"),
  cost: { calls: 2 },
  fallback: Degradation.stale({ maxAge: "1 minute" })
})
const keyed = Operation.mutation("keyed", {
  ...common,
  retry: safely,
  idempotency: Idempotency.key({ header: "Idempotency-Key", source: "generated", retainedFor: "24 hours" })
})
const risky = Operation.mutation("risky", {
  ...common,
  retry: cautiously,
  cost: { calls: (tag) => tag.length },
  idempotency: Idempotency.acceptRisk("a lost mail is written again")
})
const lookedUp = Operation.mutation("lookedUp", {
  ...common,
  retry: safely,
  idempotency: Idempotency.reconcile({
    source: "generated",
    via: read,
    embed: (tag: string) => tag,
    ask: () => "none",
    find: () => undefined,
    absent: "not-applied",
    settle: "500 millis"
  })
})

class Acme extends Provider.Service<Acme>()("acme", {
  baseUrl: "https://api.acme.example",
  owner: "team-checkout",
  criticality: "critical",
  degradation: Degradation.serve("an older value"),
  slo: { availability: 0.999, latency: { p50: "100 millis", p99: "2 seconds" }, window: "30 days" },
  limits: {
    rate: { calls: RateLimit.tokenBucket({ limit: 1000, per: "1 second" }) },
    concurrency: 25,
    breaker: CircuitBreaker.none("the tests fail on purpose"),
    onStoreError: "closed"
  },
  credentials: Credential.none("the tests need none"),
  version: { header: "Api-Version", value: "1", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/acme",
  operations: { read, keyed, risky, lookedUp }
}) {}

const explained = Provider.explain(Acme.contract)
const failureOf = (operation: string, tag: string): ExplainedFailure => {
  const found = explained.operations.find((one) => one.name === operation)?.failures.find((one) => one.tag === tag)
  return found ?? assert.fail(`${operation} does not explain ${tag}`)
}

describe("Provider.explain", () => {
  it("explains 8 failures of each of 4 operations, declared ones first", () => {
    assert.deepStrictEqual(
      explained.operations.map((one) => [one.name, one.failures.map((failure) => failure.tag)]),
      ["read", "keyed", "risky", "lookedUp"].map((name) => [name, all.map((failure) => failure._tag)])
    )
  })

  it("survives JSON unchanged", () => {
    assert.deepStrictEqual(JSON.parse(JSON.stringify(explained)), explained)
    assert.isTrue(Schema.is(Schema.Json)(explained))
  })

  it("says under which rule Throttled is retried, what it costs and how long it takes", () => {
    assert.deepStrictEqual(failureOf("keyed", "Throttled"), {
      tag: "Throttled",
      origin: "declared",
      statuses: [],
      disposition: "safe",
      fault: "provider",
      health: "throttled",
      retry: { _tag: "Retried", maxAttempts: 4, baseMillis: 1000, capMillis: 2000, jitter: "equal", budgetCost: 5 },
      worstCaseMillis: 9000,
      maxRequests: 4,
      ending: "RetriesExhausted",
      afterAmbiguity: "OutcomeUnknown",
      breaker: "counts as an answer",
      slo: "counts against it",
      fallback: "no"
    })
  })

  it("says which law or choice forbids a retry", () => {
    const law = (operation: string, tag: string) => {
      const { retry } = failureOf(operation, tag)
      return retry._tag === "NotRetried" ? retry.law : "retried"
    }
    assert.deepStrictEqual(
      [law("risky", "Declined"), law("risky", "Overloaded"), law("risky", "NotSent"), law("read", "Overloaded")],
      ["RETRY-001", "RETRY-002", "retried", "retried"]
    )
    const chosen = Operation.read("chosen", {
      timeout,
      failures: [Throttled],
      retry: { ...RetryMatrix.transport(quick), Throttled: Backoff.never },
      attempt: (_: string) => Effect.succeed("")
    })
    const contract = { ...Acme.contract, operations: { chosen } }
    assert.deepStrictEqual(Provider.explain(contract).operations[0]?.failures[0]?.retry, {
      _tag: "NotRetried",
      law: "choice",
      because: "the operation declares Backoff.never"
    })
  })

  it("counts 4 requests with a hedge and bounds the times of a hedged read by its rules", () => {
    const tags = ["Declined", "Overloaded", "Throttled"]
    assert.deepStrictEqual(
      tags.map((tag) => [failureOf("read", tag).maxRequests, failureOf("read", tag).worstCaseMillis]),
      [
        [2, 1000],
        [4, 3150],
        [4, 9000]
      ]
    )
  })

  it("joins the statuses of 2 wires of one failure, and lists them in order", () => {
    const wired = {
      ...Acme.contract.operations.keyed,
      failures: [Throttled.wire(429), Throttled.wire(503), Declined.wire(402)]
    }
    const contract = { ...Acme.contract, operations: { wired } }
    assert.deepStrictEqual(
      Provider.explain(contract)
        .operations[0]?.failures.slice(0, 2)
        .map((one) => [one.tag, one.statuses]),
      [
        ["Throttled", [429, 503]],
        ["Declined", [402]]
      ]
    )
  })

  it("names what NotAttempted can carry", () => {
    const refusals = (name: string) => explained.operations.find((one) => one.name === name)?.refusals
    const always = ["CircuitOpen", "BulkheadFull", "RateLimitSaturated", "BudgetExhausted", "StoreUnavailable"]
    assert.deepStrictEqual(refusals("read"), always)
    assert.deepStrictEqual(refusals("keyed"), [...always, "KeyRefused"])
  })

  it("has the credential as data: a secret rotated every 90 days, in numbers here and in words in the text", () => {
    const [scopes, rotateEvery] = [["charges:write"], "90 days"] as const
    const of = (credentials: Credential.Credential) => Provider.explain({ ...Acme.contract, credentials })
    const bearer = of(Credential.bearer({ scopes, rotateEvery }))
    assert.deepStrictEqual(bearer.credential, {
      _tag: "Credential",
      name: "bearer",
      scheme: { _tag: "Bearer", headers: ["authorization"] },
      scopes: ["charges:write"],
      life: { _tag: "Rotated", everyMillis: 7_776_000_000 },
      owner: "team-checkout"
    })
    assert.include(
      Explain.toText(bearer),
      "credential       bearer, in authorization, scopes: charges:write, owner: team-checkout, rotated every 90 days\n"
    )
    const expires = "after 1 hour, by the server"
    const signed = of(
      Credential.signature({
        headers: ["x-sign"],
        sign: () => Promise.resolve({}),
        owner: "team-keys",
        scopes,
        expires
      })
    )
    // what signs is code, and no part of an explanation
    assert.deepStrictEqual(JSON.parse(JSON.stringify(signed)), signed)
    assert.include(Explain.toText(signed), "in x-sign, scopes: charges:write, owner: team-keys, expires: after 1 hour")
  })

  it("says of 3 attempts that 2 are retries, how long a wait can be before the cap is met, and of 1 that there is none", () => {
    const rule = (maxAttempts: number) =>
      Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts, jitter: "full" })
    const { read } = Acme.contract.operations
    const text = (maxAttempts: number) =>
      Explain.toText(
        Provider.explain({
          ...Acme.contract,
          operations: { read: { ...read, retry: { ...read.retry, Throttled: rule(maxAttempts) } } }
        })
      )
    assert.match(text(3), /Throttled +safe +2 more, backoff up to 100 ms, full jitter /)
    assert.match(text(5), /Throttled +safe +4 more, backoff up to 400 ms, full jitter /)
    assert.match(text(8), /Throttled +safe +7 more, backoff up to 2 s, full jitter /)
    assert.match(text(1), /Throttled +safe +no: 1 attempt /)
  })

  it("prints a table for each operation, unless an operation before has the same", () => {
    const { read } = Acme.contract.operations
    const twice = Provider.explain({ ...Acme.contract, operations: { read, again: { ...read, name: "again" } } })
    assert.match(Explain.toText(twice), /\n\nagain \(read\): [^\n]+\n {2}fails like read\n/)
    expect(Explain.toText(explained)).toMatchInlineSnapshot(`
      "acme (critical), team-checkout, https://api.acme.example
        promise          99.9 % of calls over 30 days, p50 within 100 ms, p99 within 2 s
        when it is down  an older value
        credential       none: the tests need none
        rate             calls 1000 in 1 s, 1000 at once
        concurrency      25 at once, 100 queued, the last for up to 4 s
        circuit          never opens: the tests fail on purpose
        retry budget     500 tokens; a retry costs 14 after an outage, 5 when throttled
        runbook          https://runbooks.example/acme

      read (read): 1 s an attempt, 10 s in all, worst case 9 s and 4 requests, hedged after 300 ms, fallback: stale
        failure            may repeat       retried                                    up to   requests  ends as           after a lost attempt  circuit; objective
        Declined           never            no: RETRY-001                              1 s     2         itself            itself                counts as an answer; does not count
        Throttled          safe             3 more, backoff up to 2 s, equal jitter    9 s     4         RetriesExhausted  RetriesExhausted      counts as an answer; counts against it
        Overloaded         idempotent-only  2 more, backoff up to 100 ms, full jitter  3.15 s  4         RetriesExhausted  RetriesExhausted      counts as an outage; counts against it
        NotSent            safe             2 more, backoff up to 100 ms, full jitter  3.15 s  4         RetriesExhausted  RetriesExhausted      counts as an outage; counts against it
        ConnectionLost     idempotent-only  2 more, backoff up to 100 ms, full jitter  3.15 s  4         RetriesExhausted  RetriesExhausted      counts as an outage; counts against it
        AttemptTimeout     idempotent-only  2 more, backoff up to 100 ms, full jitter  3.15 s  4         RetriesExhausted  RetriesExhausted      counts as an outage; counts against it
        UndeclaredStatus   idempotent-only  2 more, backoff up to 100 ms, full jitter  3.15 s  4         RetriesExhausted  RetriesExhausted      counts as an outage; counts against it
        ContractViolation  never            no: RETRY-001                              1 s     2         itself            itself                counts as an answer; counts against it

      keyed (mutation): 1 s an attempt, 10 s in all, worst case 9 s and 4 requests, a generated key in idempotency-key, remembered for 24 h
        failure            may repeat       retried                                    up to   requests  ends as           after a lost attempt  circuit; objective
        Declined           never            no: RETRY-001                              1 s     1         itself            itself                counts as an answer; does not count
        Throttled          safe             3 more, backoff up to 2 s, equal jitter    9 s     4         RetriesExhausted  OutcomeUnknown        counts as an answer; counts against it
        Overloaded         idempotent-only  2 more, backoff up to 100 ms, full jitter  3.15 s  3         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        NotSent            safe             2 more, backoff up to 100 ms, full jitter  3.15 s  3         RetriesExhausted  OutcomeUnknown        counts as an outage; counts against it
        ConnectionLost     idempotent-only  2 more, backoff up to 100 ms, full jitter  3.15 s  3         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        AttemptTimeout     idempotent-only  2 more, backoff up to 100 ms, full jitter  3.15 s  3         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        UndeclaredStatus   idempotent-only  2 more, backoff up to 100 ms, full jitter  3.15 s  3         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        ContractViolation  never            no: RETRY-001                              1 s     1         itself            OutcomeUnknown        counts as an answer; counts against it

      risky (mutation): 1 s an attempt, 10 s in all, worst case 9 s and 4 requests, accepted risk: a lost mail is written again
        failure            may repeat       retried                                    up to   requests  ends as           after a lost attempt  circuit; objective
        Declined           never            no: RETRY-001                              1 s     1         itself            itself                counts as an answer; does not count
        Throttled          safe             3 more, backoff up to 2 s, equal jitter    9 s     4         RetriesExhausted  OutcomeUnknown        counts as an answer; counts against it
        Overloaded         idempotent-only  no: RETRY-002                              1 s     1         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        NotSent            safe             2 more, backoff up to 100 ms, full jitter  3.15 s  3         RetriesExhausted  OutcomeUnknown        counts as an outage; counts against it
        ConnectionLost     idempotent-only  no: RETRY-002                              1 s     1         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        AttemptTimeout     idempotent-only  no: RETRY-002                              1 s     1         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        UndeclaredStatus   idempotent-only  no: RETRY-002                              1 s     1         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        ContractViolation  never            no: RETRY-001                              1 s     1         itself            OutcomeUnknown        counts as an answer; counts against it

      lookedUp (mutation): 1 s an attempt, 10 s in all, worst case 9 s and 4 requests, reconciled by read
        failure            may repeat       retried                                    up to   requests  ends as           after a lost attempt  circuit; objective
        Declined           never            no: RETRY-001                              1 s     1         itself            itself                counts as an answer; does not count
        Throttled          safe             3 more, backoff up to 2 s, equal jitter    9 s     4         RetriesExhausted  OutcomeUnknown        counts as an answer; counts against it
        Overloaded         idempotent-only  2 more, backoff up to 100 ms, full jitter  4 s     3         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        NotSent            safe             2 more, backoff up to 100 ms, full jitter  3.15 s  3         RetriesExhausted  OutcomeUnknown        counts as an outage; counts against it
        ConnectionLost     idempotent-only  2 more, backoff up to 100 ms, full jitter  4 s     3         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        AttemptTimeout     idempotent-only  2 more, backoff up to 100 ms, full jitter  4 s     3         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        UndeclaredStatus   idempotent-only  2 more, backoff up to 100 ms, full jitter  4 s     3         OutcomeUnknown    OutcomeUnknown        counts as an outage; counts against it
        ContractViolation  never            no: RETRY-001                              1 s     1         itself            OutcomeUnknown        counts as an answer; counts against it

      RETRY-001: the same request gives the same answer
      RETRY-002: it may have been applied, and no plan makes a repeat safe"
    `)
  })
})

describe("the engine does what Provider.explain says", () => {
  for (const operation of ["read", "keyed", "risky", "lookedUp"] as const) {
    for (const { _tag: tag } of all) {
      const { ending, maxRequests, retry, worstCaseMillis } = failureOf(operation, tag)
      const attempts = retry._tag === "Retried" ? retry.maxAttempts : 1
      it.effect(
        `${operation} ends a call that meets ${tag} as ${ending} after ${attempts} of at most ${maxRequests} requests`,
        () =>
          Effect.gen(function* () {
            sent.length = 0
            const acme = yield* Acme
            const methods: Readonly<Record<typeof operation, (tag: string) => Effect.Effect<string, Ended>>> = acme
            const call = yield* Effect.forkChild(Effect.flip(methods[operation](tag)))
            // attempts fail at once here: only the waits of the worst case remain
            yield* TestClock.adjust(worstCaseMillis + 1000)
            const error: Ended = yield* Fiber.join(call)
            assert.deepStrictEqual(
              [error._tag, error.reason?._tag],
              ending === "itself" ? [tag, undefined] : [ending, tag]
            )
            assert.strictEqual(sent.filter((one) => one === tag).length, attempts)
          }).pipe(Effect.provide(Acme.layer))
      )
    }
  }
})

it("Provider.explain takes the contract of any provider", () => {
  const contract: Contract.Any = Acme.contract
  assert.strictEqual(Provider.explain(contract).provider, "acme")
})
