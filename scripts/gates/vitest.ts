// One Vitest project as a gate: its tests are the counts.
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { exec, type Gate, type Report } from "../gate.ts"

interface Summary {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
}

/** Runs one project of `root`'s vitest.config.ts. A file that does not even load counts as one failure. */
export const runVitest = async (root: string, project: string, ...filters: ReadonlyArray<string>): Promise<Report> => {
  const folder = await mkdtemp(join(tmpdir(), "surety-vitest-"))
  try {
    const file = join(folder, "report.json")
    const args = [
      "run",
      ...filters,
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`
    ]
    const ran = await exec("vitest", args, { cwd: root })
    const text = await readFile(file, "utf8").catch(() => undefined)
    if (text === undefined) return { passed: 0, failed: 1, skipped: 0, details: ran.output }
    const summary = JSON.parse(text) as Summary
    const ok = ran.code === 0 && summary.success
    const skipped = summary.numPendingTests + summary.numTodoTests
    return {
      passed: summary.numPassedTests,
      failed: ok ? 0 : Math.max(1, summary.numFailedTests),
      skipped,
      details: ok && skipped === 0 ? "" : ran.output
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const vitest = (project: string): Gate => ({ name: project, run: (root) => runVitest(root, project) })
