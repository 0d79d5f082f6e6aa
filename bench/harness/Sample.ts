/**
 * Arithmetic over rounds: the median of a case, the ratio of two cases, and how far the rounds lie apart.
 *
 * Rounds are paired: round `i` of one case ran right next to round `i` of the other, so a busy machine slows both and
 * the ratio of a pair holds where the times do not. Pure; it never measures anything.
 */

/** What several rounds say about one number. */
export interface Sample {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** The middle of the values; of an even count, the mean of the two in the middle. */
export const median = (values: ReadonlyArray<number>): number => {
  if (values.length === 0) return NaN
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

export const sample = (values: ReadonlyArray<number>): Sample => ({
  median: median(values),
  low: Math.min(...values),
  high: Math.max(...values)
})

/** The ratio of each pair of rounds. */
export const ratio = (numerators: ReadonlyArray<number>, denominators: ReadonlyArray<number>): Sample =>
  sample(numerators.map((value, round) => value / denominators[round]!))

/** The value below which the share `q` of the values lies; sorts in place. */
export const quantile = (values: Float64Array, q: number): number => {
  values.sort()
  return values[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN
}
