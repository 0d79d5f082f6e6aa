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
