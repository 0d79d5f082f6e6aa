/**
 * Interleaved rounds: A B C, A B C, … so that each case is measured under the same weather as its rivals.
 */

/** Measures every case once per round and gives each case's results in order of rounds. */
export const interleave = async <Name extends string, A>(
  names: ReadonlyArray<Name>,
  rounds: number,
  measureOnce: (name: Name) => Promise<A>
): Promise<Readonly<Record<Name, ReadonlyArray<A>>>> => {
  const results = Object.fromEntries(names.map((name) => [name, [] as Array<A>])) as unknown as Record<Name, Array<A>>
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name].push(await measureOnce(name))
  }
  return results
}
