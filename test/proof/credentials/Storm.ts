/**
 * The expiry storm: processes that share one grant, with many fibers each, all of which need the access token at the
 * moment at which it has ended; round after round, against the certified server with rotation and reuse detection.
 *
 * What must hold: the server sees one refresh per expiry, refuses none, and no call fails.
 */
import { join } from "node:path"
import type { Child } from "./Child.ts"
import type { Call, GrantConfig, Put, Stored } from "./Grant.ts"
import * as Issuer from "./Issuer.ts"
import type { Ended } from "./Observed.ts"
import type { Ground } from "./Ground.ts"
import type * as Stores from "./Stores.ts"
import * as Trail from "./Trail.ts"

export interface Options {
  readonly processes: number
  readonly fibers: number
  readonly rounds: number
  readonly store: Stores.Kind
  /** How long the traffic after the rounds lasts. */
  readonly trafficSeconds: number
}

export interface Found {
  readonly processes: number
  readonly fibers: number
  readonly rounds: number
  readonly store: Stores.Kind
  /** Access tokens that had ended when the processes were let go. */
  readonly expiries: number
  readonly calls: number
  readonly refreshesSeenByServer: number
  readonly refreshesGranted: number
  /** Events of a refresh in the audit trail of all processes together. */
  readonly refreshesAudited: number
  /** The most refreshes that the server saw for one expiry. */
  readonly mostInARound: number
  readonly invalidGrant: number
  readonly unauthorized: number
  readonly failedCalls: number
  readonly failures: Readonly<Record<string, number>>
  readonly deadGrants: number
  /** The same processes with traffic all the time, so that tokens are renewed before, at and after their end. */
  readonly traffic: Traffic
  /** From letting go to the end of the last call, over the rounds. */
  readonly roundMillis: { readonly median: number; readonly worst: number }
  readonly seconds: number
}

/** **Details**   `soonestMillis`: the shortest time between two refreshes; a token is renewed once in its life. */
export interface Traffic {
  readonly seconds: number
  readonly calls: number
  readonly failedCalls: number
  readonly refreshes: number
  readonly soonestMillis: number
}

/** Whole seconds, because that is what the server counts in; a token of 1 second may be over when it arrives. */
const accessTokenSeconds = 2
const key = "storm"

export const run = async (ground: Ground, options: Options): Promise<Found> => {
  const began = performance.now()
  const trail = join(ground.folder, `storm-${options.store}.jsonl`)
  const store = await ground.store(options.store)
  const issuer = await Issuer.oidc(ground.secrets, accessTokenSeconds)
  const children: Array<Child> = []
  const rounds: Array<{ readonly millis: number; readonly refreshes: number }> = []
  const failures: Record<string, number> = {}
  let calls = 0
  let expiries = 0
  let dead = 0
  let inRounds = 0
  let traffic: Traffic = { seconds: 0, calls: 0, failedCalls: 0, refreshes: 0, soonestMillis: 0 }
  try {
    const numbers = Array.from({ length: options.processes }, (_, index) => index + 1)
    const start = (n: number) =>
      ground.child(`storm-${n}`, "grant-process.ts", { name: `storm-${n}`, store: store.address })
    children.push(...(await Promise.all(numbers.map(start))))
    // a person's grant: its access token has ended, so that the first round is an expiry as well
    await children[0]?.ask("put", { key, refreshToken: await issuer.mint() } satisfies Put)
    const config: GrantConfig = { key, trail, ...issuer.address, graceMillis: issuer.graceMillis }
    await Promise.all(children.map((child) => child.ask("open", config)))
    for (let round = 1; round <= options.rounds; round++) {
      await until(issuer.newestEndsAt() + 25)
      const before = issuer.seen.refreshes
      const from = performance.now()
      if (issuer.newestEndsAt() < Date.now()) expiries++
      const ends = await Promise.all(
        children.map((child) => child.ask<Ended>("call", { key, fibers: options.fibers } satisfies Call))
      )
      rounds.push({ millis: performance.now() - from, refreshes: issuer.seen.refreshes - before })
      calls += count(ends, failures)
      ground.progress(
        `storm on ${options.store}: round ${round} of ${options.rounds}, ${issuer.seen.refreshes} refreshes, ${sum(failures)} failed calls`
      )
    }
    inRounds = issuer.seen.refreshes
    const first = issuer.seen.refreshedAt.length
    const forMillis = options.trafficSeconds * 1_000
    const ends = await Promise.all(
      children.map((child) => child.ask<Ended>("call", { key, fibers: options.fibers, forMillis } satisfies Call))
    )
    traffic = trafficOf(options.trafficSeconds, ends, issuer.seen.refreshedAt.slice(first - 1), failures)
    const stored = await children[0]?.ask<Stored>("stored", { key })
    if (stored?.state !== "live") dead++
  } finally {
    await Promise.all(children.map((child) => child.stop()))
    await issuer.close()
  }
  ground.trail(trail)
  const events = Trail.read(trail)
  const millis = rounds.map((round) => round.millis).toSorted((a, b) => a - b)
  return {
    ...options,
    expiries,
    calls,
    refreshesSeenByServer: inRounds,
    traffic,
    refreshesGranted: issuer.seen.granted,
    refreshesAudited: events.filter(({ kind }) => kind === "refreshed").length,
    mostInARound: Math.max(0, ...rounds.map(({ refreshes }) => refreshes)),
    invalidGrant: issuer.seen.invalidGrant,
    unauthorized: issuer.seen.unauthorized,
    failedCalls: sum(failures),
    failures,
    deadGrants: Math.max(dead, new Set(events.filter(({ kind }) => kind === "reauthorize").map(({ id }) => id)).size),
    roundMillis: { median: Math.round(millis[millis.length >> 1] ?? 0), worst: Math.round(millis.at(-1) ?? 0) },
    seconds: Math.round((performance.now() - began) / 1_000)
  }
}

/** Does it hold? Nothing is allowed for. */
export const holds = (found: Found): boolean =>
  found.rounds > 0 &&
  found.expiries === found.rounds &&
  found.calls === found.rounds * found.processes * found.fibers &&
  found.refreshesSeenByServer === found.expiries &&
  found.traffic.refreshes >= Math.floor(found.traffic.seconds / accessTokenSeconds) &&
  // the server counts in whole seconds, and may end a token of two of them after one
  found.traffic.soonestMillis >= 900 &&
  found.mostInARound === 1 &&
  found.refreshesAudited === found.refreshesGranted &&
  found.invalidGrant === 0 &&
  found.failedCalls === 0 &&
  found.deadGrants === 0

const trafficOf = (
  seconds: number,
  ends: ReadonlyArray<Ended>,
  refreshedAt: ReadonlyArray<number>,
  failures: Record<string, number>
): Traffic => {
  const own: Record<string, number> = {}
  const calls = count(ends, own)
  for (const [name, times] of Object.entries(own)) failures[name] = (failures[name] ?? 0) + times
  const gaps = refreshedAt.slice(1).map((at, index) => at - (refreshedAt[index] ?? at))
  return {
    seconds,
    calls,
    failedCalls: sum(own),
    refreshes: gaps.length,
    soonestMillis: gaps.length === 0 ? 0 : Math.min(...gaps)
  }
}

/** How many calls there were; their failures are added up by name. */
const count = (ends: ReadonlyArray<Ended>, failures: Record<string, number>): number => {
  let calls = 0
  for (const { failed, ok } of ends) {
    calls += ok + sum(failed)
    for (const [name, times] of Object.entries(failed)) failures[name] = (failures[name] ?? 0) + times
  }
  return calls
}

const until = (at: number): Promise<void> => new Promise((done) => setTimeout(done, Math.max(0, at - Date.now())))

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0)
