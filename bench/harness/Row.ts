/**
 * One line of the report: what was measured, and whether it is where we promised it would be.
 *
 * A row without a target is a peer or a bare floor that stands beside ours for comparison. Pure.
 */
import type { Sample } from "./Sample.ts"

export interface Target {
  readonly atMost?: number
  readonly atLeast?: number
}

export interface Row {
  /** `bench/what`, unique in a run */
  readonly name: string
  readonly value: number
  readonly unit: string
  /** how far the rounds lay apart, for rows that come from several */
  readonly spread?: Sample
  readonly target?: Target
}

/** The shape of `--json`: only rows that have a target. */
export interface Verdict {
  readonly name: string
  readonly value: number | null
  readonly unit: string
  readonly target: string
  readonly met: boolean
}

/** A row of one value, or of the median of several rounds. */
export const row = (name: string, value: number | Sample, unit: string, target?: Target): Row => ({
  name,
  unit,
  ...(typeof value === "number" ? { value } : { value: value.median, spread: value }),
  ...(target === undefined ? {} : { target })
})

/** A value that is not a number never meets its target. */
export const isMet = (value: number, target: Target): boolean =>
  !Number.isNaN(value) && value <= (target.atMost ?? Infinity) && value >= (target.atLeast ?? -Infinity)

export const formatTarget = (target: Target): string =>
  target.atMost !== undefined ? `<= ${target.atMost}` : `>= ${target.atLeast}`

export const toVerdicts = (rows: ReadonlyArray<Row>): ReadonlyArray<Verdict> =>
  rows.flatMap(({ name, target, unit, value }) =>
    target === undefined
      ? []
      : [
          {
            name,
            value: Number.isFinite(value) ? Number(value.toPrecision(4)) : null,
            unit,
            target: formatTarget(target),
            met: isMet(value, target)
          }
        ]
  )
