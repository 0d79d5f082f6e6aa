/**
 * Program: `server-process.ts COMMAND ARGUMENT…` runs a server that does not know who started it, and ends it when the
 * process that started this one is gone, however that happened.
 */
import { spawn } from "node:child_process"

const [command = "", ...args] = process.argv.slice(2)
const server = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] })

// Ctrl-C reaches every process of the terminal; this one ends after its server.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill("SIGTERM"))
process.on("disconnect", () => {
  server.kill("SIGTERM")
  setTimeout(() => server.kill("SIGKILL"), 3_000).unref()
})
server.on("error", (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(127)
})
server.on("exit", (code) => process.exit(code ?? 0))
