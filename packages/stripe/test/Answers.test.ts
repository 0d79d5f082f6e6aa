import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as FastCheck from "fast-check"
import type { Any, Response } from "surety/Wire"
import * as Answers from "../src/Answers.ts"
import * as ErrorEnvelope from "../src/ErrorEnvelope.ts"
import * as Failures from "../src/Failures.ts"
import * as Policy from "../src/Policy.ts"
import * as FakeStripe from "../src/testing/FakeStripe.ts"
import * as Mishap from "../src/testing/Mishap.ts"

/** Every failure that claims the response. */
const claims = (wires: ReadonlyArray<Any>, response: Response): ReadonlyArray<{ readonly _tag: string }> =>
  wires.flatMap((wire) => {
    const failure = wire.statuses.includes(response.status) ? wire.decode(response) : undefined
    return failure === undefined ? [] : [failure as { readonly _tag: string }]
  })

interface Sent {
  readonly target?: string
  readonly body?: string
  readonly key?: string
  readonly authorization?: string
}

const send = (fake: FakeStripe.FakeStripe, sent: Sent): Response => {
  const [method, path] = (sent.target ?? "POST /v1/payment_intents").split(" ") as [string, string]
  const response = fake.handle({
    index: 0,
    method,
    path,
    query: new URLSearchParams(),
    headers: {
      authorization: sent.authorization ?? "Bearer sk_test_fake",
      ...(sent.key === undefined ? {} : { "idempotency-key": sent.key })
    },
    body: sent.body ?? charge,
    key: sent.key,
    attempt: 1,
    atMillis: 0,
    unixMillis: 0
  })
  if (response instanceof Promise) throw new Error("the fake did not answer at once")
  return {
    status: response.status,
    headers: response.headers ?? {},
    body: JSON.parse(String(response.body)),
    nowMillis: 0
  }
}

const charge = "amount=1999&currency=eur&payment_method=pm_card_visa&confirm=true&metadata[order_id]=o-1"
const decline = "amount=1999&currency=eur&payment_method=pm_card_visa_chargeDeclinedInsufficientFunds&confirm=true"

describe("every error of the fake means exactly one failure", () => {
  const cases: ReadonlyArray<readonly [tag: string, ...mishaps: ReadonlyArray<Mishap.Mishap | Sent>]> = [
    ["CardDeclined", { body: decline }],
    ["RateLimited", Mishap.rateLimited(), {}],
    ["RateLimited", Mishap.rateLimited({ status: 400 }), {}],
    ["RateLimited", Mishap.rateLimited({ shouldRetry: true }), {}],
    ["LimitReached", Mishap.rateLimited({ shouldRetry: false }), {}],
    ["ObjectLocked", Mishap.lockTimeout(), {}],
    ["ObjectLocked", Mishap.lockTimeout({ status: 400 }), {}],
    ["IdempotencyMismatch", { key: "k" }, { key: "k", body: decline }],
    ["ResourceMissing", { target: "POST /v1/payment_intents/pi_none/capture", body: "" }],
    ["ResourceMissing", { body: `${charge}&customer=cus_none` }],
    ["UnexpectedState", { body: "amount=1999&currency=eur&confirm=true" }],
    ["InvalidRequest", { body: `${charge}&nope=1` }],
    ["InvalidRequest", { target: "POST /v1/nothing" }],
    ["Unauthorized", { authorization: "Bearer sk_test_wrong" }],
    ["ApiFailure", Mishap.serverError("before-execution", { status: 503 }), {}],
    ["ApiFailure", Mishap.serverError("after-execution", { shouldRetry: true }), {}],
    ["FinalApiFailure", Mishap.serverError("during-execution", { shouldRetry: false }), {}],
    ["StoredFailure", Mishap.serverError("after-execution"), { key: "k" }, { key: "k" }]
  ]
  for (const [index, [tag, ...steps]] of cases.entries()) {
    it(`${index + 1}: ${tag}`, () => {
      const fake = FakeStripe.make()
      let last: Response | undefined
      for (const step of steps) {
        if ("_tag" in step) fake.inject(step)
        else last = send(fake, step)
      }
      assert.deepStrictEqual(
        claims(Answers.ofMutations, last!).map((failure) => failure._tag),
        [tag]
      )
    })
  }

  it("403 is Forbidden", () => {
    const fake = FakeStripe.make({ keys: { rk_test_read: ["refunds:read"] } })
    const response = send(fake, { authorization: "Bearer rk_test_read" })
    assert.deepStrictEqual(
      claims(Answers.ofReads, response).map((failure) => failure._tag),
      ["Forbidden"]
    )
  })

  it("409 is IdempotencyInUse", () => {
    const fake = FakeStripe.make()
    fake.inject(Mishap.slowExecution(new Promise(() => {})))
    assert.throws(() => send(fake, { key: "k" }))
    assert.deepStrictEqual(
      claims(Answers.ofMutations, send(fake, { key: "k" })).map((failure) => failure._tag),
      ["IdempotencyInUse"]
    )
  })
})

describe("a failure carries what its reader needs", () => {
  it("CardDeclined: both codes, the advice, the charge and the intent to go on with", () => {
    const fake = FakeStripe.make()
    const [failure] = claims(Answers.ofMutations, send(fake, { body: decline }))
    assert.instanceOf(failure, Failures.CardDeclined)
    if (!(failure instanceof Failures.CardDeclined)) return
    const intent = fake.account.paymentIntents.newestFirst()[0]!
    assert.strictEqual(failure.code, "card_declined")
    assert.strictEqual(failure.declineCode, "insufficient_funds")
    assert.strictEqual(failure.adviceCode, "try_again_later")
    assert.strictEqual(failure.charge, intent.latest_charge ?? "")
    assert.deepStrictEqual(failure.paymentIntent, { id: intent.id, status: "requires_payment_method" })
    assert.match(failure.requestId ?? "", /^req_/)
    assert.strictEqual(failure.message, "The card was declined (insufficient_funds)")
  })

  it("RateLimited: which limiter refused", () => {
    const fake = FakeStripe.make()
    fake.inject(Mishap.rateLimited({ reason: "endpoint-concurrency" }))
    const [failure] = claims(Answers.ofReads, send(fake, {}))
    assert.strictEqual((failure as Failures.RateLimited).limiter, "endpoint-concurrency")
  })

  it("RateLimited: the wait, when something in front of Stripe names one", () => {
    const response = {
      status: 429,
      headers: { "retry-after": "2" },
      body: { error: { type: "invalid_request_error" } },
      nowMillis: 0
    }
    const [failure] = claims(Answers.ofReads, response)
    assert.strictEqual(Duration.toMillis((failure as Failures.RateLimited).retryAfter!), 2000)
  })

  it("never a client secret or an API key", () => {
    const fake = FakeStripe.make()
    const secret = "sk_test_thesecretofthetest"
    for (const response of [
      send(fake, { body: decline }),
      send(fake, { body: `${charge}&nope=1` }),
      send(fake, { authorization: `Bearer ${secret}` })
    ]) {
      const text = JSON.stringify(claims(Answers.ofMutations, response)) + String(claims(Answers.ofMutations, response))
      assert.notInclude(text, "_secret_")
      assert.notInclude(text, secret)
    }
  })
})

describe("wires", () => {
  const codes = [
    undefined,
    "rate_limit",
    "lock_timeout",
    "resource_missing",
    "payment_intent_unexpected_state",
    "other"
  ]
  const types = ["card_error", "api_error", "idempotency_error", "invalid_request_error"]
  const statuses = [400, 401, 402, 403, 404, 409, 424, 429, 500, 502, 503, 504]

  it("claim every enveloped answer exactly once, as classify says, in all 1,152 combinations", () => {
    let combinations = 0
    for (const status of statuses) {
      for (const code of codes) {
        for (const type of types) {
          for (const headers of [
            {},
            { "stripe-should-retry": "true" },
            { "stripe-should-retry": "false" },
            { "idempotent-replayed": "true" }
          ]) {
            combinations++
            const body = { error: { type, ...(code === undefined ? {} : { code }) } }
            const response = { status, headers, body, nowMillis: 0 }
            assert.deepStrictEqual(
              claims(Answers.ofMutations, response).map((failure) => failure._tag as string | undefined),
              [ErrorEnvelope.classify(response)],
              `${status} ${type} ${code} ${JSON.stringify(headers)}`
            )
          }
        }
      }
    }
    assert.strictEqual(combinations, 1_152)
  })

  it("claim nothing that has no envelope, but a 429, which speaks for itself", () => {
    for (const status of statuses) {
      for (const body of ["<html>502</html>", null, {}, { error: "invalid_grant" }]) {
        const claimed = claims(Answers.ofMutations, { status, headers: {}, body, nowMillis: 0 })
        assert.deepStrictEqual(
          claimed.map((failure) => (failure as { readonly _tag: string })._tag),
          status === 429 ? ["RateLimited"] : []
        )
      }
    }
  })

  it("read back what they write for the fake provider", () => {
    const some = FastCheck.option(FastCheck.stringMatching(/^[a-z_]{1,12}$/), { nil: undefined })
    FastCheck.assert(
      FastCheck.property(some, some, FastCheck.constantFrom(500, 502, 503, 504), (param, code, status) => {
        const only = <A extends object>(fields: A) =>
          Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
        for (const [wire, failure] of [
          [Failures.InvalidRequest, new Failures.InvalidRequest(only({ param, code, detail: "words" }))],
          [Failures.CardDeclined, new Failures.CardDeclined(only({ declineCode: code, charge: param }))],
          [Failures.ApiFailure, new Failures.ApiFailure({ status, ...only({ code }) })],
          [Failures.StoredFailure, new Failures.StoredFailure({ status, ...only({ code }) })],
          [Failures.LimitReached, new Failures.LimitReached(only({ limiter: param, code: "rate_limit" }))]
        ] as const) {
          const bound = (Answers.ofMutations as ReadonlyArray<Any>).find((one) => one.tag === wire.tag)!
          const { body, headers, status: sent } = bound.encode(failure)
          FastCheck.pre(code === undefined || !codes.includes(code))
          assert.deepStrictEqual(bound.decode({ status: sent, headers: headers ?? {}, body, nowMillis: 0 }), failure)
        }
      })
    )
  })

  it("have a rule each, and no failure that must not be sent again has a retrying one", () => {
    for (const wire of Answers.ofMutations as ReadonlyArray<Any>) {
      const rule = (Policy.mutationMatrix(Policy.rules) as Readonly<Record<string, { readonly _tag: string }>>)[
        wire.tag
      ]
      assert.isDefined(rule, wire.tag)
      if (wire.disposition === "never") assert.strictEqual(rule?._tag, "Never", wire.tag)
    }
  })
})
