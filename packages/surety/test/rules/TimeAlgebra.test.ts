import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import * as Backoff from "../../src/Backoff.ts"
import * as Failure from "../../src/Failure.ts"
import * as Hedge from "../../src/Hedge.ts"
import * as Idempotency from "../../src/Idempotency.ts"
import * as Operation from "../../src/Operation.ts"
import * as RetryMatrix from "../../src/RetryMatrix.ts"
import * as TimeAlgebra from "../../src/TimeAlgebra.ts"

const jitters = ["full", "equal", "decorrelated"] as const
const rule = (base: number, cap: number, maxAttempts: number, jitter: Backoff.Jitter = "full") =>
  Backoff.exponential({ base: Duration.millis(base), cap: Duration.millis(cap), maxAttempts, jitter })

type Declared = Parameters<typeof TimeAlgebra.check>[0] & {
  readonly plan: Idempotency.Plan
  readonly hedge: Duration.Input
}

const check = ({ hedge, plan, ...over }: Partial<Declared> = {}) => {
  const declared = {
    operation: "charge",
    timeout: { attempt: "2 seconds", total: "8 seconds" },
    retry: { A: rule(50, 2000, 3) },
    failures: [],
    ...over
  } as const
  const checked = TimeAlgebra.check(declared)
  TimeAlgebra.checkPlan(declared.operation, plan, declared.retry, checked)
  return hedge === undefined
    ? checked
    : {
        ...checked,
        hedgeMillis: Hedge.after(hedge).millis(declared.operation, declared.retry, checked.attemptMillis)
      }
}

describe("TimeAlgebra.worstMatrixMillis", () => {
  const table: ReadonlyArray<readonly [string, RetryMatrix.RetryMatrix, number]> = [
    ["no rule", {}, 2000],
    ["only never", { A: Backoff.never }, 2000],
    ["3 attempts with waits of 50 and 100 ms", { A: rule(50, 2000, 3) }, 6150],
    ["2 rules, the longer wait of each retry", { A: rule(50, 2000, 3), B: rule(300, 300, 2) }, 6000 + 300 + 100],
    ["decorrelated waits of 150 and 450 ms", { A: rule(50, 2000, 3, "decorrelated") }, 6000 + 150 + 450],
    [
      "a decorrelated wait that grows from another rule's",
      { A: rule(50, 9000, 3, "decorrelated"), B: rule(1000, 1000, 2) },
      6000 + 1000 + 3000
    ]
  ]
  for (const [name, matrix, expected] of table) {
    it(`is ${expected} ms for ${name}, at 2,000 ms an attempt`, () => {
      assert.strictEqual(TimeAlgebra.worstMatrixMillis(matrix, 2000), expected)
    })
  }

  const matrices = fc.array(
    fc
      .tuple(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(...jitters)
      )
      .map(([base, factor, attempts, jitter]) => rule(base, base * factor, attempts, jitter)),
    { minLength: 1, maxLength: 4 }
  )

  it("is never exceeded, whatever failure follows whatever other and whatever is drawn", () => {
    const steps = fc.array(fc.tuple(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), {
      maxLength: 8
    })
    fc.assert(
      fc.property(matrices, steps, (rules, faults) => {
        let elapsed = 0
        let attempts = 0
        let previousMillis = 0
        for (const [which, random] of faults) {
          attempts++
          elapsed += 1000
          const one = rules[which % rules.length]
          if (one === undefined || attempts >= one.maxAttempts) break
          previousMillis = Backoff.delayMillis(one, { retry: attempts, random, previousMillis })
          elapsed += previousMillis
        }
        const worst = TimeAlgebra.worstMatrixMillis(Object.fromEntries(rules.entries()), 1000)
        assert.isAtMost(elapsed, worst * (1 + 1e-12))
      })
    )
  })

  it("is at least that of each of its rules", () => {
    fc.assert(
      fc.property(matrices, (rules) => {
        const all = TimeAlgebra.worstMatrixMillis(Object.fromEntries(rules.entries()), 1000)
        for (const one of rules) assert.isAtLeast(all * (1 + 1e-12), TimeAlgebra.worstCaseMillis(one, 1000))
      })
    )
  })
})

describe("TimeAlgebra.check", () => {
  it("returns the numbers in milliseconds", () => {
    assert.deepStrictEqual(check({ hedge: "500 millis" }), { attemptMillis: 2000, totalMillis: 8000, hedgeMillis: 500 })
  })

  it("takes a matrix that needs exactly the total", () => {
    assert.strictEqual(check({ timeout: { attempt: "2 seconds", total: "6150 millis" } }).totalMillis, 6150)
  })

  class Late extends Failure.Tagged<Late>()("Early", { retry: "safe", fault: "provider" }) {}
  class Early extends Failure.Tagged<Early>()("Early", { retry: "never", fault: "caller" }) {}
  const key = (retainedFor: number) =>
    Idempotency.key({ header: "Key", source: "caller", retainedFor: Duration.millis(retainedFor) })
  const find = Operation.read("find", {
    timeout: { attempt: "1 second", total: "4 seconds" },
    failures: [],
    retry: RetryMatrix.transportNever,
    attempt: (_: string) => Effect.succeed("")
  })
  const reconcile = (settle: number) =>
    Idempotency.reconcile({
      source: "caller",
      via: find,
      embed: (request: string) => request,
      ask: (_request, marker) => marker,
      find: (found: string) => found,
      absent: "unknown",
      settle: Duration.millis(settle)
    })

  const refused: ReadonlyArray<readonly [string, Partial<Declared>, string]> = [
    [
      "an attempt over the total",
      { timeout: { attempt: "9 seconds", total: "8 seconds" } },
      "charge: timeout.attempt (9000 ms) is longer than timeout.total (8000 ms)"
    ],
    [
      "an attempt of 0",
      { timeout: { attempt: 0, total: "8 seconds" } },
      "charge: timeout.attempt must be a finite duration longer than zero, got 0"
    ],
    [
      "a total without end",
      { timeout: { attempt: "2 seconds", total: Duration.infinity } },
      "charge: timeout.total must be a finite duration"
    ],
    [
      "a rule over the total",
      { retry: { A: rule(50, 2000, 4) } },
      "charge: retry.A needs up to 8350 ms (4 attempts of 2000 ms, waits of up to 350 ms), but timeout.total is 8000 ms: raise total, or lower attempt, maxAttempts or cap"
    ],
    [
      "2 rules that fit one by one",
      { retry: { A: rule(50, 2000, 3), B: rule(1900, 1900, 2), C: rule(1, 2000, 3, "decorrelated") } },
      "charge: retry, with failures under different rules one after another, needs up to 9900 ms (3 attempts of 2000 ms, waits of up to 3900 ms), but timeout.total is 8000 ms"
    ],
    [
      "something that is no rule",
      { retry: { A: 3 as never } },
      "charge: retry.A must be Backoff.exponential(...) or Backoff.never"
    ],
    [
      "null for a rule",
      { retry: { A: null as never } },
      "charge: retry.A must be Backoff.exponential(...) or Backoff.never"
    ],
    [
      "a hedge at the attempt timeout",
      { hedge: "2 seconds" },
      "charge: hedge.after (2000 ms) must be below timeout.attempt (2000 ms)"
    ],
    ["a hedge of 0", { hedge: 0 }, "charge: hedge.after must be a finite duration longer than zero, got 0"],
    [
      "a hedge that no rule leaves an attempt for",
      { hedge: "1 second", retry: { A: Backoff.never } },
      "charge: hedge.after (1000 ms) has no effect: a hedge is an attempt, and no rule allows more than 1"
    ],
    [
      "2 failures of one tag that disagree",
      { failures: [Late, Early] },
      "charge: two failures are tagged 'Early' and disagree (safe, never)"
    ],
    [
      "a key forgotten before the call ends",
      { plan: key(7999) },
      "charge: idempotency.retainedFor (7999 ms) is shorter than timeout.total (8000 ms)"
    ],
    [
      "a lookup without time",
      { plan: reconcile(6000) },
      "charge: timeout.attempt (2000 ms) and idempotency.settle (6000 ms) leave no time within timeout.total (8000 ms) to look the outcome up with 'find'"
    ],
    [
      "lookups that eat the retries",
      { plan: reconcile(1001) },
      "charge: retry, with idempotency.settle (1001 ms) before each attempt, needs up to 8002 ms (3 attempts of 2000 ms, waits of up to 2002 ms), but timeout.total is 8000 ms"
    ]
  ]
  for (const [name, over, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => check(over), RangeError, message)
    })
  }

  it("takes a key that is remembered for the total, and a lookup that settles in time", () => {
    assert.strictEqual(check({ plan: key(8000) }).totalMillis, 8000)
    assert.strictEqual(check({ plan: reconcile(1000) }).totalMillis, 8000)
  })
})

describe("TimeAlgebra.queueRounds", () => {
  const timed = (attemptMillis: number, totalMillis: number) => ({
    name: "o",
    attemptMillis,
    totalMillis,
    cost: undefined
  })
  it("counts the calls that fit into the longest total, one after another", () => {
    assert.strictEqual(TimeAlgebra.queueRounds([timed(2000, 8000)], Infinity), 4)
    assert.strictEqual(TimeAlgebra.queueRounds([timed(2000, 7999), timed(1000, 5000)], Infinity), 5)
    assert.strictEqual(TimeAlgebra.queueRounds([timed(2000, 8000)], 100), 80)
    assert.strictEqual(TimeAlgebra.queueRounds([], 100), 1)
  })
})
