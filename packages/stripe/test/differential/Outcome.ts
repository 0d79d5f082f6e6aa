/**
 * How a run ended, in words that both clients share. Ours says more (what may have
 * happened, what was retried); that surplus stands in front of a colon.
 */
import Stripe from "stripe"

const official: ReadonlyArray<readonly [new (...args: ReadonlyArray<never>) => Error, string]> = [
  [Stripe.errors.StripeCardError, "declined"],
  [Stripe.errors.StripeRateLimitError, "limited"],
  [Stripe.errors.StripeIdempotencyError, "key mismatch"],
  [Stripe.errors.StripeInvalidRequestError, "invalid"],
  [Stripe.errors.StripeAuthenticationError, "unauthorized"],
  [Stripe.errors.StripePermissionError, "forbidden"],
  [Stripe.errors.StripeConnectionError, "connection"],
  [Stripe.errors.StripeAPIError, "provider failed"]
]

export const ofSdk = (error: unknown): string =>
  official.find(([type]) => error instanceof type)?.[1] ?? `unknown error: ${String(error)}`

const ours: Readonly<Record<string, string>> = {
  CardDeclined: "declined",
  RateLimited: "limited",
  LimitReached: "limited",
  ObjectLocked: "limited",
  IdempotencyMismatch: "key mismatch",
  InvalidRequest: "invalid",
  ResourceMissing: "invalid",
  UnexpectedState: "invalid",
  Unauthorized: "unauthorized",
  Forbidden: "forbidden",
  NotSent: "connection",
  ConnectionLost: "connection",
  AttemptTimeout: "connection",
  ApiFailure: "provider failed",
  FinalApiFailure: "provider failed",
  StoredFailure: "provider failed",
  UndeclaredStatus: "provider failed",
  IdempotencyInUse: "provider failed",
  ContractViolation: "contract not kept"
}

interface Tagged {
  readonly _tag: string
  readonly reason?: Tagged
}

export const ofOurs = (error: unknown): string => {
  const { _tag: tag, reason } = error as Tagged
  if (reason === undefined) return ours[tag] ?? `unknown error: ${tag}`
  return `${tag}: ${ours[reason._tag] ?? reason._tag}`
}
