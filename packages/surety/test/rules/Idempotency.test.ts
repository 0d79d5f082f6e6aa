import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Backoff from "../../src/Backoff.ts"
import * as Idempotency from "../../src/Idempotency.ts"
import * as Operation from "../../src/Operation.ts"
import * as RetryMatrix from "../../src/RetryMatrix.ts"

const key = (over: Partial<Parameters<typeof Idempotency.key>[0]> = {}) =>
  Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "24 hours", ...over })

const find = Operation.read("find", {
  timeout: { attempt: "1 second", total: "4 seconds" },
  failures: [],
  retry: RetryMatrix.transportNever,
  attempt: (_marker: string) => Effect.succeed<ReadonlyArray<string>>([])
})

const reconcile = Idempotency.reconcile({
  source: "generated",
  via: find,
  embed: (request: string, marker) => `${request} ${marker}`,
  ask: (_request, marker) => marker,
  find: (found, _request, marker) => found.find((one) => one.includes(marker)),
  absent: "unknown",
  settle: "2 seconds"
})

describe("Idempotency.key", () => {
  it("takes 255 characters and sends the key bare by default", () => {
    const plan = key()
    assert.deepStrictEqual(
      [plan.header, plan.maxLength, plan.format, Duration.toMillis(plan.retainedFor)],
      ["idempotency-key", 255, "bare", 86_400_000]
    )
  })

  const refused: ReadonlyArray<readonly [string, Partial<Parameters<typeof Idempotency.key>[0]>, RegExp]> = [
    ["a retention of 0", { retainedFor: 0 }, /retainedFor must be a duration longer than zero/],
    ["a retention that is no duration", { retainedFor: "a day" as never }, /retainedFor .* got a day/],
    ["an empty header", { header: "" }, /header is not a header name: ""/],
    ["a header with a space", { header: "Idempotency Key" }, /header is not a header name/],
    ["a header with a line break", { header: "Key\r\nX: y" }, /header is not a header name/],
    ["keys of 15 characters", { maxLength: 15 }, /maxLength must be an integer of at least 16, got 15/],
    ["keys of 20.5 characters", { maxLength: 20.5 }, /maxLength .* got 20.5/]
  ]
  for (const [name, over, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => key(over), RangeError, message)
    })
  }
})

describe("Idempotency.isReplaySafe", () => {
  it("is true for key, natural and reconcile, false for an accepted risk and for none", () => {
    const plans = [
      key(),
      Idempotency.natural("PUT replaces the whole record"),
      reconcile,
      Idempotency.acceptRisk("a lost mail is written again"),
      undefined
    ]
    assert.deepStrictEqual(
      plans.map((plan) => Idempotency.isReplaySafe(plan)),
      [true, true, true, false, false]
    )
  })
})

describe("Idempotency.reconcile", () => {
  it("waits 0 ms by default and 2,000 ms when it says so", () => {
    assert.strictEqual(Duration.toMillis(reconcile.settle), 2000)
    const quick = Idempotency.reconcile({
      source: "caller",
      via: find,
      embed: (request: string) => request,
      ask: (_request, marker) => marker,
      find: () => undefined,
      absent: "not-applied"
    })
    assert.strictEqual(Duration.toMillis(quick.settle), 0)
  })
})

describe("a plan that says why", () => {
  for (const name of ["natural", "acceptRisk"] as const) {
    it(`refuses Idempotency.${name} with a reason of fewer than 10 characters`, () => {
      for (const because of ["", "          ", "it is ok"]) {
        assert.throws(() => Idempotency[name](because), RangeError, `Idempotency.${name}: because must say why`)
      }
    })
  }
})

describe("an operation under a plan", () => {
  const pay = (plan: Idempotency.Key<"caller">) =>
    Operation.mutation("pay", {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [],
      idempotency: plan,
      retry: RetryMatrix.transport(
        Backoff.exponential({ base: "50 millis", cap: "1 second", maxAttempts: 3, jitter: "full" })
      ),
      attempt: (_amount: number) => Effect.succeed("paid")
    })

  it("refuses a key that is remembered for 4,999 ms when the call may take 5,000 ms", () => {
    assert.strictEqual(pay(key({ retainedFor: "5 seconds" }) as Idempotency.Key<"caller">).name, "pay")
    assert.throws(
      () => pay(key({ retainedFor: "4999 millis" }) as Idempotency.Key<"caller">),
      RangeError,
      "pay: idempotency.retainedFor (4999 ms) is shorter than timeout.total (5000 ms)"
    )
  })
})
