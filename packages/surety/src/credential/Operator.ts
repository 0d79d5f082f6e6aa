/**
 * What a person can do with a credential while calls run: look at it, renew it, revoke it; and how it ends with its
 * scope.
 *
 * Neighbours: `Lifecycle.control` hands it out; `Custody` holds the secret.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Redacted from "effect/Redacted"
import type * as Refusal from "../Refusal.ts"
import type { Health } from "./CredentialSignals.ts"
import type { Custody } from "./Custody.ts"
import { cutOff } from "./CutOff.ts"
import type { Held } from "./Held.ts"
import { SourceFailure } from "./Source.ts"
import * as Unavailable from "./Unavailable.ts"

/**
 * How a credential is, without its secret.
 *
 * **Details**   `state`: where the secret is in its life; `none` before the first one. `health`: `degraded` when the secret
 * is good and the last refresh failed. `fingerprint`: as in the audit trail, empty without an auditor. `lastFailure`:
 * the last of the source's, also when it has answered since; then `inARow` is 0.
 *
 * @category models
 * @since 0.1.0
 */
export interface Status {
  readonly state: "none" | "fresh" | "advisory" | "mandatory" | "expired" | "revoked" | "closed"
  readonly health: Health
  readonly version: string | undefined
  readonly fingerprint: string | undefined
  readonly scopes: ReadonlyArray<string> | undefined
  readonly expiresAt: DateTime.Utc | undefined
  readonly lastFailure:
    | {
        readonly reason: SourceFailure["reason"]
        readonly detail: string
        readonly at: DateTime.Utc
        readonly inARow: number
        readonly askAgainInMillis: number
      }
    | undefined
}

/**
 * The levers on one process's credential. `by` says who acts and why, for the trail.
 *
 * **Details**   `renew` asks the source now, whatever failed before, and forgets which secrets were refused; it also ends
 * what `revoke` began. `revoke` refuses every later call here at once, without a request, and then tells the issuer,
 * within `revokeTimeout`; what a call on its way holds is wiped after `retireAfter`.
 *
 * **Failures**   `renew`: `CredentialUnavailable` when there is no usable secret afterwards. `revoke`: the source's, when
 * the issuer was not told; calls are refused all the same.
 *
 * @category models
 * @since 0.1.0
 */
export interface Control {
  readonly status: () => Status
  readonly renew: (by: string) => Effect.Effect<Status, Refusal.CredentialUnavailable>
  readonly revoke: (by: string) => Effect.Effect<void, SourceFailure>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (custody: Custody): Control => ({
  status: () => status(custody),
  renew: (by) =>
    Effect.suspend(() => {
      custody.setup.trail.record("administered", by, { held: custody.held, detail: "renew" })
      custody.reopen()
      return Effect.map(ask(custody), () => status(custody))
    }),
  revoke: (by) =>
    Effect.suspend(() => {
      const { policy, trail } = custody.setup
      trail.record("administered", by, { held: custody.held, detail: "revoke" })
      const held = custody.end("revoked")
      if (held !== undefined) custody.retirement.retire(held.secret)
      const told = held === undefined ? Effect.void : tell(custody, held, by, policy.revokeMillis)
      return Effect.andThen(custody.inquiry.stop(policy.revokeMillis), told)
    })
})

/** A question that is open was asked for another reason: its answer is waited for, and then there is a new one. */
const ask = (custody: Custody): Effect.Effect<Redacted.Redacted<string>, Refusal.CredentialUnavailable> =>
  Effect.andThen(
    custody.inquiry.landed,
    Effect.suspend(() => custody.wait(custody.held === undefined ? "start" : "mandatory", "operator"))
  )

const status = (custody: Custody): Status => {
  const { decision, failing, held, state } = custody
  const expiresAtMillis = held?.issued.expiresAtMillis
  return {
    state: state !== "open" ? state : decision === undefined ? "none" : states[decision._tag],
    health: custody.health,
    version: held?.issued.version,
    fingerprint: held === undefined ? undefined : custody.setup.trail.fingerprint(held.secret),
    scopes: held?.issued.scopes,
    expiresAt: expiresAtMillis === undefined ? undefined : DateTime.makeUnsafe(expiresAtMillis),
    lastFailure:
      failing === undefined
        ? undefined
        : {
            reason: failing.reason,
            detail: failing.detail,
            at: DateTime.makeUnsafe(failing.wallMillis),
            inARow: failing.failures,
            askAgainInMillis: custody.askAgainInMillis
          }
  }
}

const states = { Fresh: "fresh", Advisory: "advisory", Mandatory: "mandatory", Expired: "expired" } as const

/** Tells the issuer, and writes down what came of it. */
const tell = (custody: Custody, held: Held, purpose: string, millis: number): Effect.Effect<void, SourceFailure> => {
  const { source, trail } = custody.setup
  const { revoke } = source
  if (revoke === undefined) {
    return Effect.sync(() => trail.record("revoked", purpose, { held, detail: "here only: the source cannot revoke" }))
  }
  const late = () => new SourceFailure({ reason: "unavailable", detail: `no answer within ${millis} ms` })
  return Effect.flatMap(
    Effect.exit(
      cutOff(
        Effect.suspend(() => revoke(held.issued)),
        millis,
        late
      )
    ),
    (exit) => {
      if (Exit.isSuccess(exit)) return Effect.sync(() => trail.record("revoked", purpose, { held }))
      const failure = Unavailable.failureOf(exit.cause)
      trail.record("revoke-failed", purpose, { held, detail: `${failure.reason}: ${failure.detail}` })
      return Effect.fail(failure)
    }
  )
}

/**
 * The end of the scope: no call is given anything any more, the issuer is told if the policy says so, and every secret
 * is wiped. It takes `revokeTimeout` at most and never fails.
 *
 * @category running
 * @since 0.1.0
 */
export const close = (custody: Custody): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { policy, time } = custody.setup
    const until = time.now() + policy.revokeMillis
    const held = custody.end("closed")
    const told = Effect.suspend(() =>
      held === undefined || policy.onClose === "keep"
        ? Effect.void
        : Effect.ignore(tell(custody, held, "close", Math.max(0, until - time.now())))
    )
    return custody.inquiry
      .stop(policy.revokeMillis)
      .pipe(Effect.andThen(told), Effect.ensuring(Effect.sync(() => custody.retirement.end())))
  })
