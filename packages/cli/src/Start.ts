/**
 * The process around the command: signals, late failures, and an end that does not wait for what a module left running.
 *
 * Neighbours: `main` calls it, `Program` is what runs.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as NodeRuntime from "@effect/platform-node-shared/NodeRuntime"
import * as Exit from "effect/Exit"
import { writeSync } from "node:fs"
import { createRequire } from "node:module"
import * as ErrorText from "./ErrorText.ts"
import * as Program from "./Program.ts"
import * as Screen from "./Screen.ts"

/**
 * Runs the command with the arguments of the process, and ends the process.
 *
 * @category running
 * @since 0.1.0
 */
export const start = (): void => {
  Screen.surviveClosedPipes()
  process.removeAllListeners("warning")
  process.on("warning", (warning) => {
    if (!isUsual(warning)) process.stderr.write(`${warning.name}: ${warning.message}\n`)
  })
  process.on("uncaughtException", (error) => {
    const { descriptor, text } = ErrorText.show(
      {
        code: "module-throws",
        message: `something that the module left running failed: ${error instanceof Error ? error.stack : String(error)}`,
        hint: "A contract module declares and does nothing else."
      },
      ErrorText.readerOf(process.argv)
    )
    writeSync(descriptor, text)
    // the guard of a module that still loads would tell it a second time
    process.removeAllListeners("exit")
    process.exit(2)
  })
  // whatever ends the process before the command has, it is no success
  const endedEarly = (): void => {
    const { descriptor, text } = ErrorText.show(
      {
        code: "module-exits",
        message: "something that the module left running ends the process",
        hint: "Move process.exit out of what the module imports: a contract module declares and does nothing else."
      },
      ErrorText.readerOf(process.argv)
    )
    // the guard of a module that still loads has told it
    if (process.exitCode !== 2) writeSync(descriptor, text)
    process.exitCode = 2
  }
  process.on("exit", endedEarly)
  // the same place for sources and for what is published
  const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string }
  NodeRuntime.runMain(Program.run(process.argv.slice(2), version), {
    disableErrorReporting: true,
    teardown: (exit) => {
      const code = Exit.isSuccess(exit) ? Number(exit.value) : 130
      process.off("exit", endedEarly)
      // a module may have left timers and sockets open
      process.stdout.write("", () => process.stderr.write("", () => process.exit(code)))
    }
  })
}

/** What Node says whenever it removes types, or finds out by itself that a file is a module. */
const isUsual = (warning: Error): boolean =>
  warning.name === "ExperimentalWarning" || ("code" in warning && warning.code === "MODULE_TYPELESS_PACKAGE_JSON")
