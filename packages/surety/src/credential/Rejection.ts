/**
 * What follows when the provider refuses a secret: the newer one that is held already, the answer to one question that
 * all refused calls share, or nothing.
 *
 * Neighbours: the engine asks once per refused request, and sends again; `Refusals` remembers.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Credential from "../Credential.ts"
import type { Custody } from "./Custody.ts"
import type * as Held from "./Held.ts"

const final: Credential.Verdict = { _tag: "Final" }

/**
 * The verdict on a refused secret.
 *
 * **Details**   With `done`, the secret is noted as refused and the call ends. A secret that this process did not give
 * out is final.
 *
 * @category running
 * @since 0.1.0
 */
export const decide = (
  custody: Custody,
  secret: Redacted.Redacted<string>,
  refresh: "allowed" | "done"
): Effect.Effect<Credential.Verdict> =>
  Effect.suspend(() => {
    const refused = custody.heldOf(secret)
    if (refused === undefined || custody.state !== "open") return Effect.succeed(final)
    note(custody, refused, refresh)
    if (refresh === "done") return Effect.succeed(final)
    const other = replacement(custody, refused)
    if (other !== undefined) return Effect.succeed(other)
    if (!custody.inquiry.isOpen) return renewed(custody, refused)
    // the open question was asked before this refusal was known: its answer may be the same secret
    return Effect.flatMap(custody.inquiry.landed, () => {
      const other = replacement(custody, refused)
      return other === undefined ? renewed(custody, refused) : Effect.succeed(other)
    })
  })

const note = (custody: Custody, refused: Held.Held, refresh: "allowed" | "done"): void => {
  const { refusals, setup } = custody
  const now = setup.time.now()
  if (refusals.note(refused.issued.version, now) === "first") setup.trail.record("rejected", "call", { held: refused })
  // only the call that asked can say that the answer was of no use: to others it may have been good for a while
  if (refresh === "done" && refusals.isSoon(refused.arrivedMillis, now)) refusals.fruitless(now)
}

/** The secret that is held by now, unless it is the refused one, or refused as well. */
const replacement = (custody: Custody, refused: Held.Held): Credential.Verdict | undefined => {
  const held = custody.usable(custody.setup.time.now())
  if (held === undefined || held.secret === refused.secret || custody.refusals.has(held.issued.version))
    return undefined
  return { _tag: "Replay", secret: held.secret }
}

/** One question for all calls that were refused; held back when the last one was of no use, or the source failed. */
const renewed = (custody: Custody, refused: Held.Held): Effect.Effect<Credential.Verdict> =>
  Effect.suspend(() => {
    const { inquiry, refusals, setup } = custody
    if (!inquiry.isOpen && (!refusals.mayAsk(setup.time.now()) || custody.askAgainInMillis > 0)) {
      return Effect.succeed(final)
    }
    custody.ask("rejected", "rejected")
    return Effect.map(inquiry.landed, () => replacement(custody, refused) ?? final)
  })
