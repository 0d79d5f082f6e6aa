// What a gate is: one question about the tree, answered with counts. `scripts/check.ts` asks them all; the tests in
// test/gates ask each about a fixture that it must refuse.
import { spawn } from "node:child_process"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The workspace. A gate looks at the `root` it is given; tools always come from here. */
export const workspace: string = fileURLToPath(new URL("..", import.meta.url))

export interface Report {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** What a person needs to see: everything when something failed, figures worth reading when nothing did. */
  readonly details: string
}

export interface Gate {
  readonly name: string
  readonly run: (root: string) => Promise<Report>
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly output: string
}

export interface ExecOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

const path = [join(workspace, "node_modules/.bin"), process.env["PATH"]].join(delimiter)

/** Runs a program to its end and never throws: a program that cannot start ends with code 127. */
export const exec = (command: string, args: ReadonlyArray<string>, options: ExecOptions): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, PATH: path, NO_COLOR: "1", FORCE_COLOR: undefined, ...options.env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let stdout = ""
    let output = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk
      output += chunk
    })
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk
    })
    child.on("error", (error) => resolve({ code: 127, stdout, output: `${output}${error.message}` }))
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, output }))
  })

/** One question, one answer: the program ended well or it did not. */
export const single = (ran: Ran): Report => ({
  passed: ran.code === 0 ? 1 : 0,
  failed: ran.code === 0 ? 0 : 1,
  skipped: 0,
  details: ran.code === 0 ? "" : ran.output
})

/** Many questions: each failed one is a sentence. */
export const many = (asked: number, failures: ReadonlyArray<string>, figures: ReadonlyArray<string> = []): Report => ({
  passed: asked - failures.length,
  failed: failures.length,
  skipped: 0,
  details: [...figures, ...failures.map((failure) => `✗ ${failure}`)].join("\n")
})

export interface Asking {
  readonly root: string
  /** In CI nothing may be skipped: a check that needs something real must find it there. */
  readonly inCI: boolean
  readonly print: (line: string) => void
}

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const crash = (error: unknown): Report => ({
  passed: 0,
  failed: 1,
  skipped: 0,
  details: error instanceof Error ? String(error.stack) : String(error)
})

/** Asks each gate in turn, going on after one that fails or throws, and sums what they counted. */
export const askAll = async (gates: ReadonlyArray<Gate>, asking: Asking): Promise<Counts> => {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const gate of gates) {
    const before = performance.now()
    const report = await gate.run(asking.root).catch(crash)
    const seconds = ((performance.now() - before) / 1000).toFixed(1)
    const refused = asking.inCI ? report.skipped : 0
    const failed = report.failed + refused
    const skipped = report.skipped - refused
    const counts = `${report.passed} passed, ${failed} failed, ${skipped} skipped`
    asking.print(`${failed > 0 ? "✗" : "✓"} ${gate.name.padEnd(14)} ${seconds.padStart(6)} s  ${counts}`)
    if (report.details.trim() !== "") asking.print(report.details.trimEnd().replace(/^/gm, "    "))
    if (refused > 0) asking.print(`    in CI nothing may be skipped: ${refused} skipped counted as failed`)
    total.passed += report.passed
    total.failed += failed
    total.skipped += skipped
  }
  return total
}
