/**
 * Where people read: a terminal, whose last lines can be drawn over, or a stream of plain lines.
 *
 * Colour only where a terminal shows it and nobody asked for none (`NO_COLOR`).
 */
import { styleText } from "node:util"

export type Tone = "good" | "bad" | "quiet" | "strong" | "warn"

export interface Screen {
  readonly isLive: boolean
  readonly tone: (tone: Tone, text: string) => string
  /** lines that stay */
  readonly print: (...lines: ReadonlyArray<string>) => void
  /** lines that the next call replaces; only on a live screen */
  readonly draw: (lines: ReadonlyArray<string>) => void
  /** takes the drawn lines away and gives the cursor back */
  readonly clear: () => void
}

const styles = { good: "green", bad: "red", warn: "yellow", quiet: "dim", strong: "bold" } as const

export const make = (stream: NodeJS.WriteStream, env: Readonly<Record<string, string | undefined>>): Screen => {
  // a line that wraps can not be drawn over
  const isLive = stream.isTTY === true && env["TERM"] !== "dumb" && (stream.columns || 80) >= 80
  const isColoured = isLive && (env["NO_COLOR"] ?? "") === ""
  let drawn = 0
  const erase = (): string => (drawn === 0 ? "" : `\u001b[${drawn}A\u001b[J`)
  return {
    isLive,
    tone: (tone, text) => (isColoured ? styleText(styles[tone], text, { validateStream: false }) : text),
    print: (...lines) => {
      const text = lines.map((line) => `${line}\n`).join("")
      stream.write(erase() + text)
      drawn = 0
    },
    draw: (lines) => {
      if (!isLive) return
      stream.write(`${drawn === 0 ? "\u001b[?25l" : erase()}${lines.map((line) => `${line}\n`).join("")}`)
      drawn = lines.length
    },
    clear: () => {
      if (isLive) stream.write(`${erase()}\u001b[?25h`)
      drawn = 0
    }
  }
}

/** `1204` as `1,204`, the same everywhere. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",")

/** Milliseconds as people read them. */
export const duration = (millis: number): string =>
  millis < 1_000 ? `${Math.round(millis)} ms` : `${(millis / 1_000).toFixed(1)} s`
