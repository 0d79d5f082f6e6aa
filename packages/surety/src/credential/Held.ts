/**
 * A secret that this process holds: checked once, in a wrapper of our own that can be wiped, with its times on the
 * monotonic clock.
 *
 * The wrapper is ours because the source's may be shared (a fixed secret, used by two providers): ours is wiped when
 * its time is over, the source's goes when nobody refers to it.
 *
 * Neighbours: a `Source` gives the `Issued` that it is made of; `Custody` keeps it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Credential from "../Credential.ts"
import type { Issued } from "./Issued.ts"
import type { Policy } from "./Policy.ts"
import * as RefreshWindow from "./RefreshWindow.ts"
import { type Because, SourceFailure } from "./Source.ts"

/**
 * **Details**   `exit`: what `current` gives, made once. `because`: why the source was asked for it. `arrivedMillis`: when
 * the source gave it first; `confirmedMillis`: when it did last. Both on the monotonic clock.
 *
 * @category models
 * @since 0.1.0
 */
export interface Held {
  readonly issued: Issued
  readonly secret: Redacted.Redacted<string>
  readonly exit: Exit.Exit<Redacted.Redacted<string>>
  readonly because: Because
  readonly arrivedMillis: number
  readonly confirmedMillis: number
  readonly instants: RefreshWindow.Instants
}

/**
 * When it arrived, on both clocks, and the random number for its jitter.
 *
 * @category models
 * @since 0.1.0
 */
export interface Arrival {
  readonly nowMillis: number
  readonly wallMillis: number
  readonly because: Because
  readonly random: number
}

/**
 * Takes what a source gave, or says why it cannot be used.
 *
 * **Details**   The same secret again keeps its wrapper, and, as long as its expiry is the same, its end: a wall clock
 * that was set in between changes nothing.
 *
 * **Failures**   `misconfigured` for a secret that no header may carry, and for a version that holds the secret;
 * `unavailable` for one that has ended already.
 *
 * @category constructors
 * @since 0.1.0
 */
export const take = (
  issued: Issued,
  arrival: Arrival,
  policy: Policy,
  before: Held | undefined
): Held | SourceFailure => {
  // a source that is written without types may give anything
  const given: unknown = issued?.secret
  const value = Redacted.isRedacted(given) ? Redacted.value(given) : undefined
  const defect = Credential.defectOf(value as string)
  if (typeof value !== "string" || defect !== undefined) return failed("misconfigured", defect ?? "")
  if (typeof issued.version !== "string" || issued.version.includes(value)) {
    return failed("misconfigured", "the source names its versions by the secret itself")
  }
  const { nowMillis, wallMillis } = arrival
  const same = before !== undefined && Redacted.value(before.secret) === value
  const secret = same ? before.secret : Redacted.make(value)
  const instants = instantsOf(issued, arrival, policy, same ? before : undefined)
  if (nowMillis >= instants.endMillis) {
    const until = dateOf(issued.expiresAtMillis)
    const nowText = dateOf(wallMillis)
    return failed("unavailable", `its secret was good until ${until}; the clock of this machine says ${nowText}`)
  }
  return {
    // the source's own wrapper is let go here
    issued: { ...issued, secret },
    secret,
    exit: same ? before.exit : Exit.succeed(secret),
    because: same ? before.because : arrival.because,
    arrivedMillis: same ? before.arrivedMillis : nowMillis,
    confirmedMillis: nowMillis,
    instants
  }
}

/**
 * Whether somebody else has renewed the secret: it has no end of its own, or the source only looks whether it changed.
 *
 * @category rules
 * @since 0.1.0
 */
export const isRotated = ({ issued }: Held, before: Held | undefined): boolean =>
  before !== undefined && (issued.expiresAtMillis === undefined || issued.recheckAfterMillis !== undefined)

const instantsOf = (
  issued: Issued,
  { nowMillis, random, wallMillis }: Arrival,
  policy: Policy,
  same: Held | undefined
): RefreshWindow.Instants => {
  const { expiresAtMillis, recheckAfterMillis } = issued
  const leftMillis = expiresAtMillis === undefined ? undefined : expiresAtMillis - wallMillis
  const instants = RefreshWindow.instants({
    arrivedMillis: nowMillis,
    // what is no number ends at once
    expiresMillis: leftMillis === undefined ? undefined : Number.isNaN(leftMillis) ? -Infinity : nowMillis + leftMillis,
    recheckMillis: recheckAfterMillis,
    policy,
    jitter: random
  })
  if (same === undefined || same.issued.expiresAtMillis !== expiresAtMillis || expiresAtMillis === undefined) {
    return instants
  }
  // asked early and given the same: the next question comes when the same part of what is left has passed
  const again = RefreshWindow.instants({
    arrivedMillis: nowMillis,
    expiresMillis: same.instants.endMillis,
    recheckMillis: recheckAfterMillis,
    policy: { ...policy, skewMillis: 0 },
    jitter: random
  })
  return again
}

/** In a form that both a person and a vault read; what a source made up may be no date at all. */
const dateOf = (wallMillis: number | undefined): string => {
  const date = new Date(wallMillis ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? "no date at all" : date.toISOString()
}

const failed = (reason: SourceFailure["reason"], detail: string): SourceFailure => new SourceFailure({ reason, detail })
