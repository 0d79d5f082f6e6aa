/** The tools that read what is generated. Debian: apt-get install prometheus prometheus-alertmanager. */
import { execFile, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Ran {
  readonly status: number
  readonly output: string
}

const has = (tool: string): boolean => spawnSync(tool, ["--version"], { stdio: "ignore" }).status === 0

/** CI installs them and may not go without. */
export const isSkipped: boolean = process.env["CI"] === undefined && !(has("promtool") && has("amtool"))

/** For the titles of tests. */
export const title: string = isSkipped
  ? "Prometheus and Alertmanager, which are not installed here"
  : "the tools of Prometheus and Alertmanager"

/** Runs a tool in a folder that holds these files and is gone afterwards. */
export const run = async (
  tool: "promtool" | "amtool",
  args: ReadonlyArray<string>,
  files: Readonly<Record<string, string>>
): Promise<Ran> => {
  const folder = mkdtempSync(join(tmpdir(), "surety-ops-"))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    return await new Promise<Ran>((resolve, reject) => {
      const options = {
        cwd: folder,
        timeout: 120_000,
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, TMPDIR: folder }
      }
      execFile(tool, args, options, (error, stdout, stderr) => {
        const output = stdout + stderr
        if (error === null) resolve({ status: 0, output })
        else if (typeof error.code === "number") resolve({ status: error.code, output })
        else reject(new Error(`${tool} ${args.join(" ")}: ${error.message}`))
      })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The names of the tests that a run of `promtool test rules` reports as failed. */
export const failedTests = ({ output }: Ran): ReadonlySet<string> =>
  new Set([...output.matchAll(/^ {4}name: (.*),$/gm)].map(([, name]) => name ?? ""))
