import { assert, describe, it } from "@effect/vitest"
import { ExchangeLog, FakeServer, Fault, FaultScript } from "../../src/testing/index.ts"

const arrive = (server: FakeServer.FakeServer, nowMillis: number, key?: string): FakeServer.Admission =>
  server.admit({
    method: "POST",
    target: "/v1/charges?a=1",
    headers: key === undefined ? {} : { "idempotency-key": key },
    body: "x",
    bodyBytes: 1,
    nowMillis
  })

const day = (): FakeServer.FakeServer => {
  const server = FakeServer.make({ handle: () => ({ status: 200 }), script: FaultScript.of(Fault.resetAfter) })
  server.start(1000)
  for (const [at, key] of [
    [1000, "a"],
    [1100, "b"],
    [1200, "a"],
    [1300, undefined],
    [1400, undefined]
  ] as const) {
    const admission = arrive(server, at, key)
    if (admission.plan.apply === "yes") void admission.apply()
    if (admission.plan.outcome === "answer") admission.sent(200)
  }
  return server
}

describe("ExchangeLog", () => {
  it("counts 5 requests, 2 keys and 2 attempts of the first key", () => {
    const { log } = day()
    assert.strictEqual(log.count(), 5)
    assert.deepStrictEqual(log.keys(), ["a", "b"])
    assert.deepStrictEqual(
      log.attempts("a").map((entry) => [entry.index, entry.attempt]),
      [
        [0, 1],
        [2, 2]
      ]
    )
  })

  it("counts attempts by method and path for the 2 requests without a key", () => {
    const withoutKey = day().log.filter((entry) => entry.key === undefined)
    assert.deepStrictEqual(
      withoutKey.entries.map((entry) => entry.attempt),
      [1, 2]
    )
  })

  it("shows no status for the 1 request that was reset after it was applied", () => {
    const { log } = day()
    assert.deepStrictEqual(log.statuses(), [undefined, 200, 200, 200, 200])
    assert.strictEqual(log.applied(), 5)
  })

  it("takes the 2 requests from 100 ms until just before 300 ms after the start", () => {
    assert.strictEqual(day().log.between("100 millis", "300 millis").count(), 2)
  })

  it("survives JSON with all 5 entries and their answers", () => {
    const { log } = day()
    const copy = ExchangeLog.fromEntries(JSON.parse(JSON.stringify(log)))
    assert.strictEqual(copy.count(), 5)
    assert.deepStrictEqual(copy.keys(), log.keys())
    assert.strictEqual(copy.entries[3]?.key, undefined)
  })

  it("is empty after a restart and gives the first request its fault again", () => {
    const server = day()
    server.restart(5000)
    assert.strictEqual(server.log.count(), 0)
    assert.strictEqual(arrive(server, 5010, "a").plan.fault._tag, "ResetAfter")
    assert.deepStrictEqual(
      server.log.entries.map((entry) => [entry.index, entry.atMillis, entry.attempt]),
      [[0, 10, 1]]
    )
  })
})
