import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Idempotency, Operation } from "surety"
import * as KeyPlan from "../../src/engine/KeyPlan.ts"
import { declare, failures, retry, Scripted, steady, timeout } from "./Scripted.ts"

const plan = Idempotency.key({
  header: "Key",
  source: "generated",
  retainedFor: "1 day",
  maxLength: 40,
  format: "quoted"
})
const call = (idempotencyKey: string | undefined, keyFirstUsedAt?: number) => {
  const script = new Scripted({})
  const write = Operation.mutation("write", {
    timeout,
    failures,
    retry,
    idempotency: plan,
    attempt: script.attempt<string>
  })
  const Acme = declare({ write })
  const options = {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(keyFirstUsedAt === undefined ? {} : { keyFirstUsedAt })
  }
  return Effect.flatMap(Acme, (acme) => Effect.exit(acme.write("a", options))).pipe(
    Effect.provide(Acme.layer),
    Effect.map((exit) => ({ exit, sent: script.log.map((one) => one.key) }))
  )
}

describe("KeyPlan", () => {
  const refused: ReadonlyArray<readonly [string, string, number | undefined]> = [
    ["an empty key", "", undefined],
    ["a key of 41 characters where 40 are allowed", "k".repeat(41), undefined],
    ["a key with a space", "order 1", undefined],
    ["a key with a line break", "order-1\r\nx: y", undefined],
    ["a key beyond ASCII", "order-é", undefined],
    ["a first use that is no time", "order-1", Number.NaN]
  ]
  for (const [name, key, firstUsedAt] of refused) {
    it.effect(`refuses ${name} and sends nothing`, () =>
      Effect.gen(function* () {
        const { exit, sent } = yield* call(key, firstUsedAt)
        assert.strictEqual(exit._tag, "Failure")
        assert.include(JSON.stringify(exit), "KeyRefused")
        assert.deepStrictEqual(sent, [])
      })
    )
  }

  it.effect("takes a key of 40 characters as it is, and a first use in the future as now", () =>
    Effect.gen(function* () {
      const key = "k".repeat(40)
      assert.deepStrictEqual((yield* call(key, 1e12)).sent, [key])
    })
  )

  it.effect("makes the same key from the same randomness, so that a test can repeat itself, and a UUID without", () =>
    Effect.gen(function* () {
      const one = yield* steady(0.5)(call(undefined))
      const two = yield* steady(0.5)(call(undefined))
      assert.deepStrictEqual(one.sent, two.sent)
      assert.strictEqual(one.sent[0], "88888888-8888-4888-a888-888888888888")
    })
  )

  it("writes the key quoted where the plan says so, with quotes and backslashes escaped", () => {
    assert.strictEqual(KeyPlan.headerValue(plan, `a"b\\c`), `"a\\"b\\\\c"`)
  })
})
