/**
 * The one secret that a process holds for a provider, and everything that happens to it: it is given to calls, renewed
 * before its end by one question at a time, replaced when the provider refuses it, and wiped.
 *
 * It writes to the audit trail: `requested`, `granted` (each token that this process was given), `denied`, `rotated` (a
 * secret that somebody else renews has changed), `rotation-failed`, `expired`, `reuse-of-expired`, `rejected`, `used`,
 * `revoked`, `revoke-failed`, `administered`. Never `refreshed` and `reauthorize`: they are facts of a grant, and
 * `SharedGrant` writes each of them once for all processes.
 *
 * Neighbours: `RefreshWindow`, `NegativeCache` and `Refusals` are the rules; `Lifecycle` makes it and gives it out.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import type * as Credential from "../Credential.ts"
import { quietly } from "../engine/Quietly.ts"
import type { Time } from "../engine/Time.ts"
import * as Refusal from "../Refusal.ts"
import { CredentialSignals, type Health } from "./CredentialSignals.ts"
import * as Held from "./Held.ts"
import { Inquiry } from "./Inquiry.ts"
import * as NegativeCache from "./NegativeCache.ts"
import type { Policy } from "./Policy.ts"
import { Refusals } from "./Refusals.ts"
import * as RefreshWindow from "./RefreshWindow.ts"
import { Retirement } from "./Retirement.ts"
import type { Because, Source, SourceFailure } from "./Source.ts"
import type { Moment, Trail } from "./Trail.ts"
import * as Unavailable from "./Unavailable.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Setup {
  readonly provider: string
  readonly credential: string
  readonly life: Credential.Life | undefined
  readonly policy: Policy
  readonly source: Source
  readonly context: Context.Context<never>
  readonly time: Time
  readonly trail: Trail
  readonly signals: (health: () => Health) => CredentialSignals
}

type Current = Effect.Effect<Redacted.Redacted<string>, Refusal.CredentialUnavailable>

/** Why the source is asked, in the trail's words. A `look` is written down only when something comes of it. */
const purposes = {
  start: "start",
  look: "look for a newer one",
  advisory: "advisory refresh",
  mandatory: "mandatory refresh",
  rejected: "after a refusal",
  keepAlive: "keep-alive",
  operator: "renewed by hand"
} as const

/** @category models @since 0.1.0 */
export type Purpose = keyof typeof purposes

interface Asked {
  readonly because: Because
  readonly purpose: Purpose
  readonly moment: Moment
}

/** At most one event of a kind that every call could cause. */
const reuseEveryMillis = 30_000

/**
 * @category models
 * @since 0.1.0
 */
export class Custody {
  readonly #setup: Setup
  readonly #time: Time
  readonly inquiry: Inquiry
  readonly retirement: Retirement
  readonly #random: () => number
  readonly #signals: CredentialSignals
  readonly refusals: Refusals
  readonly #versions = new WeakMap<Redacted.Redacted<string>, Held.Held>()
  #state: "open" | "revoked" | "closed" = "open"
  #held: Held.Held | undefined = undefined
  /** What `held` took the place of. */
  #beforeVersion: string | undefined = undefined
  /** Until then `held` is given without a thought. */
  #quietUntil = -Infinity
  #askAgainAt = -Infinity
  #failing: Unavailable.Failing | undefined = undefined
  #expired: Redacted.Redacted<string> | undefined = undefined
  #reuseToldAt = -Infinity

  constructor(setup: Setup) {
    this.#setup = setup
    this.#time = setup.time
    const run = Effect.runForkWith(setup.context)
    this.inquiry = new Inquiry(setup.source, setup, setup.policy.issueMillis, run)
    this.retirement = new Retirement(run, setup.policy.retireMillis, (secret) => this.#held?.secret === secret)
    const random = Context.get(setup.context, Random.Random)
    this.#random = () => random.nextDoubleUnsafe()
    this.refusals = new Refusals(setup.policy.cooldownMillis)
    this.#signals = setup.signals(() => this.health)
  }

  // --- giving ------------------------------------------------------------------------

  get current(): Current {
    const held = this.#held
    return held !== undefined && this.#time.now() < this.#quietUntil ? held.exit : this.#look()
  }

  get held(): Held.Held | undefined {
    return this.#held
  }

  get setup(): Setup {
    return this.#setup
  }

  get state(): "open" | "revoked" | "closed" {
    return this.#state
  }

  get failing(): Unavailable.Failing | undefined {
    return this.#failing
  }

  get askAgainInMillis(): number {
    return Math.max(0, this.#askAgainAt - this.#time.now())
  }

  get decision(): RefreshWindow.Decision | undefined {
    return this.#held === undefined ? undefined : RefreshWindow.at(this.#held.instants, this.#time.now())
  }

  get health(): Health {
    const decision = this.decision
    if (this.#state !== "open" || decision === undefined || decision._tag === "Expired") return "unavailable"
    return (this.#failing?.failures ?? 0) > 0 ? "degraded" : "healthy"
  }

  heldOf(secret: Redacted.Redacted<string>): Held.Held | undefined {
    return this.#versions.get(secret)
  }

  #look(): Current {
    const now = this.#time.now()
    if (this.#state !== "open") return this.#unavailable(now)
    const held = this.#held
    const mayAsk = this.inquiry.isOpen || now >= this.#askAgainAt
    if (held === undefined) return mayAsk ? this.wait("start", "start") : this.#unavailable(now)
    const decision = RefreshWindow.at(held.instants, now)
    switch (decision._tag) {
      case "Fresh":
        this.#quietUntil = decision.untilMillis
        return held.exit
      case "Advisory":
        if (mayAsk) this.ask("advisory", decision.because === "recheck" ? "look" : "advisory")
        this.#quietUntil = mayAsk ? decision.mandatoryMillis : Math.min(this.#askAgainAt, decision.mandatoryMillis)
        return held.exit
      case "Mandatory":
        if (mayAsk) return this.wait("mandatory", "mandatory")
        this.#quietUntil = Math.min(this.#askAgainAt, decision.endMillis)
        return held.exit
      case "Expired":
        this.#noteExpiry(held)
        return mayAsk ? this.wait("mandatory", "mandatory") : this.#unavailable(now)
    }
  }

  /**
   * Joins the question that is open, or asks; whoever leaves does not end it for the others. The effect may be run late,
   * and again: what holds then is looked up then. An operator is not held back.
   */
  wait(because: Because, purpose: Purpose): Current {
    return Effect.suspend(() => {
      const now = this.#time.now()
      const held = this.usable(now)
      if (purpose !== "operator") {
        if (held !== undefined && now < held.instants.mandatoryMillis) return held.exit
        if (!this.inquiry.isOpen && now < this.#askAgainAt) return held?.exit ?? this.#unavailable(now)
      }
      this.ask(because, purpose)
      const { landed } = this.inquiry
      if (held === undefined || purpose === "operator") return Effect.andThen(landed, this.#settled)
      // nobody waits longer for a better secret than the one at hand is good; who wakes up too late for it waits on
      const duration = Math.max(0, held.instants.endMillis - now - 1)
      const orElse = () => (this.usable(this.#time.now()) === undefined ? landed : Effect.void)
      return Effect.andThen(Effect.timeoutOrElse(landed, { duration, orElse }), this.#settled)
    })
  }

  readonly #settled: Current = Effect.suspend(() => {
    const now = this.#time.now()
    return this.usable(now)?.exit ?? this.#unavailable(now)
  })

  /** What may be sent now. */
  usable(now: number): Held.Held | undefined {
    return this.#state === "open" && this.#held !== undefined && now < this.#held.instants.endMillis
      ? this.#held
      : undefined
  }

  #unavailable(now: number): Exit.Exit<never, Refusal.CredentialUnavailable> {
    const held = this.#held
    const { credential, source, trail } = this.#setup
    const endedMillisAgo = held === undefined || this.#state !== "open" ? undefined : now - held.instants.endMillis
    if (endedMillisAgo !== undefined && now >= this.#reuseToldAt + reuseEveryMillis) {
      this.#reuseToldAt = now
      trail.record("reuse-of-expired", "call", { held })
    }
    const why = Unavailable.toText({
      state: this.#state,
      source: source.name,
      version: held?.issued.version,
      endedMillisAgo,
      failing: this.#failing,
      askAgainInMillis: this.#askAgainAt - now
    })
    return Exit.fail(quietly(() => new Refusal.CredentialUnavailable({ credential, why })))
  }

  #noteExpiry(held: Held.Held): void {
    if (this.#expired === held.secret) return
    this.#expired = held.secret
    this.#setup.trail.record("expired", "end of life", { held })
  }

  // --- asking ------------------------------------------------------------------------

  /** Asks the source, unless it is being asked. */
  ask(because: Because, purpose: Purpose): void {
    if (this.inquiry.isOpen || this.#state !== "open") return
    const { policy, trail } = this.#setup
    const asked: Asked = { because, purpose, moment: trail.now() }
    if (this.#isTold(purpose)) trail.record("requested", purposes[purpose], { held: this.#held })
    const previous = this.#held
    this.inquiry.ask(
      { because, previous: previous?.issued, rejected: this.refusals.versions },
      (issued) => {
        const arrival = { nowMillis: this.#time.now(), wallMillis: this.#time.wall(), because, random: this.#random() }
        return Held.take(issued, arrival, policy, previous)
      },
      (exit) => {
        this.#quietUntil = -Infinity
        if (this.#state !== "open") return Effect.void
        return Exit.isSuccess(exit)
          ? this.#adopt(exit.value, asked)
          : this.#fail(Unavailable.failureOf(exit.cause), asked)
      }
    )
  }

  #fail({ detail, reason, retryAfterMillis }: SourceFailure, asked: Asked): Effect.Effect<void> {
    const { credential, provider, source, trail } = this.#setup
    const isNews = reason !== "reauthorize" || this.#failing?.reason !== reason || this.#failing.failures === 0
    const failures = (this.#failing?.failures ?? 0) + 1
    this.#failing = { reason, detail, failures, wallMillis: this.#time.wall() }
    const waitMillis = (random: number) => NegativeCache.decide({ reason, retryAfterMillis, failures, random }).millis
    const now = this.#time.now()
    // the end of what is held is worth a question of its own: from then on calls fail until one is asked
    const end = reason === "unavailable" ? (this.usable(now)?.instants.endMillis ?? Infinity) : Infinity
    const millis = Math.max(waitMillis(0), Math.min(waitMillis(this.#random()), end - now))
    this.#askAgainAt = now + millis
    this.#signals.failed[reason].value++
    if (!isNews) return Effect.void
    if (asked.purpose === "look") trail.record("requested", purposes.look, { moment: asked.moment, held: this.#held })
    trail.record("denied", purposes[asked.purpose], { detail: `${reason}: ${detail}` })
    const serving = this.usable(this.#time.now())?.issued.version
    return CredentialSignals.refreshFailed(provider, credential, source.name, this.#failing, millis, serving)
  }

  #adopt(next: Held.Held, asked: Asked): Effect.Effect<void> {
    const { credential, provider, trail } = this.#setup
    const { because, purpose } = asked
    const now = this.#time.now()
    const before = this.#held
    const { version } = next.issued
    const failures = this.#failing?.failures ?? 0
    if (this.#failing !== undefined) this.#failing = { ...this.#failing, failures: 0 }
    this.#askAgainAt = -Infinity
    if (before !== undefined && before.secret === next.secret) {
      this.#held = { ...next, issued: { ...next.issued, issuedAtMillis: before.issued.issuedAtMillis } }
      this.#versions.set(next.secret, this.#held)
      if (because === "rejected") this.refusals.fruitless(now)
      this.#announce(this.#held)
      // a look that finds nothing new is no refresh, but one that ends failures is what an alert about those waits for
      if (purpose !== "look" || failures > 0) this.#signals.succeeded.value++
      if (purpose === "look") return Effect.void
      trail.record("granted", purposes[purpose], { held: next, detail: "the same secret" })
      return Effect.void
    }
    const isWorse = before !== undefined && this.refusals.has(version) && !this.refusals.has(before.issued.version)
    if (isWorse && because !== "rejected" && this.usable(now) !== undefined) {
      // the provider has refused what is offered, and takes what is held
      this.#held = {
        ...before,
        instants: RefreshWindow.later(before.instants, now + this.#setup.policy.cooldownMillis)
      }
      return Effect.void
    }
    if (because === "rejected") this.refusals.forgive(version)
    if (purpose === "look") trail.record("requested", purposes.look, { moment: asked.moment, held: before })
    this.#signals.succeeded.value++
    const isBack = because === "rejected" && before?.because !== "rejected" && version === this.#beforeVersion
    this.#take(next, before)
    if (isBack && before !== undefined) {
      this.#signals.failed.rotation_failed.value++
      trail.record("rotation-failed", purposes[purpose], { held: before, detail: `back to version ${version}` })
      return CredentialSignals.rotationFailed(provider, credential, before.issued.version, version)
    }
    trail.record(Held.isRotated(next, before) ? "rotated" : "granted", purposes[purpose], { held: next })
    return Effect.void
  }

  #take(next: Held.Held, before: Held.Held | undefined): void {
    this.#held = next
    this.#beforeVersion = before?.issued.version
    this.retirement.hold(next.secret)
    this.#versions.set(next.secret, next)
    this.#setup.trail.know(next)
    this.#announce(next)
    if (before !== undefined) this.retirement.retire(before.secret)
  }

  /** When it ends, for the metric: its expiry, or the day on which it should have been rotated. */
  #announce({ issued }: Held.Held): void {
    const { life, policy } = this.#setup
    const rotateBy = life?._tag === "Rotated" ? issued.issuedAtMillis + life.everyMillis : undefined
    const isManual = issued.expiresAtMillis === undefined || issued.recheckAfterMillis !== undefined
    this.#signals.ends(issued.expiresAtMillis ?? rotateBy, policy.renewal ?? (isManual ? "manual" : "auto"))
  }

  #isTold(purpose: Purpose): boolean {
    return purpose !== "look" && !(this.#failing?.reason === "reauthorize" && this.#failing.failures > 0)
  }

  // --- ending ------------------------------------------------------------------------

  /** No call is given anything from now on; gives back what was held. */
  end(state: "revoked" | "closed"): Held.Held | undefined {
    const held = this.#held
    this.#state = state
    this.#held = undefined
    this.#signals.ends(undefined, "auto")
    this.#quietUntil = -Infinity
    return held
  }

  /** An operator wants a secret, whatever was before. */
  reopen(): void {
    if (this.#state === "revoked") this.#state = "open"
    this.refusals.forget()
    this.#askAgainAt = -Infinity
    this.#quietUntil = -Infinity
  }
}
