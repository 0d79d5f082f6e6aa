// `integration.fallbacks` counts calls that were answered by a fallback.
//
// It counted them before the other provider was asked: where both were down, a dashboard showed users being served.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { Backoff, Credential, Degradation, Operation, Provider, RetryMatrix } from "surety"
import { ConnectionLost } from "surety/TransportFailure"

class Pair extends Provider.Service<Pair>()("pair", {
  baseUrl: "https://api.pair.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.serve("another provider's answer"),
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 10 },
  credentials: Credential.none("a test has no secrets"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/pair",
  operations: {
    get: Operation.read("get", {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [],
      retry: { ...RetryMatrix.transportNever, ConnectionLost: Backoff.never },
      attempt: (_: string): Effect.Effect<string, ConnectionLost> => Effect.fail(new ConnectionLost({ code: "reset" })),
      fallback: Degradation.other((id: string) =>
        id === "both down" ? Effect.fail("the other one is down too") : Effect.succeed("served")
      )
    })
  }
}) {}

it.effect("counts 1 of 2 calls whose provider is down: the one that the other provider answered", () =>
  Effect.gen(function* () {
    const pair = yield* Pair
    yield* Effect.exit(pair.get("both down"))
    yield* pair.get("one down")
    const found = (yield* Metric.snapshot).filter(({ id }) => id === "integration.fallbacks")
    assert.deepStrictEqual(
      found.map(({ attributes, state }) => [attributes?.["to"], "count" in state ? Number(state.count) : undefined]),
      [["other", 1]]
    )
  }).pipe(Effect.provide(Pair.layer))
)
