/** The tools that read what is generated. Debian: apt-get install prometheus prometheus-alertmanager. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Ran {
  readonly status: number | null
  readonly output: string
}

const has = (tool: string): boolean => spawnSync(tool, ["--version"], { stdio: "ignore" }).status === 0

/** CI installs them and may not go without. */
export const isSkipped: boolean = process.env["CI"] === undefined && !(has("promtool") && has("amtool"))

/** For the titles of tests. */
export const title: string = isSkipped ? "promtool and amtool, which are not installed here" : "promtool and amtool"

/** Runs a tool in a folder that holds these files and is gone afterwards. */
export const run = (
  tool: "promtool" | "amtool",
  args: ReadonlyArray<string>,
  files: Readonly<Record<string, string>>
): Ran => {
  const folder = mkdtempSync(join(tmpdir(), "surety-ops-"))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const { error, status, stderr, stdout } = spawnSync(tool, args, { cwd: folder, encoding: "utf8", timeout: 120_000 })
    if (error !== undefined) throw error
    return { status, output: stdout + stderr }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
