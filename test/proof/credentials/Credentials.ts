/** The whole proof: the storm, the crashes, the flips, and the search of everything that was written meanwhile. */
import * as Crash from "./Crash.ts"
import * as Flip from "./Flip.ts"
import { Ground } from "./Ground.ts"
import * as Report from "./Report.ts"
import type { Leak } from "./Secrets.ts"
import * as Storm from "./Storm.ts"
import type * as Stores from "./Stores.ts"

export const parts = ["all", "storm", "crash", "flip"] as const

export interface Options {
  readonly processes: number
  readonly fibers: number
  readonly rounds: number
  readonly store: Stores.Kind
  readonly trafficSeconds: number
  readonly seconds: number
  readonly perSecond: number
  readonly only: (typeof parts)[number]
  readonly progress: (line: string) => void
}

/** What was found, part by part; a part that was not run is absent. */
export interface Found {
  readonly storm: Storm.Found | undefined
  readonly crashes: ReadonlyArray<Crash.Found> | undefined
  readonly flips: ReadonlyArray<Flip.Found> | undefined
  readonly leaks: ReadonlyArray<Leak>
  readonly searched: Ground["searched"]
  readonly seconds: { readonly storm: number; readonly crash: number; readonly flip: number }
}

export interface Outcome {
  readonly holds: boolean
  readonly figures: Report.Figures
  readonly text: string
}

export const run = async (options: Options): Promise<Outcome> => {
  const ground = new Ground(options.progress)
  const wants = (part: Options["only"]) => options.only === "all" || options.only === part
  try {
    const storm = await timed(wants("storm") ? () => Storm.run(ground, options) : undefined)
    const crashes = await timed(wants("crash") ? () => Crash.run(ground, crashOptions(options)) : undefined)
    const flips = await timed(wants("flip") ? () => allFlips(ground, options) : undefined)
    const seconds = { storm: storm.seconds, crash: crashes.seconds, flip: flips.seconds }
    const without = { storm: storm.found, crashes: crashes.found, flips: flips.found, seconds }
    // what is about to be printed is searched as well
    const before: Found = { ...without, leaks: [], searched: ground.searched }
    ground.heard("the figures", JSON.stringify(Report.figures(before)) + Report.text(before))
    const found: Found = { ...without, leaks: ground.leaks(), searched: ground.searched }
    const holds =
      found.leaks.length === 0 &&
      (found.storm === undefined || Storm.holds(found.storm)) &&
      (found.crashes === undefined || Crash.holds(found.crashes)) &&
      (found.flips === undefined || found.flips.every((flip) => Flip.holds(flip, options)))
    return {
      holds,
      figures: Report.figures(found),
      text: `${Report.text(found)}\n${holds ? "It holds." : "It does not hold."}\n`
    }
  } finally {
    await ground.close()
  }
}

const crashOptions = ({ store }: Options): Crash.Options => ({
  store,
  waiting: 3,
  fibers: 5,
  revival: "waited for"
})

const allFlips = async (ground: Ground, options: Flip.Options): Promise<ReadonlyArray<Flip.Found>> => {
  const found: Array<Flip.Found> = []
  // one after another: each has the machine for itself
  for (const how of Flip.hows) {
    for (const cut of Flip.cuts) found.push(await Flip.run(ground, how, cut, options))
  }
  return found
}

const timed = async <A>(run: (() => Promise<A>) | undefined) => {
  const from = performance.now()
  const found = run === undefined ? undefined : await run()
  return { found, seconds: Math.round((performance.now() - from) / 1_000) }
}
