/**
 * A static key that is flipped in mid-traffic: 500 calls a second run on while the provider stops taking one key and
 * takes another, without overlap (`hard`: from one request to the next, at the moment at which the program is given the new key;
 * `early`: the program is given it a second before) and with it. The program is given it through a mounted file or by
 * `StaticSource.replace`. There are two flips in each run.
 *
 * What must hold: no call fails, and those that were under way at the flip finish.
 */
import { randomBytes } from "node:crypto"
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { FlipConfig, Traffic } from "./flip-process.ts"
import type { Ground } from "./Ground.ts"
import { json, listen } from "./Issuer.ts"

export interface Options {
  readonly perSecond: number
  readonly seconds: number
}

export type How = "file" | "replace"
export type Cut = "hard" | "early" | "overlap"

export const hows: ReadonlyArray<How> = ["file", "replace"]
export const cuts: ReadonlyArray<Cut> = ["hard", "early", "overlap"]

export interface Found {
  readonly how: How
  readonly cut: Cut
  readonly flips: number
  readonly calls: number
  readonly perSecond: number
  readonly seconds: number
  readonly failedCalls: number
  readonly failures: Readonly<Record<string, number>>
  /** Calls that were under way at the flips, and how many of them got their answer. */
  readonly inFlight: number
  readonly inFlightAnswered: number
  /** Requests that the provider turned away; each was sent again with another key. */
  readonly unauthorized: number
  /** From the moment at which the provider took the new key to the last request with an old one, the longest. */
  readonly oldKeySeenMillis: number
  readonly p99Millis: number
  readonly worstMillis: number
}

/** How long the provider takes for an answer, so that there are calls under way at any time. */
const answerMillis = 30
/** How long the program has the new key before the provider takes it alone. */
const leadMillis: Readonly<Record<Cut, number>> = { hard: 0, early: 1_000, overlap: 1_500 }

export const run = async (ground: Ground, how: How, cut: Cut, options: Options): Promise<Found> => {
  const keys = [1, 2, 3].map((n) => ground.secrets.add("key", `sk_v${n}_${randomBytes(24).toString("base64url")}`))
  const trail = join(ground.folder, `flip-${how}-${cut}.jsonl`)
  const server = await provider(keys[0] ?? "")
  const volume = mount(join(ground.folder, `volume-${how}-${cut}`))
  volume.swap(keys[0] ?? "")
  const { file, previousFile } = volume
  const config: FlipConfig = { name: `flip-${how}-${cut}`, trail, apiUrl: server.url, how, file, previousFile }
  const child = await ground.child(config.name, "flip-process.ts", { ...config, first: keys[0] })
  try {
    const traffic = child.ask<Traffic>("traffic", options)
    const lead = leadMillis[cut]
    // before, between and after the two flips
    const third = Math.max(100, (options.seconds * 1_000 - 2 * lead) / 3)
    for (const next of keys.slice(1)) {
      await pause(third)
      ground.progress(
        `flip by ${how}, ${cut}: ${server.seen.requests} requests, ${server.seen.unauthorized} turned away`
      )
      if (cut === "overlap") server.alsoTake(next)
      if (how === "file") {
        await server.busy()
        volume.swap(next)
      } else await child.ask("replace", { secret: next })
      if (lead > 0) await pause(lead)
      if (cut !== "hard" || how !== "file") await server.busy()
      // nothing happens between the swap of the file and this line: a hard flip is one step for whoever asks
      server.takeOnly(next)
    }
    const { failures, launchedMillis, millis, ok } = await traffic
    const failedCalls = Object.values(failures).reduce((all, count) => all + count, 0)
    const latencies = millis.toSorted((a, b) => a - b)
    return {
      how,
      cut,
      flips: server.seen.flips,
      calls: ok + failedCalls,
      perSecond: Math.round(((ok + failedCalls) / launchedMillis) * 1_000),
      seconds: options.seconds,
      failedCalls,
      failures,
      inFlight: server.seen.inFlight,
      inFlightAnswered: server.seen.inFlightAnswered,
      unauthorized: server.seen.unauthorized,
      oldKeySeenMillis: server.seen.oldKeySeenMillis,
      p99Millis: Math.round(latencies[Math.floor(latencies.length * 0.99)] ?? 0),
      worstMillis: Math.round(latencies.at(-1) ?? 0)
    }
  } finally {
    await child.stop()
    ground.trail(trail)
    await server.close()
  }
}

/** Does it hold, at the rate that was asked for? */
export const holds = (found: Found, { perSecond, seconds }: Options): boolean =>
  found.failedCalls === 0 &&
  found.flips === 2 &&
  found.inFlight > 0 &&
  found.inFlightAnswered === found.inFlight &&
  found.calls >= perSecond * seconds &&
  // the machine may be slow, but not so slow that it is another load
  found.perSecond >= perSecond * 0.9

/** A provider that takes the keys of the moment, judged when the request arrives. */
const provider = async (first: string) => {
  let taken: ReadonlyArray<string> = [first]
  let newest = first
  let knownAt = 0
  const old = new Set<string>()
  const running = new Set<{ flipped: "no" | "yes" }>()
  const seen = { requests: 0, unauthorized: 0, flips: 0, inFlight: 0, inFlightAnswered: 0, oldKeySeenMillis: 0 }
  const server = await listen(async (request, response) => {
    seen.requests++
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? ""
    if (old.has(given)) {
      seen.oldKeySeenMillis = Math.max(seen.oldKeySeenMillis, Math.round(performance.now() - knownAt))
    }
    if (!taken.includes(given)) {
      seen.unauthorized++
      return json(response, 401, { error: "invalid_key" })
    }
    const call: { flipped: "no" | "yes" } = { flipped: "no" }
    running.add(call)
    await pause(answerMillis)
    running.delete(call)
    if (call.flipped === "yes" && !response.destroyed) seen.inFlightAnswered++
    json(response, 200, { client: "proof", scope: "openid" })
  })
  const know = (next: string) => {
    if (next === newest) return
    old.add(newest)
    newest = next
    knownAt = performance.now()
  }
  return {
    ...server,
    seen,
    /** Waits for a call to be under way, so that there is one to lose. */
    busy: async () => {
      for (let waited = 0; running.size === 0 && waited < 1_000; waited++) await pause(1)
    },
    alsoTake: (next: string) => {
      taken = [...taken, next]
      know(next)
    },
    takeOnly: (next: string) => {
      taken = [next]
      know(next)
      seen.flips++
      seen.inFlight += running.size
      for (const call of running) call.flipped = "yes"
    }
  }
}

/** A volume as Kubernetes mounts it: `key` -> `..data/key`, and `..data` is a link that is swapped in one step. */
const mount = (folder: string) => {
  let version = 0
  let before: string | undefined
  mkdirSync(folder, { recursive: true })
  for (const name of ["key", "previous"]) symlinkSync(`..data/${name}`, join(folder, name))
  return {
    file: join(folder, "key"),
    previousFile: join(folder, "previous"),
    swap: (key: string) => {
      const name = `..v${++version}`
      mkdirSync(join(folder, name))
      // mounted by tools that end a text with a line break
      writeFileSync(join(folder, name, "key"), `${key}\n`, { mode: 0o600 })
      if (before !== undefined) writeFileSync(join(folder, name, "previous"), `${before}\n`, { mode: 0o600 })
      before = key
      symlinkSync(name, join(folder, "..next"))
      renameSync(join(folder, "..next"), join(folder, "..data"))
    }
  }
}

const pause = (millis: number): Promise<void> => new Promise((done) => setTimeout(done, millis))
