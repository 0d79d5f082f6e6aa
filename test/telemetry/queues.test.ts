// The rules for a queue ask for nothing but what its signals are from the start.
import { assert, describe, it } from "@effect/vitest"
import { AlertRules } from "@surety/ops"
import { Stripe } from "@surety/stripe"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { PersistedQueue } from "effect/persistence"
import * as Schema from "effect/Schema"
import * as WatchedQueue from "surety/durable/WatchedQueue"
import { TelemetryContract } from "surety/testing"

const queues = { orders: { maxAge: "5 minutes", maxDepth: 100 } } as const
const app = Layer.effectDiscard(WatchedQueue.make({ provider: Stripe, name: "orders", schema: Schema.String })).pipe(
  Layer.provide(PersistedQueue.layerStoreMemory)
)

/** Every selector of an expression, as it is written there. */
const selectorsIn = (expr: string): ReadonlyArray<string> => expr.match(/integration_queue_\w+\{[^}]*\}/g) ?? []

describe("a watched queue", () => {
  for (const profile of ["effect", "otel-sdk", "otlp"] as const) {
    it.effect(`has on its first scrape what each of the 3 alerts for it selects, spelled for ${profile}`, () =>
      Effect.gen(function* () {
        const alerts = AlertRules.make(Stripe.contract, { profile, queues }).filter(({ labels }) => labels["queue"])
        assert.strictEqual(alerts.length, 3)
        const selectors = alerts.flatMap(({ expr }) => selectorsIn(expr))
        assert.isAtLeast(selectors.length, 4)
        yield* TelemetryContract.check(app, {
          contracts: [],
          queues: { [Stripe.contract.id]: ["orders"] },
          selectors,
          profile
        })
      })
    )
  }
})
