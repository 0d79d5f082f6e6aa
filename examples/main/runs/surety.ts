/**
 * The orders with Surety. The key of a charge is its order, so it is the same on every attempt and every placement.
 */
import { Context, Effect, Layer, Option, Redacted, Stream } from "effect"
import { Provider } from "surety"
import { Transport } from "surety/http/Transport"
import * as UndiciTransport from "surety/http/UndiciTransport"
import { charged, declined, notYet, type Order, type Placement, type Till } from "../OrderService.ts"
import { Payments } from "../Payments.ts"
import * as Keyring from "./Keyring.ts"
import type { Open, Setting } from "./Run.ts"
import * as WatchedTransport from "./WatchedTransport.ts"

export const open: Open = (setting) =>
  Effect.map(Layer.build(layerOf(setting)), (built) => tillOf(Context.get(built, Payments)))

/** A till that charges at this provider, however it reaches it and wherever its key comes from. */
export const tillOf = (payments: Payments["Service"]): Till => {
  const control = Provider.control(payments)
  const keys = Keyring.make()

  const place = (order: Order): Effect.Effect<Placement> => {
    const { firstUsedAt, key } = keys.current(order)
    return payments
      .createPaymentIntent(
        {
          payload: {
            amount: order.amount,
            currency: "eur",
            payment_method: "pm_card_visa",
            confirm: true,
            metadata: { order_id: order.id }
          }
        },
        { idempotencyKey: key, keyFirstUsedAt: firstUsedAt }
      )
      .pipe(
        Effect.map((intent) => (intent.status === "succeeded" ? charged : declined(`status ${intent.status}`))),
        Effect.catchTags({
          // Nothing was sent, or nothing was applied.
          NotAttempted: (e) => again(e.message, 0),
          RetriesExhausted: (e) => again(e.message, until(e.retryAt)),
          LimitReached: (e) => again(e.message, 1_000),
          // Perhaps it was applied. The same key tells, except where the provider only repeats an error it has stored.
          OutcomeUnknown: (e) =>
            e.reason._tag === "StoredFailure" ? lookUp(order) : again(e.message, until(e.retryAt)),
          ContractViolation: (e) => again(e.message, 0)
        }),
        // What is left is final: a declined card, a wrong request, a wrong API key.
        Effect.catch((e) => Effect.succeed(declined(e.message)))
      )
  }

  /** Asks for the order by name. Where the provider has not charged it, it may be charged under a new key. */
  const lookUp = (order: Order): Effect.Effect<Placement> =>
    payments.listPaymentIntents.items({ query: { limit: 100, "created[gte]": keys.oldestSeconds(order) } }).pipe(
      Stream.filter((intent) => intent.metadata["order_id"] === order.id && intent.status === "succeeded"),
      Stream.runHead,
      Effect.map((found) => {
        if (Option.isSome(found)) return charged
        keys.renew(order)
        return notYet("Stripe stored an error under the key of the order and did not charge it")
      }),
      Effect.catch((e) => again(e.message, 1_000))
    )

  return { place, breaker: () => control?.circuit() ?? "unknown" }
}

const layerOf = (setting: Setting): Layer.Layer<Payments> =>
  Payments.layerAt(setting.url).pipe(
    Layer.provide(Payments.Credentials.layer(Redacted.make(setting.apiKey))),
    Layer.provide(Layer.effect(Transport, Effect.map(Transport, WatchedTransport.make(setting.wire)))),
    Layer.provide(UndiciTransport.layer)
  )

const again = (why: string, afterMillis: number): Effect.Effect<Placement> => Effect.succeed(notYet(why, afterMillis))

const until = (epochMillis: number | undefined): number =>
  epochMillis === undefined ? 0 : Math.max(0, epochMillis - Date.now())
