/**
 * The declared provider in front of a fake in memory, on the test's clock.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Stripe } from "../src/Stripe.ts"
import * as FakeNetwork from "../src/testing/FakeNetwork.ts"

export interface MemoryStripe extends FakeNetwork.FakeNetwork {
  /** Runs a program to its end, however much virtual time that takes (up to an hour). */
  readonly run: <A, E>(program: Effect.Effect<A, E, Stripe>) => Effect.Effect<A, E>
}

export const make = (options: FakeNetwork.Options = {}): MemoryStripe => {
  const network = FakeNetwork.make(options)
  const layer = Stripe.layerFake(network)
  return {
    ...network,
    run: (program) =>
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.provide(program, layer))
        yield* TestClock.adjust("1 hour")
        return yield* Fiber.join(fiber)
      })
  }
}
