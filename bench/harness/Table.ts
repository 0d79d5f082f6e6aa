/** Rows as text for a person: value, spread, target, met. Pure. */
import { formatTarget, isMet, type Row } from "./Row.ts"

const format = (value: number): string => {
  if (value === Infinity) return "never"
  if (Number.isNaN(value)) return "-"
  const size = Math.abs(value)
  if (size >= 1000) return Math.round(value).toLocaleString("en-US")
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}

const cells = ({ name, spread, target, unit, value }: Row): ReadonlyArray<string> => [
  name,
  format(value),
  unit,
  spread === undefined ? "" : `${format(spread.low)} .. ${format(spread.high)}`,
  target === undefined ? "" : formatTarget(target),
  target === undefined ? "" : isMet(value, target) ? "met" : "MISSED"
]

export const table = (rows: ReadonlyArray<Row>): string => {
  const lines = [["name", "value", "unit", "spread", "target", ""], ...rows.map(cells)]
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 1 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}
