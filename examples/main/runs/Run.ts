/** What the three runs share: the same numbers for each, and the form of an order. */
import type { Effect, Scope } from "effect"
import type { Order, Till } from "../OrderService.ts"
import type { Wire } from "../Wire.ts"

/** The same for every run, in milliseconds. */
export const time = { attempt: 1_000, total: 5_000 } as const

/** Attempts per placement. */
export const attempts = 3

/** Calls on the wire at once. */
export const concurrency = 50

export interface Setting {
  readonly url: string
  readonly apiKey: string
  readonly wire: Wire
  /** whether a peer sends the order's id as its idempotency key */
  readonly peersSendKeys: boolean
}

export type Open = (setting: Setting) => Effect.Effect<Till, never, Scope.Scope>

/** `POST /v1/payment_intents`, as a peer's caller writes it. */
export const form = (order: Order): Record<string, string> => ({
  amount: String(order.amount),
  currency: "eur",
  payment_method: "pm_card_visa",
  confirm: "true",
  "metadata[order_id]": order.id
})

export const headers = (setting: Setting, order: Order): Record<string, string> => ({
  authorization: `Bearer ${setting.apiKey}`,
  ...(setting.peersSendKeys ? { "idempotency-key": order.id } : {})
})

/** The wait that a response asks for, in milliseconds. */
export const retryAfterMillis = (header: string | null | undefined): number =>
  header !== undefined && header !== null && /^\d+$/.test(header) ? Number(header) * 1_000 : 0

/** Whether an error, or what caused it, has this code of the operating system. */
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && ((error as { readonly code?: unknown }).code === code || hasCode(error.cause, code))
