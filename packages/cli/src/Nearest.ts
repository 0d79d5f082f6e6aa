/**
 * The name that somebody probably meant.
 *
 * Neighbours: Effect's CLI does the same for flags and commands, and exports it to nobody.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * The nearest of some names, if one is near: a third of its letters may differ, or it begins the same way.
 *
 * **Example** (A letter is missing)
 *
 * ```ts import.meta.vitest
 * import { nearest } from "@surety/cli/Nearest"
 *
 * nearest("getChrge", ["getCharge", "refund"]) // => "getCharge"
 * nearest("delete", ["getCharge", "refund"]) // => undefined
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const nearest = (name: string, names: ReadonlyArray<string>): string | undefined => {
  const lower = name.toLowerCase()
  const [best] = names
    .map((one) => ({ one, far: one.toLowerCase().startsWith(lower) ? 0 : distance(lower, one.toLowerCase()) }))
    .filter(({ far, one }) => far <= Math.floor(one.length / 3))
    .sort((a, b) => a.far - b.far)
  return best?.one
}

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
