/**
 * One question to a shared grant, from the first look at the store to the answer: does what `GrantRule` decides, step by
 * step, so that a process that dies between any two of them leaves a record that the others understand.
 *
 *     look ── newer tokens there ──────────────────────────────────────────────▸ give
 *       └▸ acquire ─ held: wait, look again
 *             └▸ mark `refreshing` ▸ send once ▸ keep the answer ▸ commit `live` ▸ audit ▸ release ▸ give
 *                        │              ├ lost: within the grace once more; else the mark stays
 *                        │              ├ not applied: take the mark back
 *                        │              └ refused: commit `dead` unless the record moved on ▸ audit once
 *                        └ lease nearly over: never send
 *
 * It never gives an access token whose refresh token is not in the store, and never forgets one that the server gave:
 * while the store is down, the answer is kept in memory and committed when it comes back.
 *
 * Neighbours: `GrantRule` decides, `GrantHolder` is what a process holds, `GrantKeeper` finishes what is left,
 * `SharedGrant` is the source that asks.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { commit, type GrantHolder, nextOf, release } from "./GrantHolder.ts"
import * as GrantKeeper from "./GrantKeeper.ts"
import { elapsedMillis, type GrantLease, instant, pause, stored } from "./GrantLease.ts"
import * as GrantPayload from "./GrantPayload.ts"
import * as GrantRule from "./GrantRule.ts"
import type { GrantRecord } from "./GrantStore.ts"
import * as GrantTrail from "./GrantTrail.ts"
import type { Issued } from "./Issued.ts"
import * as LiveSecrets from "./LiveSecrets.ts"
import { type Ask, SourceFailure } from "./Source.ts"
import type { RefreshFailed, Tokens } from "./Tokens.ts"

/** How often one question may be thrown back by other processes before it is given up. */
const maxRounds = 8
/** How long a question waits for kept tokens to be committed. */
const patienceMillis = 2000
/** How long an auditor may take to write down what it was told. */
const tellingMillis = 3000

/**
 * @category running
 * @since 0.1.0
 */
export const run = (holder: GrantHolder, ask: Ask): Effect.Effect<Issued, SourceFailure> =>
  Effect.gen(function* () {
    const begun = yield* instant
    let rounds = 0
    while (rounds < maxRounds) {
      if (holder.kept !== undefined) yield* settled(holder)
      const seen = yield* stored("read", holder.store.read(holder.key))
      const step = yield* decide(holder, ask, seen, "unknown")
      if (step._tag === "Give") return GrantPayload.toIssued(step.payload)
      if (step._tag === "Fail") return yield* failureOf(holder.key, step)
      const from = yield* instant
      const got = yield* stored("acquire", holder.store.acquire(holder.key, holder.leaseMillis))
      if (got._tag === "Held") {
        // somebody is telling the auditor; there is nothing to wait for
        if (got.record?.state === "dead")
          return yield* failureOf(holder.key, { why: "dead", retryAfterMillis: undefined })
        if ((yield* elapsedMillis(begun)) > holder.leaseMillis + holder.refreshTimeoutMillis) {
          return yield* unavailable("another process has the lease", got.leftMillis)
        }
        yield* pause(Math.min(holder.pollMillis, got.leftMillis))
        continue
      }
      rounds++
      const lease: GrantLease = { fence: got.fence, from }
      yield* holder.onStep("acquired")
      const outcome = yield* Effect.ensuring(underLease(holder, ask, lease, got.record), release(holder, lease))
      if (outcome !== "again") return outcome
    }
    return yield* unavailable(`other processes changed the grant ${maxRounds} times in a row`)
  })

const decide = (
  holder: GrantHolder,
  ask: Ask,
  record: GrantRecord | undefined,
  lease: "ours" | "unknown"
): Effect.Effect<GrantRule.Step> =>
  Effect.map(Clock.currentTimeMillis, (nowMillis) =>
    GrantRule.decide({
      record,
      payload: record === undefined ? undefined : GrantPayload.decode(record),
      lease,
      ask,
      nowMillis,
      profile: holder.profile,
      refused: holder.refused
    })
  )

const underLease = (
  holder: GrantHolder,
  ask: Ask,
  lease: GrantLease,
  record: GrantRecord | undefined
): Effect.Effect<Issued | "again", SourceFailure> =>
  Effect.gen(function* () {
    const step = yield* decide(holder, ask, record, "ours")
    if (step._tag === "Give") return GrantPayload.toIssued(step.payload)
    if (step._tag === "Fail") return yield* failureOf(holder.key, step)
    if (record === undefined || step._tag === "Lease") return "again"
    if (step._tag === "Send") return yield* send(holder, ask, lease, record, step)
    if (step._tag === "Announce") return yield* announce(holder, ask, lease, record, step.payload)
    const dead = nextOf(record, "dead", step.payload)
    const buried = yield* stored("commit", holder.store.commit(holder.key, lease.fence, record.version, dead))
    // fenced, or changed by somebody: what is there now is looked at before anybody is told that the grant is dead
    if (buried !== "committed") return "again"
    return yield* announce(holder, ask, lease, dead, step.payload, step.why)
  })

const send = (
  holder: GrantHolder,
  ask: Ask,
  lease: GrantLease,
  record: GrantRecord,
  step: Extract<GrantRule.Step, { readonly _tag: "Send" }>
): Effect.Effect<Issued | "again", SourceFailure> =>
  Effect.gen(function* () {
    const { payload } = step
    const firstSentAtMillis = step.firstSentAtMillis ?? (yield* Clock.currentTimeMillis)
    const mark = nextOf(record, "refreshing", payload, firstSentAtMillis)
    const marked = yield* stored("commit", holder.store.commit(holder.key, lease.fence, record.version, mark))
    if (marked !== "committed") return "again"
    yield* holder.onStep("marked")
    // only a token that was certainly never sent may be called unsent again
    const unmark =
      step.firstSentAtMillis === undefined
        ? Effect.ignore(commit(holder, lease, mark, nextOf(mark, "live", payload)))
        : Effect.void
    for (let sends = 1; ; sends++) {
      if ((yield* elapsedMillis(lease.from)) + holder.refreshTimeoutMillis > holder.leaseMillis) {
        if (sends > 1) return yield* unavailable("the answer to the refresh was lost")
        yield* unmark
        return "again"
      }
      const [answer] = yield* Effect.all([refreshOnce(holder, payload.tokens), holder.onStep("sent")], {
        concurrency: 2
      })
      if (answer._tag === "Refreshed") holder.kept = GrantPayload.successor(payload, answer.tokens)
      yield* holder.onStep("answered")
      if (answer._tag === "Refreshed") return yield* settleFirst(holder, ask, lease, mark)
      if (answer.outcome === "refused") {
        holder.refused = GrantPayload.versionOf(payload)
        return yield* underLease(holder, ask, lease, mark)
      }
      if (answer.outcome === "not-applied") {
        if (sends === 1) yield* unmark
        return yield* answer.failure
      }
      const now = yield* Clock.currentTimeMillis
      if (sends > 1 || !GrantRule.isInGrace(holder.profile, firstSentAtMillis, now)) return yield* answer.failure
    }
  })

type Answer = { readonly _tag: "Refreshed"; readonly tokens: Tokens } | RefreshFailed

const lost = (detail: string): RefreshFailed => ({
  _tag: "RefreshFailed",
  outcome: "lost",
  failure: new SourceFailure({ reason: "unavailable", detail })
})

/** Whatever else a refresh does, the token may have arrived. */
const refreshOnce = (holder: GrantHolder, tokens: Tokens): Effect.Effect<Answer> =>
  LiveSecrets.during(
    tokens.refreshToken,
    Effect.suspend(() => holder.refresh(tokens))
  ).pipe(
    Effect.map((tokens): Answer => ({ _tag: "Refreshed", tokens })),
    Effect.timeoutOrElse({
      duration: holder.refreshTimeoutMillis,
      orElse: () => Effect.fail(lost(`no answer to the refresh in ${holder.refreshTimeoutMillis} ms`))
    }),
    Effect.catchDefect(() => Effect.fail(lost("the refresh died"))),
    Effect.catch((failed) => Effect.succeed<Answer>(failed))
  )

/** The usual way: the first commit is taken. If not, the tokens are kept until one is. */
const settleFirst = (
  holder: GrantHolder,
  ask: Ask,
  lease: GrantLease,
  mark: GrantRecord
): Effect.Effect<Issued | "again", SourceFailure> =>
  Effect.gen(function* () {
    const { kept } = holder
    if (kept === undefined) return "again"
    const done = yield* Effect.catchCause(commit(holder, lease, mark, nextOf(mark, "live", kept)), () =>
      Effect.succeed("failed" as const)
    )
    if (done === "committed") {
      yield* GrantKeeper.onCommitted(holder, kept, `${ask.because} refresh`)
      return GrantPayload.toIssued(kept)
    }
    holder.keptUnder = lease
    yield* settled(holder)
    return "again"
  })

const settled = (holder: GrantHolder): Effect.Effect<void, SourceFailure> =>
  Effect.timeoutOrElse(GrantKeeper.keepTrying(holder), { duration: patienceMillis, orElse: () => Effect.void }).pipe(
    Effect.flatMap(() =>
      holder.kept === undefined
        ? Effect.void
        : unavailable("new tokens are kept in memory until the grant store takes them", 1000)
    )
  )

/**
 * Told first, noted as told 3 s later, under the same lease: auditors write in batches, and a process that is killed
 * before its batch is written leaves the telling to the next holder, whose event has the same id.
 */
const announce = (
  holder: GrantHolder,
  ask: Ask,
  lease: GrantLease,
  dead: GrantRecord,
  payload: GrantPayload.GrantPayload,
  why?: string
): Effect.Effect<never, SourceFailure> =>
  Effect.gen(function* () {
    yield* GrantTrail.record(holder.trail, "reauthorize", payload, `${ask.because} refresh`, why)
    const told = { lease, dead }
    holder.told = told
    const leftMillis = holder.leaseMillis - (yield* elapsedMillis(lease.from))
    const later = Effect.andThen(
      Effect.sleep(Math.max(0, Math.min(tellingMillis, leftMillis / 2))),
      Effect.suspend(() => (holder.told === told ? GrantKeeper.noteTold(holder) : Effect.void))
    )
    yield* Effect.forkDetach(later)
    return yield* failureOf(holder.key, { why: "dead", retryAfterMillis: undefined })
  })

const words: Record<GrantRule.Why, readonly [SourceFailure["reason"], string]> = {
  missing: ["reauthorize", "nobody has put one into the store"],
  dead: ["reauthorize", "it has ended; a person has to give a new one"],
  unreadable: ["misconfigured", "its record cannot be read"],
  "in-doubt": ["unavailable", "a refresh was begun and its answer is not known; the access token is used to its end"],
  "not-yet": ["unavailable", "there is no refresh token; the access token is used to its end"]
}

const failureOf = (
  key: string,
  step: { readonly why: GrantRule.Why; readonly retryAfterMillis: number | undefined }
): SourceFailure =>
  new SourceFailure({
    reason: words[step.why][0],
    detail: `grant "${key}": ${words[step.why][1]}`,
    ...(step.retryAfterMillis === undefined ? {} : { retryAfterMillis: step.retryAfterMillis })
  })

const unavailable = (detail: string, retryAfterMillis?: number): SourceFailure =>
  new SourceFailure({
    reason: "unavailable",
    detail,
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis })
  })
