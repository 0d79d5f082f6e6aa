/**
 * Kill -9 of the process that holds the lease, at every place of a refresh, while other processes wait for it: with the
 * certified server, where a refresh token that comes twice ends the grant, and with one that forgives for a while.
 *
 * In most of them the access token has ended, so that calls wait for the refresh; in four it is renewed in good time, and
 * calls go on with it.
 *
 * What must hold: no call fails while the access token is good; the grant survives and no call of the others fails, or, where the server has rotated and nobody has
 * kept what it gave, the grant ends: told to every caller, audited once over all processes, and asked for no more.
 */
import { join } from "node:path"
import type { Child } from "./Child.ts"
import type { Audited, Call, GrantConfig, Put, Stored } from "./Grant.ts"
import type { Ground } from "./Ground.ts"
import * as Issuer from "./Issuer.ts"
import type { Ended } from "./Observed.ts"
import { isStep, mayEnd, type Place, places, placesInTime } from "./Steps.ts"
import type * as Stores from "./Stores.ts"
import * as Trail from "./Trail.ts"

export interface Options {
  readonly store: Stores.Kind
  /** Processes that wait. */
  readonly waiting: number
  readonly fibers: number
  /** Whether to wait until a person's new grant is found in the place of one that ended: half a minute. */
  readonly revival: "waited for" | "left out"
}

export interface Found {
  readonly server: Issuer.Issuer["name"]
  readonly place: Place
  /** The access token when the holder is killed. */
  readonly token: Token
  readonly end: "survived" | "reauthorize" | "neither"
  readonly verdict: "as promised" | "broken"
  /** Requests to the token endpoint, the killed one's included. */
  readonly refreshes: number
  /** Those that came after the first answer to the processes that waited. */
  readonly refreshesAfter: number
  /** Events of the grant's end, over all processes, as they were told. */
  readonly auditEvents: number
  /** Events of it in the database, where the store is one. */
  readonly auditRows: number | undefined
  /** Calls while the token that the holder was to renew was still good. */
  readonly before: { readonly calls: number; readonly failed: number }
  readonly okCalls: number
  readonly failedCalls: number
  readonly failures: Readonly<Record<string, number>>
  /** How the calls went after a person had put a new grant in the place of one that ended. */
  readonly revived: "yes" | "no" | undefined
  /** From the kill to the first answer to those who waited. */
  readonly recoveredMillis: number
}

export type Token = "ended" | "good"

const atOnce = 5
/** How long a dead process keeps the others waiting. */
const lease = { leaseMillis: 3_000, timeoutMillis: 1_500 }
/** One token outlasts a scene. */
const longLifeSeconds = 60
/**
 * A token of 16 seconds is renewed after 11.2 to 11.7, calls wait for that from 13.6 on, and it is used until 14.4; the
 * lease of a process that is killed as soon as it has begun ends at about 14.
 */
const shortLifeSeconds = 16
const advisoryMillis = 11_750
const mandatoryMillis = 13_600
const endOfUseMillis = 14_400
const shortLease = { leaseMillis: 2_200, timeoutMillis: 900 }
const graceMillis = 20_000

export const run = async (ground: Ground, options: Options): Promise<ReadonlyArray<Found>> => {
  const store = await ground.store(options.store)
  const names = Array.from({ length: options.waiting }, (_, index) => `waiting-${index + 1}`)
  const start = (name: string) => ground.child(name, "grant-process.ts", { name, store: store.address })
  const waiting = await Promise.all(names.map(start))
  const scenes = (["good", "ended"] as const).flatMap((token) =>
    (["oidc", "grace"] as const).flatMap((server) =>
      (token === "good" ? placesInTime : places).map((place): Scene => ({ server, place, token, waiting, start }))
    )
  )
  const found: Array<Found> = []
  let next = 0
  const play = async (): Promise<void> => {
    for (let at = next++; at < scenes.length; at = next++) {
      const scene = scenes[at]
      if (scene === undefined) return
      const end = await killAt(ground, options, scene)
      found[at] = end
      ground.progress(
        `crash on ${options.store}: ${scene.server}, ${scene.place}, token ${scene.token}: ${end.end}, ${end.verdict}`
      )
    }
  }
  try {
    // each has a grant, a server and a dying process of its own; those who wait are the same
    await Promise.all(Array.from({ length: atOnce }, play))
  } finally {
    await Promise.all(waiting.map((child) => child.stop()))
  }
  return found
}

interface Scene {
  readonly server: Issuer.Issuer["name"]
  readonly place: Place
  readonly token: Token
  readonly waiting: ReadonlyArray<Child>
  readonly start: (name: string) => Promise<Child>
}

const killAt = async (ground: Ground, options: Options, scene: Scene): Promise<Found> => {
  const { place, server, token, waiting } = scene
  const key = `crash/${server}/${place}/${token}`
  const lifeSeconds = token === "good" ? shortLifeSeconds : longLifeSeconds
  const trail = join(ground.folder, `${key.replaceAll("/", "-")}.jsonl`)
  const issuer = await (server === "oidc"
    ? Issuer.oidc(ground.secrets, lifeSeconds)
    : Issuer.grace(ground.secrets, lifeSeconds * 1_000, graceMillis))
  const holder = await scene.start(`holder of ${key}`)
  try {
    const config: GrantConfig = {
      key,
      trail,
      ...issuer.address,
      graceMillis: issuer.graceMillis,
      lease: token === "good" ? shortLease : lease
    }
    await holder.ask("put", { key, refreshToken: await issuer.mint() } satisfies Put)
    await Promise.all(waiting.map((child) => child.ask("open", config)))
    await holder.ask("open", { ...config, stopAt: isStep(place) ? place : undefined } satisfies GrantConfig)

    const call: Call = { key, fibers: options.fibers }
    const all = (asked: Call) => waiting.map((child) => child.ask<Ended>("call", asked))
    if (token === "good") {
      await Promise.all(all(call))
      await holder.ask("call", call)
    }
    const bornAt = Date.now() - issuer.ageMillis()
    const untilAge = (millis: number) => bornAt + millis - Date.now()
    if (token === "good") await pause(untilAge(advisoryMillis))
    // a call that begins in the mandatory window may wait beyond the end
    const forMillis = untilAge(mandatoryMillis) - 300
    const refreshed = issuer.seen.refreshes
    const stop = stopAt(issuer, holder, place)
    // it ends with its process
    holder.ask("call", call).catch(() => {})
    await stop.reached
    const meanwhile = token === "good" ? all({ ...call, forMillis }) : []
    let waited = token === "good" ? [] : all(call)
    // they have looked at the store by now, and found the lease held
    await pause(400)
    await holder.kill()
    const killedAt = performance.now()
    stop.goOn()
    const served = await Promise.all(meanwhile)
    if (token === "good") {
      await pause(untilAge(endOfUseMillis) + 50)
      waited = all(call)
    }
    const first = await Promise.race(waited.map((one) => one.then(() => performance.now() - killedAt)))
    const ends = await Promise.all(waited)
    const before = issuer.seen.refreshes
    // whoever is in a loop is seen now
    for (let more = 0; more < 4; more++) {
      await pause(250)
      ends.push(...(await Promise.all(waiting.map((child) => child.ask<Ended>("call", call)))))
    }
    const stored = await waiting[0]?.ask<Stored>("stored", { key })
    // the buffer before the database is emptied every second
    if (options.store !== "redis") await pause(1_500)
    const rows = await waiting[0]?.ask<Audited>("audited", { key, kind: "reauthorize" })
    const summary = summed(ends, stored?.state)
    const found = {
      server,
      place,
      token,
      ...summary,
      before: callsOf(served),
      refreshes: issuer.seen.refreshes - refreshed,
      refreshesAfter: issuer.seen.refreshes - before,
      auditEvents: Trail.read(trail).filter(({ kind }) => kind === "reauthorize").length,
      auditRows: rows?.rows,
      recoveredMillis: Math.round(first),
      revived:
        options.revival === "waited for" && summary.end === "reauthorize"
          ? await revive(key, issuer, waiting, call)
          : undefined
    }
    return { ...found, verdict: isAsPromised(found, issuer.graceMillis) ? "as promised" : "broken" }
  } finally {
    await holder.kill()
    ground.trail(trail)
    await issuer.close()
  }
}

/** A dead grant's source is looked at every 30 seconds; nobody restarts anything. */
const revive = async (
  key: string,
  issuer: Issuer.Issuer,
  waiting: ReadonlyArray<Child>,
  call: Call
): Promise<"yes" | "no"> => {
  await waiting[0]?.ask("put", { key, refreshToken: await issuer.mint() } satisfies Put)
  const before = issuer.seen.refreshes
  await pause(31_000)
  const ends = await Promise.all(waiting.map((child) => child.ask<Ended>("call", call)))
  return issuer.seen.refreshes === before + 1 && ends.every(({ ok }) => ok === call.fibers) ? "yes" : "no"
}

/** Stops the refresh of the holder at the place, wherever that is. */
const stopAt = (issuer: Issuer.Issuer, holder: Child, place: Place) => {
  if (isStep(place)) return { reached: holder.next("stopped"), goOn: () => {} }
  const reached = Promise.withResolvers<void>()
  const dead = Promise.withResolvers<void>()
  const once = async () => {
    // only the first request is stopped
    issuer.gate(undefined)
    reached.resolve()
    await dead.promise
  }
  issuer.gate(
    place === "judged"
      ? { judged: once }
      : { arrived: async () => (await once(), place === "lost" ? ("lose" as const) : ("judge" as const)) }
  )
  return { reached: reached.promise, goOn: dead.resolve }
}

const callsOf = (ends: ReadonlyArray<Ended>): Found["before"] => {
  const { failedCalls, okCalls } = summed(ends, undefined)
  return { calls: okCalls + failedCalls, failed: failedCalls }
}

const summed = (ends: ReadonlyArray<Ended>, state: string | undefined) => {
  const failures: Record<string, number> = {}
  let okCalls = 0
  let failedCalls = 0
  for (const { failed, ok } of ends) {
    okCalls += ok
    for (const [name, count] of Object.entries(failed)) {
      failedCalls += count
      failures[name] = (failures[name] ?? 0) + count
    }
  }
  const survived = failedCalls === 0 && okCalls > 0 && state === "live"
  const ended = okCalls === 0 && state === "dead" && Object.keys(failures).join() === unavailable
  const end: Found["end"] = survived ? "survived" : ended ? "reauthorize" : "neither"
  return { end, okCalls, failedCalls, failures }
}

const unavailable = "NotAttempted(CredentialUnavailable)"

/** A request more than the one that was killed, and none once the others know. */
const isAsPromised = (found: Omit<Found, "verdict">, graceMillis: number): boolean => {
  if (found.revived === "no" || (found.auditRows ?? found.auditEvents) !== found.auditEvents) return false
  if (found.refreshes > 2 || found.refreshesAfter > 0 || found.before.failed > 0) return false
  if (found.end === "survived") return found.auditEvents === 0
  return found.end === "reauthorize" && mayEnd(found.place, graceMillis) && found.auditEvents === 1
}

export const holds = (found: ReadonlyArray<Found>): boolean =>
  found.length === 2 * (places.length + placesInTime.length) && found.every(({ verdict }) => verdict === "as promised")

const pause = (millis: number): Promise<void> => new Promise((done) => setTimeout(done, Math.max(0, millis)))
