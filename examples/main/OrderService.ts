/**
 * The order service: takes orders at a steady pace, places each with a till, and places those that were refused for
 * now again, until every order is settled or nothing moves any more.
 *
 * It is the same for every run and knows nothing of HTTP. What differs between the runs is the till.
 */
import { Effect } from "effect"
import { Draw } from "surety/testing"

/** Orders a second. */
export const pace = 160

export interface Order {
  readonly id: string
  /** cents */
  readonly amount: number
}

/** What became of placing an order once. */
export type Placement =
  | { readonly _tag: "Charged" }
  /** refused for good */
  | { readonly _tag: "Declined"; readonly why: string }
  /** not settled, for whatever reason: to be placed again, and not before `afterMillis` */
  | { readonly _tag: "NotYet"; readonly why: string; readonly afterMillis: number }

export const charged: Placement = { _tag: "Charged" }

export const declined = (why: string): Placement => ({ _tag: "Declined", why })

export const notYet = (why: string, afterMillis: number = 0): Placement => ({ _tag: "NotYet", why, afterMillis })

/** Where orders are charged. `place` never fails; `breaker` is asked for the screen only. */
export interface Till {
  readonly place: (order: Order) => Effect.Effect<Placement>
  readonly breaker: () => string
}

/** An order and how far it is. Milliseconds on the clock of `performance.now`. */
export interface Tracked {
  readonly order: Order
  readonly arrivedAt: number
  settledAt: number | undefined
  lastWord: "none" | "charged" | "declined" | "not yet"
  /** what the last placement was refused with */
  why: string
  placements: number
}

/** The state of a service that runs, and what is left of one that ended. */
export interface Book {
  readonly wanted: number
  startedAt: number
  readonly taken: Array<Tracked>
  charged: number
  declined: number
  /** orders between two placements */
  waiting: number
}

export const makeBook = (wanted: number): Book => ({
  wanted,
  startedAt: performance.now(),
  taken: [],
  charged: 0,
  declined: 0,
  waiting: 0
})

/** The orders of a seed. `prefix` keeps them apart from those of another run at the same provider. */
export const ordersOf = (seed: number, prefix: string, count: number): ReadonlyArray<Order> =>
  Array.from({ length: count }, (_, index) => ({
    id: `${prefix}-${String(index + 1).padStart(5, "0")}`,
    amount: 500 + Math.floor(Draw.uniform(seed, `amount ${index}`) * 9_500)
  }))

export interface Options {
  readonly seed: number
  readonly ordersPerSecond: number
  /** the service ends unsettled when nothing was settled for so long */
  readonly patienceMillis: number
}

export const run = (orders: ReadonlyArray<Order>, till: Till, book: Book, options: Options): Effect.Effect<void> =>
  Effect.gen(function* () {
    book.startedAt = performance.now()
    const settled = () => book.charged + book.declined
    let lastSettled = { count: 0, at: performance.now() }
    while (settled() < orders.length) {
      const now = performance.now()
      const due = Math.floor(((now - book.startedAt) / 1_000) * options.ordersPerSecond) + 1
      for (const order of orders.slice(book.taken.length, due)) {
        const tracked: Tracked = {
          order,
          arrivedAt: now,
          settledAt: undefined,
          lastWord: "none",
          why: "",
          placements: 0
        }
        book.taken.push(tracked)
        yield* Effect.forkChild(settle(tracked, till, book, options.seed))
      }
      if (settled() > lastSettled.count) lastSettled = { count: settled(), at: now }
      if (now - lastSettled.at > options.patienceMillis) return
      yield* Effect.sleep("5 millis")
    }
  })

/** Places one order until it is settled. */
const settle = Effect.fnUntraced(function* (tracked: Tracked, till: Till, book: Book, seed: number) {
  while (tracked.settledAt === undefined) {
    tracked.placements++
    const placement = yield* till.place(tracked.order)
    if (placement._tag !== "Charged") tracked.why = placement.why
    if (placement._tag === "NotYet") {
      tracked.lastWord = "not yet"
      book.waiting++
      const pause = 200 + 200 * Draw.uniform(seed, `pause ${tracked.order.id} ${tracked.placements}`)
      yield* Effect.sleep(placement.afterMillis + pause)
      book.waiting--
    } else {
      tracked.settledAt = performance.now()
      if (placement._tag === "Charged") book.charged++
      else book.declined++
      tracked.lastWord = placement._tag === "Charged" ? "charged" : "declined"
    }
  }
})
