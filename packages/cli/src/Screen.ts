/**
 * Where a command writes: the answer to standard output, everything else to standard error.
 *
 * Neighbours: commands return values, `Report` says which shape they have as JSON. A reader that goes away (`| head`) is
 * no failure. Progress is shown on a terminal only.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { writeSync } from "node:fs"
import * as ErrorText from "./ErrorText.ts"

/**
 * Writes text and a line end to standard output, and waits until it is out.
 *
 * @category combinators
 * @since 0.1.0
 */
export const print = (text: string): Effect.Effect<void> =>
  write(process.stdout, text.endsWith("\n") ? text : `${text}\n`)

/**
 * Writes a value as JSON to standard output.
 *
 * @category combinators
 * @since 0.1.0
 */
export const printJson = (value: unknown): Effect.Effect<void> => print(JSON.stringify(value, null, 2))

/**
 * Writes text and a line end to standard error.
 *
 * @category combinators
 * @since 0.1.0
 */
export const tell = (text: string): Effect.Effect<void> => write(process.stderr, `${text}\n`)

/**
 * Shows what is going on while an effect runs, when standard error is a terminal.
 *
 * @category combinators
 * @since 0.1.0
 */
export const during =
  (label: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    process.stderr.isTTY !== true || process.env["TERM"] === "dumb"
      ? effect
      : Effect.acquireUseRelease(
          write(process.stderr, `… ${label}`),
          () => effect,
          () => write(process.stderr, "\r\u001b[2K")
        )

const write = (stream: NodeJS.WriteStream, text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    stream.write(text, (error) => {
      // the event of it comes later, when the command may have ended
      if (error) lost(stream, error)
      resume(Effect.void)
    })
  })

/**
 * Keeps a reader that went away from being a crash. Anything else that keeps an answer from being written (a disk that is
 * full) ends the process with code 2, and is said on standard error.
 *
 * @category running
 * @since 0.1.0
 */
export const surviveClosedPipes = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => lost(stream, error))
  }
}

const lost = (stream: NodeJS.WriteStream, error: NodeJS.ErrnoException): void => {
  if (error.code === "EPIPE") return
  // the one that watches the whole command would tell something else
  process.removeAllListeners("exit")
  if (stream === process.stdout) writeSync(2, unwritten(error.code ?? error.name))
  process.exit(2)
}

const unwritten = (code: string): string =>
  ErrorText.show(
    {
      code: "out-not-writable",
      message: `cannot write to standard output: ${code}`,
      hint: "What was written is not the whole answer. Make room where it goes, or name another file."
    },
    // a program reads the other stream, which takes nothing any more
    "person"
  ).text
