// A status that no contract names says whose fault it was.
//
// A 520 of the provider's proxy was counted as `_OTHER`, with what broke for no known reason, and was missing from the
// share of errors that the provider answers for.
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { FakeExchange, FakeServer, FaultScript, Fault } from "surety/testing"
import { Booth, layerOf, settle, told } from "../../packages/surety/test/signals/Booth.ts"

const types = (statuses: ReadonlyArray<number>) => {
  const faults = statuses.map((status) => Fault.respond(FakeExchange.json(status, {})))
  const server = FakeServer.make({
    handle: () => FakeExchange.json(200, { id: "a" }),
    script: FaultScript.of(...faults)
  })
  return Effect.gen(function* () {
    const booth = yield* Booth
    for (const _ of statuses) yield* settle(booth.plain())
    const seen = yield* told(
      "http.client.request.duration",
      "http.request.method",
      "server.address",
      "server.port",
      "url.template",
      "integration.operation.name"
    )
    return seen.filter((line) => line.startsWith("error.type"))
  }).pipe(Effect.provide(layerOf(server)))
}

it.effect("507 and 520 are 5xx, 418 and 451 are 4xx, 999 is neither", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* types([507, 520, 418, 451, 999]), [
      "error.type=4xx 2",
      "error.type=5xx 2",
      "error.type=_OTHER 1"
    ])
  })
)
