#!/usr/bin/env node
/**
 * The executable: `surety`.
 *
 * Neighbours: `Program` does the work; this file looks at the Node that runs it before anything else is loaded.
 *
 * @stability experimental
 * @since 0.1.0
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  const { readerOf, show } = await import("./ErrorText.ts")
  const { descriptor, text } = show(
    {
      code: "wrong-use",
      message: `this is Node ${process.versions.node}, and contracts are TypeScript that Node runs from 22.19 on`,
      hint: "Install Node 24, or run it for once: npx -p node@24 -p @surety/cli surety …"
    },
    readerOf(process.argv)
  )
  process[descriptor === 1 ? "stdout" : "stderr"].write(text)
  process.exitCode = 2
} else {
  const { start } = await import("./Start.ts")
  start()
}

export {}
