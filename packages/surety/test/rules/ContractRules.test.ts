import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Backoff from "../../src/Backoff.ts"
import * as CircuitBreaker from "../../src/CircuitBreaker.ts"
import * as Contract from "../../src/Contract.ts"
import * as ContractRules from "../../src/ContractRules.ts"
import * as Credential from "../../src/Credential.ts"
import * as Degradation from "../../src/Degradation.ts"
import * as Failure from "../../src/Failure.ts"
import * as HttpOperation from "../../src/http/HttpOperation.ts"
import * as Hedge from "../../src/Hedge.ts"
import * as Idempotency from "../../src/Idempotency.ts"
import * as Operation from "../../src/Operation.ts"
import * as RateLimit from "../../src/RateLimit.ts"
import * as RetryMatrix from "../../src/RetryMatrix.ts"

class Declined extends Failure.Tagged<Declined>()("Declined", { retry: "never", fault: "caller" }) {}
class Busy extends Failure.Tagged<Busy>()("Busy", { retry: "idempotent-only", fault: "provider" }) {}
const Odd = Failure.Tagged<Declined>()("Odd", { retry: "sometimes" as "never", fault: "weather" as "caller" })

const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
const timeout = { attempt: "2 seconds", total: "8 seconds" } as const
const key = Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "1 day" })
const risk = Idempotency.acceptRisk("found by the nightly report")
const attempt = (id: string): Effect.Effect<string> => Effect.succeed(id)
const transport = RetryMatrix.transport(quick)

/** What types refuse, given all the same. */
const read = (over: object = {}): Operation.Any =>
  Operation.read("one", { timeout, failures: [], retry: transport, attempt, ...over } as never)
const mutation = (over: object = {}): Operation.Any =>
  Operation.mutation("one", { timeout, failures: [], idempotency: key, retry: transport, attempt, ...over } as never)

const over = (path: `/${string}`, request: object, policy: object = {}): Operation.Any =>
  HttpOperation.read(
    HttpApiEndpoint.get("one", path, { success: Schema.String, ...request }) as never,
    { timeout, failures: [], retry: transport, ...policy } as never
  ) as Operation.Any

const limits = { rate: { calls: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 25 }
const contract = (over: object = {}): Contract.Any =>
  Contract.make("acme", {
    baseUrl: "https://api.acme.example",
    owner: "team-checkout",
    criticality: "critical",
    degradation: Degradation.serve("the last list"),
    slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
    limits,
    credentials: Credential.bearer({ scopes: [], rotateEvery: "90 days" }),
    version: { header: "Api-Version", value: "1", reviewBy: "2027-04-01" },
    runbook: "https://runbooks.example/acme",
    operations: {},
    ...over
  } as never)

const of = (over: object): ReadonlyArray<string> =>
  ContractRules.violations(contract(over)).map(({ field, law, message }) => `${field} [${law}] ${message}`)
const ofOperation = (operation: unknown): ReadonlyArray<string> => of({ operations: { one: operation } })

describe("ContractRules.violations", () => {
  it("finds 0 in a lawful contract with a read, a mutation and a provider without limits", () => {
    const lawful = { failures: [Declined, Busy], retry: { ...transport, Declined: Backoff.never, Busy: quick } }
    assert.deepStrictEqual(ofOperation(read({ ...lawful, hedge: Hedge.after("1 second") })), [])
    assert.deepStrictEqual(ofOperation(mutation({ ...lawful, fallback: Degradation.other(attempt) })), [])
    assert.deepStrictEqual(
      of({
        limits: { rate: RateLimit.unlimited("it has none"), concurrency: 1, breaker: CircuitBreaker.none("a file") },
        credentials: Credential.none("it is public"),
        version: { unversioned: "it has one version", reviewBy: "2027-04-01" },
        degradation: Degradation.fail
      }),
      []
    )
  })

  it.each<readonly [over: object, says: string]>([
    [{ owner: 7 }, "owner [PROV-001] must name who answers for it, got 7"],
    [{ runbook: "the wiki" }, 'runbook [PROV-001] must be an http or https address, got "the wiki"'],
    [
      { runbook: "file:///etc/passwd" },
      'runbook [PROV-001] must be an http or https address, got "file:///etc/passwd"'
    ],
    [{ runbook: "javascript:alert(1)" }, "runbook [PROV-001] must be an http or https address"],
    [{ credentials: "sk_live" }, "credentials [PROV-002] must be made by Credential.bearer, basic, header"],
    [
      { credentials: { _tag: "Credential", scheme: { _tag: "Bearer" }, scopes: [] } },
      "credentials [PROV-002] must declare how its life ends"
    ],
    [{ credentials: Credential.none(" ") }, "credentials [PROV-002] must say why there is none"],
    [{ criticality: "urgent" }, 'criticality [PROV-003] must be critical, high, medium or low, got "urgent"'],
    [{ degradation: "fail" }, "degradation [PROV-003] must be Degradation.fail, or Degradation.serve and how"],
    [{ degradation: Degradation.serve("") }, "degradation [PROV-003] must be Degradation.fail"],
    [
      { limits: { ...limits, rate: {} } },
      "limits.rate [PROV-004] must have a bucket, or be RateLimit.unlimited and why"
    ],
    [
      { limits: { ...limits, rate: RateLimit.unlimited("") } },
      "limits.rate [PROV-004] RateLimit.unlimited must say why"
    ],
    [
      { limits: { ...limits, rate: { calls: { limit: 5 } } } },
      "limits.rate.calls [PROV-004] must be made by RateLimit.tokenBucket"
    ],
    [
      { limits: { ...limits, breaker: CircuitBreaker.none("") } },
      "limits.breaker [PROV-004] CircuitBreaker.none must say why"
    ],
    [
      { limits: { ...limits, onThrottled: "wait" } },
      'limits.onThrottled [undefined] must be pause or ignore, got "wait"'
    ],
    [
      { version: { header: "Api-Version", reviewBy: "2027-04-01" } },
      "version [PROV-004] must have a header and its value"
    ],
    [{ version: { unversioned: "", reviewBy: "2027-04-01" } }, "version [PROV-004] must have a header"],
    [{ propagateTrace: "b3" }, 'propagateTrace [undefined] must be never or w3c, got "b3"'],
    [{ notices: "headers" }, "notices [undefined] must be a function"]
  ])("%j of a provider", (over, says) => {
    assert.strictEqual(of(over).length, 1)
    assert.include(of(over)[0], says)
  })

  it("an operation that is none is PROV-005", () => {
    assert.deepStrictEqual(ofOperation({ ...read(), [Operation.TypeId]: undefined, name: "one" }).length, 0)
    const { [Operation.TypeId]: _, ...plain } = read()
    assert.deepStrictEqual(ofOperation(plain), [
      "operations.one [PROV-005] must be made by read, mutation or stream of Operation, HttpOperation or StreamOperation"
    ])
  })

  it.each<readonly [operation: Operation.Any, says: string]>([
    [read({ failures: [{}], retry: transport }), ".failures [OP-002] holds what is no failure"],
    [mutation({ idempotency: "Idempotency-Key" }), ".idempotency [OP-003] a plan is made by Idempotency.key"],
    [
      mutation({ idempotency: { ...key, source: "both" } }),
      '.idempotency [OP-003] source must be caller or generated, got "both"'
    ],
    [read({ idempotency: key }), ".idempotency [OP-004] a read changes nothing"],
    [
      HttpOperation.mutation(
        HttpApiEndpoint.get("one", "/", { success: Schema.String }) as never,
        {
          timeout,
          failures: [],
          idempotency: key,
          retry: transport
        } as never
      ) as Operation.Any,
      "operations.one [OP-005] a mutation is a POST, PUT, PATCH or DELETE, not a GET"
    ],
    [mutation({ fallback: Degradation.constant("") }), ".fallback [OP-006] a mutation falls back to another provider"],
    [
      mutation({ idempotency: risk, retry: RetryMatrix.transportNotSent(quick), hedge: Hedge.after("1 second") }),
      ".hedge [HEDGE-001] two copies of this mutation may both be applied"
    ],
    [
      read({ retry: { ...transport, Declind: Backoff.never } }),
      ".retry.Declind [RETRY-000] 'Declind' is not a failure of this operation"
    ],
    [
      read({ failures: [Declined], retry: { ...transport, Declined: quick } }),
      ".retry.Declined [RETRY-001] 'Declined' is declared never to be retried"
    ],
    [read({ retry: { ...transport, ContractViolation: quick } }), ".retry.ContractViolation [RETRY-001]"],
    [
      mutation({ failures: [Busy], idempotency: risk, retry: { ...RetryMatrix.transportNotSent(quick), Busy: quick } }),
      ".retry.Busy [RETRY-002] 'Busy' leaves the outcome unknown"
    ],
    [read({ failures: [Busy], retry: transport }), ".retry.Busy [RETRY-004] every failure needs a rule"],
    [
      over("/payments/:ident", { params: { id: Schema.String, ident: Schema.String } }),
      ".params [undefined] params has 'id', which the path /payments/:ident does not name: it is never sent"
    ],
    [
      over("/payments/:id/refunds/:refund", { params: { id: Schema.String } }),
      ".params [undefined] the path /payments/:id/refunds/:refund names 'refund', which params has not: no call can be sent"
    ],
    [over("/payments/:id", {}), "names 'id', which params has not"],
    [
      over("/", {}, { failures: [Declined], retry: { ...transport, Declined: Backoff.never } }),
      ".failures.Declined [OP-002] no status means 'Declined' - bind it to one: Declined.wire(402)"
    ],
    [read({ attempt: 5 }), ".attempt [undefined] must be a function"],
    [read({ cancellation: "maybe" }), '.cancellation [undefined] must be abortable or detached, got "maybe"'],
    [read({ cost: { calls: "1" } }), '.cost.calls [undefined] must be a number of tokens or a function, got "1"']
  ])("an operation: %#", (operation, says) => {
    const found = ofOperation(operation)
    assert.strictEqual(found.length, 1, found.join("\n"))
    assert.include(found[0], says)
  })

  it("finds 0 in a path whose 2 parameters are filled in, under another name in the program or by a record", () => {
    const renamed = Schema.Struct({ paymentId: Schema.String, refund: Schema.String }).pipe(
      Schema.encodeKeys({ paymentId: "id" })
    )
    for (const params of [renamed, Schema.Record(Schema.String, Schema.String)]) {
      assert.deepStrictEqual(ofOperation(over("/payments/:id/refunds/:refund", { params })), [])
    }
    const declined = { failures: [Declined.wire(402)], retry: { ...transport, Declined: Backoff.never } }
    assert.deepStrictEqual(ofOperation(over("/", {}, declined)), [])
  })

  it("names the 2 words of a failure that no rule knows, and every transport failure without a rule", () => {
    const odd = ofOperation(read({ failures: [Odd], retry: { ...transport, Odd: Backoff.never } }))
    assert.deepStrictEqual(odd, [
      'operations.one.failures.Odd.retry [OP-002] must be safe, idempotent-only or never, got "sometimes"',
      'operations.one.failures.Odd.fault [OP-002] must be provider, network, caller or local, got "weather"'
    ])
    assert.strictEqual(ofOperation(read({ retry: {} })).length, 5)
  })
})
