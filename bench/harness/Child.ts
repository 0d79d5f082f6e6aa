/**
 * Runs one measurement in a fresh Node process and reads back what it found and what its collector did.
 *
 * A case that shared a process with another would inherit its heap, its compiled code and its timers. The collector's
 * trace (`--trace-gc-nvp`) gives the bytes a window of time allocated, and how many of them outlived a minor
 * collection; both are counts, so they hold on a busy machine.
 *
 * The child side is `Measurement.ts`.
 */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

/** What a measuring program sends, and where its measured window lies. */
export interface Reported<A> {
  readonly value: A
  /** milliseconds since the process began */
  readonly from: number
  readonly to: number
}

export interface Collected {
  readonly allocatedBytes: number
  /** bytes that outlived minor collections and were moved to the old generation */
  readonly promotedBytes: number
  readonly longestPauseMillis: number
}

export interface Measured<A> {
  readonly value: A
  readonly collected: Collected
}

const gcLine = /^\[\d+:0x[0-9a-f:]+\]\s+(\d+) ms: pause=([\d.]+) .* gc=(\w+) .* allocated=(\d+) promoted=(\d+)/

const collect = (lines: ReadonlyArray<string>, from: number, to: number): Collected => {
  let allocatedBytes = 0
  let promotedBytes = 0
  let longestPauseMillis = 0
  for (const line of lines) {
    const match = gcLine.exec(line)
    if (match === null) continue
    const [at, pause, kind, allocated, promoted] = [match[1], match[2], match[3], match[4], match[5]]
    if (Number(at) < from || Number(at) > to) continue
    allocatedBytes += Number(allocated)
    if (kind !== "s") continue
    longestPauseMillis = Math.max(longestPauseMillis, Number(pause))
    promotedBytes += Number(promoted)
  }
  return { allocatedBytes, promotedBytes, longestPauseMillis }
}

/** Runs `program` (relative to `bench/`) with `args`; fails with what it printed when it ends badly. */
export const measure = <A>(
  program: string,
  args: ReadonlyArray<string>,
  flags: ReadonlyArray<string> = []
): Promise<Measured<A>> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(`../${program}`, import.meta.url))
    const child = spawn(process.execPath, ["--expose-gc", "--trace-gc-nvp", ...flags, path, ...args], {
      stdio: ["ignore", "pipe", "pipe", "ipc"]
    })
    let out = ""
    let err = ""
    let reported: Reported<A> | undefined
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (out += chunk))
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (err += chunk))
    child.on("message", (message) => (reported = message as Reported<A>))
    child.on("error", reject)
    child.on("close", (code) => {
      const lines = out.split("\n")
      if (code !== 0 || reported === undefined) {
        const said = lines.filter((line) => !line.includes(" ms: pause=")).join("\n")
        return reject(new Error(`${program} ${args.join(" ")} ended with ${code}\n${said}\n${err}`))
      }
      resolve({ value: reported.value, collected: collect(lines, reported.from, reported.to) })
    })
  })

/** A server program of `bench/servers`, in its own process. */
export interface Server {
  readonly url: string
  readonly adminUrl: string
  readonly close: () => void
}

/** Starts `program`, which sends `{ port, adminPort }` once it listens. */
export const serve = (program: string, args: ReadonlyArray<string> = []): Promise<Server> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(`../${program}`, import.meta.url))
    const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "inherit", "inherit", "ipc"] })
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}`)))
    child.once("message", (message) => {
      const { adminPort, port } = message as { readonly port: number; readonly adminPort?: number }
      resolve({
        url: `http://127.0.0.1:${port}`,
        adminUrl: `http://127.0.0.1:${adminPort ?? port}`,
        close: () => child.disconnect()
      })
    })
  })
