/**
 * The official SDK and ours, put through the same calls and the same faults of the same
 * fake. Whatever differs (requests, parameters, keys, versions, answers, outcome, money)
 * stands in `differences.ts` with its reason, and nothing else differs.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { serve } from "../ServedStripe.ts"
import { differences, headerDifferences } from "./differences.ts"
import { type Aspect, type Observation, observe } from "./Observation.ts"
import * as Outcome from "./Outcome.ts"
import { type Scenario, scenarios } from "./Scenario.ts"
import * as Subject from "./Subject.ts"

const served = (scenario: Scenario) =>
  Effect.map(
    serve({
      ...(scenario.fake === undefined ? undefined : { fake: scenario.fake() }),
      ...(scenario.script === undefined ? undefined : { script: scenario.script })
    }),
    (server) => {
      server.fake.inject(...(scenario.mishaps?.() ?? []))
      return server
    }
  )

const well = (value: unknown): string => `well: ${JSON.stringify(value)}`

const ofSdk = (scenario: Scenario): Effect.Effect<Observation, never, Scope.Scope> =>
  Effect.gen(function* () {
    const server = yield* served(scenario)
    const stripe = server.sdk({
      retries: 2,
      timeoutMillis: scenario.time === "hasty" ? 250 : 5_000,
      ...(scenario.apiKey === undefined ? undefined : { apiKey: scenario.apiKey })
    })
    const outcome = yield* Effect.promise(() => scenario.sdk(stripe).then(well, Outcome.ofSdk))
    return observe(server, outcome)
  })

const ofOurs = (scenario: Scenario): Effect.Effect<Observation, never, Scope.Scope> =>
  Effect.gen(function* () {
    const server = yield* served(scenario)
    const outcome = yield* Subject.run(scenario.ours, {
      url: server.url,
      apiKey: scenario.apiKey ?? "sk_test_fake",
      time: scenario.time ?? "patient"
    }).pipe(Effect.match({ onSuccess: well, onFailure: Outcome.ofOurs }))
    return observe(server, outcome)
  })

/** Headers that one of them sends and the other does not, and that no row explains. */
const strangeHeaders = (sdk: Observation, ours: Observation): ReadonlyArray<string> =>
  ours.statuses.length === 0 || sdk.statuses.length === 0
    ? []
    : [
        ...sdk.headers.filter((one) => !ours.headers.includes(one)).map((one) => `sdk: ${one}`),
        ...ours.headers.filter((one) => !sdk.headers.includes(one)).map((one) => `ours: ${one}`)
      ].filter((one) => !headerDifferences.some((row) => `${row.only}: ${row.header}` === one))

describe("the official SDK and ours", () => {
  for (const scenario of scenarios) {
    it.live(scenario.name, () =>
      Effect.gen(function* () {
        const sdk = yield* ofSdk(scenario)
        const ours = yield* ofOurs(scenario)
        assert.deepStrictEqual(strangeHeaders(sdk, ours), [])
        const found = (Object.keys(sdk) as ReadonlyArray<Aspect>).flatMap((aspect) =>
          aspect === "headers" || JSON.stringify(sdk[aspect]) === JSON.stringify(ours[aspect])
            ? []
            : [{ scenario: scenario.name, aspect, sdk: sdk[aspect], ours: ours[aspect] }]
        )
        assert.deepStrictEqual(
          found,
          differences
            .filter((difference) => difference.scenario === scenario.name)
            .map(({ because: _, ...difference }) => difference)
        )
      })
    )
  }

  it("differ only in scenarios that exist, each time for a reason", () => {
    const names = scenarios.map((scenario) => scenario.name)
    assert.strictEqual(new Set(names).size, names.length)
    for (const difference of differences) {
      assert.include(names, difference.scenario)
      assert.isAbove(difference.because.length, 20)
    }
  })

  it.live("differ in every header that the table names", () =>
    Effect.gen(function* () {
      const scenario = scenarios.find(({ name }) => name === "a customer, created and retrieved")!
      const sdk = yield* ofSdk(scenario)
      const ours = yield* ofOurs(scenario)
      for (const { header, only } of headerDifferences) {
        assert.strictEqual(sdk.headers.includes(header), only === "sdk", header)
        assert.strictEqual(ours.headers.includes(header), only === "ours", header)
      }
    })
  )

  it("agree in all but the scenarios of the table", () => {
    const differing = new Set(differences.map(({ scenario }) => scenario))
    assert.strictEqual(scenarios.length - differing.size, 24)
  })
})
