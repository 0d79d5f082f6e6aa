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
 * Neighbours: `GrantRule` decides, `SharedGrant` is the source that asks, `GrantTrail` writes what is audited.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { answered, elapsedMillis, type GrantLease, instant, pause, stored } from "./GrantLease.ts"
import * as GrantPayload from "./GrantPayload.ts"
import * as GrantRule from "./GrantRule.ts"
import type { Committed, GrantRecord, GrantStore, GrantStoreFailure } from "./GrantStore.ts"
import * as GrantTrail from "./GrantTrail.ts"
import type { Issued } from "./Issued.ts"
import * as SharedRun from "./SharedRun.ts"
import { type Ask, SourceFailure } from "./Source.ts"
import type { Refresh, RefreshFailed, ReuseProfile, Tokens } from "./Tokens.ts"

/**
 * The moments at which a process may die. `sent` begins with the request and runs beside it; each other one comes after
 * what it names.
 *
 * @category models
 * @since 0.1.0
 */
export type Moment = "acquired" | "marked" | "sent" | "answered" | "committed" | "released"

/**
 * **Details**   `kept`: what a server gave and no store has yet. `refused`: the version whose refresh token the server
 * refused. `settling`: the run that commits what is kept. `told`: a death that the auditor was told of and that the record
 * does not say so of yet.
 *
 * @category models
 * @since 0.1.0
 */
export interface GrantFlight {
  readonly key: string
  readonly store: GrantStore
  readonly refresh: Refresh
  readonly profile: ReuseProfile
  readonly trail: GrantTrail.GrantTrail
  readonly leaseMillis: number
  readonly pollMillis: number
  readonly refreshTimeoutMillis: number
  readonly onStep: (moment: Moment) => Effect.Effect<void>
  kept: GrantPayload.GrantPayload | undefined
  refused: string | undefined
  readonly settling: SharedRun.SharedRun<void, never>
  told: { readonly lease: GrantLease; readonly dead: GrantRecord } | undefined
}

/** How often one question may be thrown back by other processes before it is given up. */
const maxRounds = 8
/** How long a question waits for kept tokens to be committed. */
const patienceMillis = 2000
/** How long kept tokens are tried without being asked for; each later question begins again. */
const keepTryingMillis = 600_000
/** How long an auditor may take to write down what it was told. */
const tellingMillis = 3000

/**
 * @category running
 * @since 0.1.0
 */
export const run = (flight: GrantFlight, ask: Ask): Effect.Effect<Issued, SourceFailure> =>
  Effect.gen(function* () {
    const begun = yield* instant
    let rounds = 0
    while (rounds < maxRounds) {
      if (flight.kept !== undefined) yield* settled(flight)
      const seen = yield* stored("read", flight.store.read(flight.key))
      const step = yield* decide(flight, ask, seen, "unknown")
      if (step._tag === "Give") return GrantPayload.toIssued(step.payload)
      if (step._tag === "Fail") return yield* failureOf(step)
      const from = yield* instant
      const got = yield* stored("acquire", flight.store.acquire(flight.key, flight.leaseMillis))
      if (got._tag === "Held") {
        // somebody is telling the auditor; there is nothing to wait for
        if (got.record?.state === "dead") return yield* failureOf({ why: "dead", retryAfterMillis: undefined })
        if ((yield* elapsedMillis(begun)) > flight.leaseMillis + flight.refreshTimeoutMillis) {
          return yield* unavailable("another process has the lease", got.leftMillis)
        }
        yield* pause(Math.min(flight.pollMillis, got.leftMillis))
        continue
      }
      rounds++
      const lease: GrantLease = { fence: got.fence, from }
      yield* flight.onStep("acquired")
      const outcome = yield* Effect.ensuring(underLease(flight, ask, lease, got.record), release(flight, lease))
      if (outcome !== "again") return outcome
    }
    return yield* unavailable(`other processes changed the grant ${maxRounds} times in a row`)
  })

/**
 * Commits what is kept, whatever the store needs for it, for 10 minutes at most.
 *
 * @category running
 * @since 0.1.0
 */
export const keepTrying = (flight: GrantFlight): Effect.Effect<void> =>
  SharedRun.join(
    flight.settling,
    Effect.gen(function* () {
      const begun = yield* instant
      let delayMillis = 100
      while (flight.kept !== undefined && (yield* elapsedMillis(begun)) < keepTryingMillis) {
        const waitMillis = yield* Effect.catchCause(settleOnce(flight, flight.kept), () => Effect.succeed(delayMillis))
        if (flight.kept === undefined) return
        yield* pause(waitMillis)
        delayMillis = Math.min(delayMillis * 2, 5000)
      }
    })
  )

/**
 * Notes in the record that its death was told, and gives the lease back.
 *
 * @category running
 * @since 0.1.0
 */
export const noteTold = (flight: GrantFlight): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { told } = flight
    if (told === undefined) return Effect.void
    flight.told = undefined
    const noted: GrantRecord = { ...told.dead, version: told.dead.version + 1, announced: "yes" }
    return Effect.andThen(Effect.ignore(commit(flight, told.lease, told.dead, noted)), release(flight, told.lease))
  })

const decide = (
  flight: GrantFlight,
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
      profile: flight.profile,
      refused: flight.refused
    })
  )

const underLease = (
  flight: GrantFlight,
  ask: Ask,
  lease: GrantLease,
  record: GrantRecord | undefined
): Effect.Effect<Issued | "again", SourceFailure> =>
  Effect.gen(function* () {
    const step = yield* decide(flight, ask, record, "ours")
    if (step._tag === "Give") return GrantPayload.toIssued(step.payload)
    if (step._tag === "Fail") return yield* failureOf(step)
    if (record === undefined || step._tag === "Lease") return "again"
    if (step._tag === "Send") return yield* send(flight, ask, lease, record, step)
    if (step._tag === "Announce") return yield* announce(flight, ask, lease, record, step.payload)
    const dead = nextOf(record, "dead", step.payload)
    const buried = yield* stored("commit", flight.store.commit(flight.key, lease.fence, record.version, dead))
    // fenced, or changed by somebody: what is there now is looked at before anybody is told that the grant is dead
    if (buried !== "committed") return "again"
    return yield* announce(flight, ask, lease, dead, step.payload, step.why)
  })

const send = (
  flight: GrantFlight,
  ask: Ask,
  lease: GrantLease,
  record: GrantRecord,
  step: Extract<GrantRule.Step, { readonly _tag: "Send" }>
): Effect.Effect<Issued | "again", SourceFailure> =>
  Effect.gen(function* () {
    const { payload } = step
    const firstSentAtMillis = step.firstSentAtMillis ?? (yield* Clock.currentTimeMillis)
    const mark = nextOf(record, "refreshing", payload, firstSentAtMillis)
    const marked = yield* stored("commit", flight.store.commit(flight.key, lease.fence, record.version, mark))
    if (marked !== "committed") return "again"
    yield* flight.onStep("marked")
    // only a token that was certainly never sent may be called unsent again
    const unmark =
      step.firstSentAtMillis === undefined
        ? Effect.ignore(commit(flight, lease, mark, nextOf(mark, "live", payload)))
        : Effect.void
    for (let sends = 1; ; sends++) {
      if ((yield* elapsedMillis(lease.from)) + flight.refreshTimeoutMillis > flight.leaseMillis) {
        if (sends > 1) return yield* unavailable("the answer to the refresh was lost")
        yield* unmark
        return "again"
      }
      const [answer] = yield* Effect.all([refreshOnce(flight, payload.tokens), flight.onStep("sent")], {
        concurrency: 2
      })
      if (answer._tag === "Refreshed") flight.kept = GrantPayload.successor(payload, answer.tokens)
      yield* flight.onStep("answered")
      if (answer._tag === "Refreshed") return yield* settleFirst(flight, ask, lease, mark)
      if (answer.outcome === "refused") {
        flight.refused = GrantPayload.versionOf(payload)
        return yield* underLease(flight, ask, lease, mark)
      }
      if (answer.outcome === "not-applied") {
        if (sends === 1) yield* unmark
        return yield* answer.failure
      }
      const now = yield* Clock.currentTimeMillis
      if (sends > 1 || !GrantRule.isInGrace(flight.profile, firstSentAtMillis, now)) return yield* answer.failure
    }
  })

type Answer = { readonly _tag: "Refreshed"; readonly tokens: Tokens } | RefreshFailed

const lost = (detail: string): RefreshFailed => ({
  _tag: "RefreshFailed",
  outcome: "lost",
  failure: new SourceFailure({ reason: "unavailable", detail })
})

/** Whatever else a refresh does, the token may have arrived. */
const refreshOnce = (flight: GrantFlight, tokens: Tokens): Effect.Effect<Answer> =>
  Effect.suspend(() => flight.refresh(tokens)).pipe(
    Effect.map((tokens): Answer => ({ _tag: "Refreshed", tokens })),
    Effect.timeoutOrElse({
      duration: flight.refreshTimeoutMillis,
      orElse: () => Effect.fail(lost(`no answer to the refresh in ${flight.refreshTimeoutMillis} ms`))
    }),
    Effect.catchDefect(() => Effect.fail(lost("the refresh died"))),
    Effect.catch((failed) => Effect.succeed<Answer>(failed))
  )

/** The usual way: the first commit is taken. If not, the tokens are kept until one is. */
const settleFirst = (
  flight: GrantFlight,
  ask: Ask,
  lease: GrantLease,
  mark: GrantRecord
): Effect.Effect<Issued | "again", SourceFailure> =>
  Effect.gen(function* () {
    const { kept } = flight
    if (kept === undefined) return "again"
    const done = yield* Effect.catchCause(commit(flight, lease, mark, nextOf(mark, "live", kept)), () =>
      Effect.succeed("failed" as const)
    )
    if (done === "committed") {
      yield* onCommitted(flight, kept, `${ask.because} refresh`)
      return GrantPayload.toIssued(kept)
    }
    yield* settled(flight)
    return "again"
  })

const settled = (flight: GrantFlight): Effect.Effect<void, SourceFailure> =>
  Effect.timeoutOrElse(keepTrying(flight), { duration: patienceMillis, orElse: () => Effect.void }).pipe(
    Effect.flatMap(() =>
      flight.kept === undefined
        ? Effect.void
        : unavailable("new tokens are kept in memory until the grant store takes them", 1000)
    )
  )

/** One attempt; how long to wait before the next. */
const settleOnce = (flight: GrantFlight, kept: GrantPayload.GrantPayload): Effect.Effect<number, GrantStoreFailure> =>
  Effect.gen(function* () {
    const from = yield* instant
    const got = yield* answered("acquire", flight.store.acquire(flight.key, flight.leaseMillis))
    if (got._tag === "Held") return Math.min(flight.pollMillis, got.leftMillis)
    const lease: GrantLease = { fence: got.fence, from }
    const { record } = got
    return yield* Effect.ensuring(
      Effect.gen(function* () {
        const payload = record === undefined ? undefined : GrantPayload.decode(record)
        if (record === undefined || GrantRule.settle(kept, record, payload) === "Drop") {
          flight.kept = undefined
          return 0
        }
        const done = yield* commit(flight, lease, record, nextOf(record, "live", kept))
        if (done === "committed") yield* onCommitted(flight, kept, "refresh")
        return flight.pollMillis
      }),
      release(flight, lease)
    )
  })

const onCommitted = (flight: GrantFlight, kept: GrantPayload.GrantPayload, purpose: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    flight.kept = undefined
    return Effect.andThen(GrantTrail.record(flight.trail, "refreshed", kept, purpose), flight.onStep("committed"))
  })

/**
 * Told first, noted as told 3 s later, under the same lease: auditors write in batches, and a process that is killed
 * before its batch is written leaves the telling to the next holder, whose event has the same id.
 */
const announce = (
  flight: GrantFlight,
  ask: Ask,
  lease: GrantLease,
  dead: GrantRecord,
  payload: GrantPayload.GrantPayload,
  why?: string
): Effect.Effect<never, SourceFailure> =>
  Effect.gen(function* () {
    yield* GrantTrail.record(flight.trail, "reauthorize", payload, `${ask.because} refresh`, why)
    const told = { lease, dead }
    flight.told = told
    const leftMillis = flight.leaseMillis - (yield* elapsedMillis(lease.from))
    const later = Effect.andThen(
      Effect.sleep(Math.max(0, Math.min(tellingMillis, leftMillis / 2))),
      Effect.suspend(() => (flight.told === told ? noteTold(flight) : Effect.void))
    )
    yield* Effect.forkDetach(later)
    return yield* failureOf({ why: "dead", retryAfterMillis: undefined })
  })

const commit = (
  flight: GrantFlight,
  lease: GrantLease,
  record: GrantRecord,
  next: GrantRecord
): Effect.Effect<Committed, GrantStoreFailure> =>
  answered("commit", flight.store.commit(flight.key, lease.fence, record.version, next))

const release = (flight: GrantFlight, lease: GrantLease): Effect.Effect<void> =>
  Effect.suspend(() =>
    flight.told?.lease === lease
      ? Effect.void
      : Effect.andThen(
          Effect.ignore(answered("release", flight.store.release(flight.key, lease.fence))),
          flight.onStep("released")
        )
  )

const nextOf = (
  record: GrantRecord,
  state: GrantRecord["state"],
  payload: GrantPayload.GrantPayload,
  refreshStartedAtMillis?: number
): GrantRecord => ({
  version: record.version + 1,
  state,
  payload: GrantPayload.encode(payload),
  refreshStartedAtMillis,
  announced: "no"
})

const words: Record<GrantRule.Why, readonly [SourceFailure["reason"], string]> = {
  missing: ["reauthorize", "no grant has been put under this key"],
  dead: ["reauthorize", "the grant has ended; a person has to give a new one"],
  unreadable: ["misconfigured", "the record of the grant cannot be read"],
  "in-doubt": ["unavailable", "a refresh was begun and its answer is not known; the access token is used to its end"],
  "not-yet": ["unavailable", "there is no refresh token; the access token is used to its end"]
}

const failureOf = (step: {
  readonly why: GrantRule.Why
  readonly retryAfterMillis: number | undefined
}): SourceFailure =>
  new SourceFailure({
    reason: words[step.why][0],
    detail: words[step.why][1],
    ...(step.retryAfterMillis === undefined ? {} : { retryAfterMillis: step.retryAfterMillis })
  })

const unavailable = (detail: string, retryAfterMillis?: number): SourceFailure =>
  new SourceFailure({
    reason: "unavailable",
    detail,
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis })
  })
