/**
 * One call of each operation of `Shop`, drained to its end, and what its contract says should
 * come of a failure: the expectations of the matrix are derived, not written down.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Backoff, CallError, type Failure, type Operation } from "surety"
import { FakeProvider, type FaultRule, type Handler } from "surety/testing"
import { Shop } from "./Shop.ts"

export type Name = keyof (typeof Shop.contract)["operations"]
type Service = Effect.Success<typeof Shop>

const order = { amount: 1999, currency: "eur", items: [{ sku: "tea", count: 2 }] } as const
const byKey = { idempotencyKey: "order-1" } as const

const drain = <E, E2>(call: Effect.Effect<Stream.Stream<unknown, E>, E2>): Effect.Effect<unknown, E | E2> =>
  Effect.flatMap(call, Stream.runCollect)

/** How the result of an operation travels. */
export type Shape = "json" | "empty" | "lines" | "bytes" | "call" | "call stream"

export const calls: {
  readonly [K in Name]: readonly [Shape, (shop: Service) => Effect.Effect<unknown, unknown>]
} = {
  charge: ["json", (shop) => shop.charge({ payload: order }, byKey)],
  order: ["json", (shop) => shop.order({ payload: order })],
  getCharge: ["json", (shop) => shop.getCharge({ params: { id: "ch_1" }, query: {}, headers: {} })],
  cancel: ["empty", (shop) => shop.cancel({ params: { id: "ch_1" } })],
  refund: ["json", (shop) => shop.refund({ payload: { charge: "ch_1" } })],
  ticks: ["lines", (shop) => drain(shop.ticks())],
  events: ["lines", (shop) => drain(shop.events())],
  download: ["bytes", (shop) => drain(shop.download())],
  send: ["call", (shop) => shop.send({ to: "a@shop.example" }, byKey)],
  watch: ["call stream", (shop) => drain(shop.watch({ from: 1 }))]
}
export const names = Object.keys(calls) as ReadonlyArray<Name>
export const wired: ReadonlyArray<Name> = names.filter((name) => !calls[name][0].startsWith("call"))

type Handlers = Handler.HandlersOf<(typeof Shop.contract)["operations"]>

/** A fake whose operations without a wire have a handler, as they must. */
export const makeFake = (script: FaultRule.FaultRule, handlers: Handlers = {}) =>
  FakeProvider.make(Shop, {
    script,
    handlers: { send: () => ({ sent: true }), watch: ({ from }) => [from, from + 1, from + 2], ...handlers }
  })

/** What a call should come to: how many requests, and `ok` or the error in one word. */
export interface Expected {
  readonly requests: number
  readonly outcome: string
}

/** What the contract says about a failure that is met once, or each time. */
export const expected = (
  name: Name,
  failure: { readonly tag: string; readonly disposition: Failure.Disposition },
  met: "once" | "always"
): Expected => {
  const operation: Operation.Any = Shop.contract.operations[name]
  const rule: Backoff.Rule | undefined = operation.retry[failure.tag]
  const again = rule?._tag === "Backoff"
  if (again && met === "once") return { requests: 2, outcome: "ok" }
  const ambiguous = operation.kind === "mutation" && failure.disposition === "idempotent-only"
  return {
    requests: again ? 3 : 1,
    outcome: ambiguous ? `OutcomeUnknown<${failure.tag}>` : again ? `RetriesExhausted<${failure.tag}>` : failure.tag
  }
}

/** An error in one word, its reason in brackets. */
export const inBrief = (error: unknown): string =>
  error instanceof CallError.RetriesExhausted || error instanceof CallError.OutcomeUnknown
    ? `${error._tag}<${(error.reason as { readonly _tag: string })._tag}>`
    : (error as { readonly _tag: string })._tag
