/**
 * What a module may not do to the command that loads it: print into the answer, end the process, or keep its only thread.
 *
 * Neighbours: `ContractModule` holds it while a module loads. Node has no way to stop a loop of the thread that loads, so a
 * second thread watches, says what happened, and ends the process.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { writeSync } from "node:fs"
import { Worker } from "node:worker_threads"
import type { Shown } from "./ErrorText.ts"

/**
 * Guards the process until the scope closes.
 *
 * **Details**   What the module prints goes to standard error. When it calls `process.exit`, the process ends with code 2
 * and shows `exited`. When the thread has not come back after `patienceMillis`, the process ends with code 2 and shows
 * `stuck`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const hold = (options: {
  readonly patienceMillis: number
  readonly exited: Shown
  readonly stuck: Shown
}): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => {
        const write = process.stdout.write
        // every overload of `write` has the same parameters on both streams
        process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write
        const onExit = (): void => {
          process.exitCode = 2
          writeSync(options.exited.descriptor, options.exited.text)
        }
        // before the one that watches the whole command, and says less
        process.prependListener("exit", onExit)
        const watchdog = new Worker(script, {
          eval: true,
          workerData: { millis: options.patienceMillis, ...options.stuck }
        })
        watchdog.unref()
        return { onExit, watchdog, write }
      }),
      ({ onExit, watchdog, write }) =>
        Effect.sync(() => {
          process.stdout.write = write
          process.off("exit", onExit)
          void watchdog.terminate()
        })
    )
  )

/**
 * `process.exit` of a worker ends the worker, so the watchdog asks the thread it watches, through the inspector. Standard
 * error is closed first, or Node would add that it waits for a debugger.
 */
const script = `
const { workerData } = require("node:worker_threads")
setTimeout(() => {
  require("node:fs").writeSync(workerData.descriptor, workerData.text)
  const { Session } = require("node:inspector")
  const session = new Session()
  session.connectToMainThread()
  session.post("Runtime.evaluate", {
    expression: "process.getBuiltinModule('node:fs').closeSync(2); process.reallyExit(2)"
  })
  session.disconnect()
}, workerData.millis)
`
