/** A token endpoint in memory: rotates, detects reuse and ends the family, has a grace if told to, and loses answers. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { SourceFailure } from "../../src/credential/Source.ts"
import type { Refresh, RefreshFailed, Tokens } from "../../src/credential/Tokens.ts"

/** What the wire does to one request. `never` is a peer that accepts and says nothing; the server took the token. */
export type Fate = "answer" | "lose" | "never" | "unreachable" | "busy" | "not-arrived"

export interface Request {
  readonly token: string
  readonly atMillis: number
  readonly outcome: "rotated" | "again" | "reuse" | "unknown" | "not-seen"
}

export class TokenServer {
  readonly requests: Array<Request> = []
  /** Read from the front; the last one stays. */
  fates: Array<Fate> = ["answer"]
  latencyMillis = 20
  isFamilyDead = false
  omitRefreshToken = false
  private serial = 0
  private current: string
  private readonly spent = new Map<string, number>()
  private readonly options: { readonly graceMillis?: number; readonly lifeMillis?: number }
  constructor(options: { readonly graceMillis?: number; readonly lifeMillis?: number } = {}) {
    this.options = options
    this.current = "refresh-0"
  }

  /** Refreshes that the server answered with new tokens. */
  get rotations(): number {
    return this.requests.filter(({ outcome }) => outcome === "rotated").length
  }
  get reuses(): number {
    return this.requests.filter(({ outcome }) => outcome === "reuse").length
  }
  /** Whether the API would take the access token. */
  accepts(token: string): boolean {
    return !this.isFamilyDead && token === `access-${this.serial}`
  }

  /** What a person who has just signed in holds. */
  readonly login = Effect.map(Clock.currentTimeMillis, (now) => {
    this.isFamilyDead = false
    this.serial += 1
    this.current = `refresh-${this.serial}`
    return this.tokens(now)
  })

  readonly refresh: Refresh = (tokens) =>
    Effect.gen({ self: this }, function* () {
      const begun = yield* Clock.currentTimeMillis
      const fate = (this.fates.length > 1 ? this.fates.shift() : this.fates[0]) ?? "answer"
      const token = tokens.refreshToken === undefined ? "" : Redacted.value(tokens.refreshToken)
      if (fate === "not-arrived") return yield* failed("lost", "unavailable")
      yield* Effect.sleep(this.latencyMillis / 2)
      if (fate === "unreachable" || fate === "busy") {
        this.requests.push({ token, atMillis: begun, outcome: "not-seen" })
        return yield* failed("not-applied", "unavailable")
      }
      const isGood = this.take(token, yield* Clock.currentTimeMillis)
      if (fate === "never") return yield* Effect.never
      yield* Effect.sleep(this.latencyMillis / 2)
      if (fate === "lose") return yield* failed("lost", "unavailable")
      return isGood ? this.tokens(begun) : yield* failed("refused", "reauthorize")
    })

  private take(token: string, now: number): boolean {
    const spentAt = this.spent.get(token)
    const outcome =
      token === this.current && !this.isFamilyDead
        ? "rotated"
        : spentAt === undefined || this.isFamilyDead
          ? "unknown"
          : now - spentAt <= (this.options.graceMillis ?? 0)
            ? "again"
            : "reuse"
    this.requests.push({ token, atMillis: now, outcome })
    if (outcome === "reuse") this.isFamilyDead = true
    if (outcome === "rotated") {
      this.spent.set(token, now)
      this.serial += 1
      this.current = `refresh-${this.serial}`
    }
    return outcome === "rotated" || outcome === "again"
  }

  private tokens(now: number): Tokens {
    return {
      accessToken: Redacted.make(`access-${this.serial}`),
      refreshToken: this.omitRefreshToken ? undefined : Redacted.make(this.current),
      scopes: ["read"],
      issuedAtMillis: now,
      expiresAtMillis: now + (this.options.lifeMillis ?? 60_000),
      extra: {}
    }
  }
}

const failed = (
  outcome: RefreshFailed["outcome"],
  reason: SourceFailure["reason"]
): Effect.Effect<never, RefreshFailed> =>
  Effect.fail({ _tag: "RefreshFailed", outcome, failure: new SourceFailure({ reason, detail: `scripted ${outcome}` }) })
