/**
 * A fake Stripe in place of the network: what `layerFake` of a Stripe provider takes. The
 * real engine and the real codec run against it, in memory, without a port.
 *
 * For a real port hand a `FakeStripe` to `FakeServer.serve` instead.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Layer from "effect/Layer"
import type { Transport } from "surety/http/Transport"
import type * as ExchangeLog from "surety/testing/ExchangeLog"
import * as FakeServer from "surety/testing/FakeServer"
import * as FakeTransport from "surety/testing/FakeTransport"
import type * as FaultScript from "surety/testing/FaultScript"
import * as FakeStripe from "./FakeStripe.ts"

/**
 * The API key with which `layerFake` calls.
 *
 * @category constants
 * @since 0.1.0
 */
export const apiKey = "fake-secret"

/**
 * **Details**   `script`: faults of the connection, default none.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Omit<FakeStripe.Options, "keys"> {
  readonly script?: FaultScript.FaultScript
}

/**
 * @category models
 * @since 0.1.0
 */
export interface FakeNetwork extends FakeStripe.FakeStripe {
  /** what was sent, when and under which key */
  readonly log: ExchangeLog.ExchangeLog
  readonly layerFor: () => Layer.Layer<Transport>
}

/**
 * A new, empty account behind a network that misbehaves as scripted.
 *
 * **Example** (The charge is applied, the answer gets lost, and it is charged once)
 *
 * ```ts import.meta.vitest
 * import * as Effect from "effect/Effect"
 * import { Fault, FaultScript } from "surety/testing"
 * import { Stripe } from "@surety/stripe"
 * import { FakeNetwork } from "@surety/stripe/testing"
 *
 * const network = FakeNetwork.make({ script: FaultScript.of(Fault.resetAfter) })
 *
 * const program = Effect.gen(function*() {
 *   const stripe = yield* Stripe
 *   return yield* stripe.createPaymentIntent({
 *     payload: {
 *       amount: 1999, currency: "eur", payment_method: "pm_card_visa", confirm: true,
 *       metadata: { order_id: "o-1" }
 *     }
 *   }, { idempotencyKey: "order-1" })
 * })
 *
 * const intent = await Effect.runPromise(program.pipe(Effect.provide(Stripe.layerFake(network))))
 * console.log(intent.status) // => "succeeded"
 * console.log(network.log.keys()) // => ["order-1"]
 * console.log(network.log.count()) // => 2
 * console.log(network.ledger.verdict("o-1")) // => "chargedOnce"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): FakeNetwork => {
  const { script, ...rest } = options
  const stripe = FakeStripe.make({ ...rest, keys: { [apiKey]: "full" } })
  const server = FakeServer.make({
    handle: stripe.handle,
    errorResponse: stripe.errorResponse,
    control: stripe.control,
    ...(script === undefined ? undefined : { script })
  })
  return { ...stripe, log: server.log, layerFor: () => FakeTransport.layer(server) }
}
