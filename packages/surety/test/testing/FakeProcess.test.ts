import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FakeProcess, FakeServer } from "../../src/testing/index.ts"

const file = new URL("fixtures/fakeMain.ts", import.meta.url)

const charge = (url: string, key: string) =>
  Effect.promise(() =>
    fetch(`${url}/v1/charges`, { method: "POST", headers: { "idempotency-key": key } }).then(
      (response) => String(response.status),
      (error: Error) => String((error.cause as NodeJS.ErrnoException | undefined)?.code)
    )
  )

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe("FakeProcess", () => {
  it.live("runs a fake in another process and reads 2 entries and its ledger from there", () =>
    Effect.gen(function* () {
      const fake = yield* FakeProcess.spawn(file)
      assert.notStrictEqual(fake.pid, process.pid)
      assert.deepStrictEqual(
        [yield* charge(fake.url, "order-1"), yield* charge(fake.url, "order-1")],
        ["ECONNRESET", "201"]
      )
      const log = yield* fake.log
      assert.deepStrictEqual(
        log.attempts("order-1").map((entry) => [entry.attempt, entry.status, entry.applied]),
        [
          [1, undefined, true],
          [2, 201, true]
        ]
      )
      assert.deepStrictEqual(yield* fake.control("ledger"), { charged: 2 })
      yield* fake.restart
      assert.strictEqual((yield* fake.log).count(), 0)
    })
  )

  it.live("ends the process when the scope closes", () =>
    Effect.gen(function* () {
      const pid = yield* Effect.scoped(Effect.map(FakeProcess.spawn(file), (fake) => fake.pid))
      assert.isFalse(isAlive(pid))
    })
  )

  it.live("fails with NotStarted and exit code 1 when the port is taken", () =>
    Effect.gen(function* () {
      const { port } = yield* FakeServer.serve(FakeServer.make({ handle: () => ({ status: 204 }) }))
      const error = yield* Effect.flip(FakeProcess.spawn(file, [String(port)]))
      assert.strictEqual(error.message, "the process of the fake ended before it listened: exit code 1")
    })
  )

  it.live("fails with Unreachable and the status 404 for a control value that is not there", () =>
    Effect.gen(function* () {
      const fake = yield* FakeProcess.spawn(file)
      const error = yield* Effect.flip(fake.control("nothing"))
      assert.strictEqual(error.reason, "Unreachable")
      assert.include(error.message, "/__surety/nothing answered 404")
    })
  )
})
