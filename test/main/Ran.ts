/** The main job as a person starts it, in a process of its own. */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `signal` is sent once the program has printed its first line of progress. */
export const main = (
  args: ReadonlyArray<string>,
  options: { readonly signal?: "SIGINT"; readonly env?: Readonly<Record<string, string>> } = {}
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.env }
    })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk
      if (options.signal !== undefined && stdout.includes("settled")) child.kill(options.signal)
    })
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, stdout, stderr }))
  })

/** What the last line on stdout says. */
export const json = (ran: Ran): unknown => JSON.parse(ran.stdout.trimEnd().split("\n").at(-1) ?? "")

const program = fileURLToPath(new URL("../../examples/main/main.ts", import.meta.url))
