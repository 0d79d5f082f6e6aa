/**
 * Interleaved turns: A B C, A B C, … a fraction of a second each, so that every case is measured under the same weather
 * as its rivals. Several sets of fresh processes, because two runs of one program are not compiled alike.
 */
import { open, type Program } from "./Child.ts"
import type { Collected } from "./Collector.ts"

/** What a case gave, turn by turn over all sets, and what its collector did in each set. */
export interface Results<A> {
  readonly turns: ReadonlyArray<A>
  readonly sets: ReadonlyArray<{ readonly turns: ReadonlyArray<A>; readonly collected: Collected }>
}

export interface Plan {
  readonly sets: number
  readonly turns: number
}

/** Lets the cases take turns; `argsOf` says how the program is started for a case. */
export const interleave = async <Name extends string, A>(
  names: ReadonlyArray<Name>,
  { sets, turns }: Plan,
  program: string,
  argsOf: (name: Name) => ReadonlyArray<string>
): Promise<Readonly<Record<Name, Results<A>>>> => {
  const found = new Map<Name, Array<{ readonly turns: Array<A>; readonly collected: Collected }>>()
  for (const name of names) found.set(name, [])
  for (let set = 0; set < sets; set++) {
    const running: Array<{ readonly name: Name; readonly program: Program<A>; readonly turns: Array<A> }> = []
    for (const name of names) running.push({ name, program: await open<A>(program, argsOf(name)), turns: [] })
    for (let turn = 0; turn < turns; turn++) {
      for (const one of running) one.turns.push(await one.program.turn())
    }
    for (const one of running) found.get(one.name)!.push({ turns: one.turns, collected: await one.program.end() })
  }
  const results = names.map((name): [Name, Results<A>] => {
    const all = found.get(name)!
    return [name, { sets: all, turns: all.flatMap((set) => set.turns) }]
  })
  // `fromEntries` forgets the names that `results` has
  return Object.fromEntries(results) as unknown as Record<Name, Results<A>>
}
