// Runs the real command as a child process, in a project of its own, as a person or a pipeline would.
import { spawn } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"

export const main: string = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** Halves the time of a test; a source that changed is compiled again. */
const compiled = fileURLToPath(new URL("../../../.cache/compiled", import.meta.url))

const nodeModules = fileURLToPath(new URL("../node_modules", import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  readonly env?: Readonly<Record<string, string>>
  /** `kept`: permissions mean something, to root too. */
  readonly permissions?: "kept"
}

/** Runs a program to its end; nothing of the terminal that runs the tests is inherited. */
export const exec = (cwd: string, command: string, args: ReadonlyArray<string>, options: Options = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { PATH: process.env["PATH"], HOME: cwd, NODE_COMPILE_CACHE: compiled, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000
    })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    child.on("error", reject)
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }))
  })

/** A folder with the framework installed and these files in it. */
export interface Project {
  readonly folder: string
  readonly surety: (...args: ReadonlyArray<string>) => Promise<Ran>
  readonly suretyWith: (options: Options, ...args: ReadonlyArray<string>) => Promise<Ran>
}

/** Root may write anywhere, unless it gives that up; another user could not read every checkout. */
const withoutOverride: ReadonlyArray<string> =
  process.getuid?.() === 0
    ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search"]
    : []

const folders: Array<string> = []

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export const project = (files: Readonly<Record<string, string>>): Project => {
  const folder = mkdtempSync(join(tmpdir(), "surety-cli-"))
  folders.push(folder)
  chmodSync(folder, 0o755)
  const all = { "package.json": `{ "name": "shop", "private": true, "type": "module" }`, ...files }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  symlinkSync(nodeModules, join(folder, "node_modules"))
  const suretyWith: Project["suretyWith"] = (options, ...args) => {
    const [command = "", ...before] =
      options.permissions === "kept" ? [...withoutOverride, process.execPath] : [process.execPath]
    return exec(folder, command, [...before, main, ...args], options)
  }
  return { folder, suretyWith, surety: (...args) => suretyWith({}, ...args) }
}
