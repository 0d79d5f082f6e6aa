/**
 * A fake provider in a process of its own, so that it does not share a CPU with the
 * client that is being measured: `main` in the file that runs there, `spawn` in the
 * one that starts it.
 *
 * It adds no fault and no endpoint to `FakeServer.serve`: what it can tell comes over
 * the control paths of the served fake. Effect's `ChildProcess` has no channel by
 * which a child learns that its parent is gone, so that a fake would outlive a killed
 * benchmark.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn as spawnChild } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as ExchangeLog from "./ExchangeLog.ts"
import { type FakeServer, type FakeServerError, serve } from "./FakeServer.ts"

/**
 * A fake provider that runs in another process.
 *
 * **Gotchas**   In a refusal window nothing can be asked: the port is closed.
 *
 * @category models
 * @since 0.1.0
 */
export interface FakeProcess {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** the log as it is now; read it again for later requests */
  readonly log: Effect.Effect<ExchangeLog.ExchangeLog, FakeProcessError>
  /** empties the log and starts the script again */
  readonly restart: Effect.Effect<void, FakeProcessError>
  /** a `control` value of the fake, such as its ledger */
  readonly control: (name: string) => Effect.Effect<unknown, FakeProcessError>
}

/**
 * Why a fake in another process is of no use.
 *
 * **Details**   `NotStarted`: the process ended before it listened; its error output
 * is on ours. `Unreachable`: a control path did not answer with a 2xx status.
 *
 * @category failures
 * @since 0.1.0
 */
export class FakeProcessError extends Schema.TaggedError<FakeProcessError>()("FakeProcessError", {
  reason: Schema.Literals(["NotStarted", "Unreachable"]),
  detail: Schema.String
}) {
  override get message(): string {
    return this.reason === "NotStarted"
      ? `the process of the fake ended before it listened: ${this.detail}`
      : `the process of the fake does not answer: ${this.detail}`
  }
}

/**
 * Serves a fake until this process is ended, and prints `{"url":…,"port":…}` as one
 * line once it listens.
 *
 * **Details**   Started by `spawn`, it also ends when the process that started it is
 * gone, however that happened.
 *
 * **Failures**   As `FakeServer.serve`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const main = (
  server: FakeServer,
  options: { readonly port?: number } = {}
): Effect.Effect<void, FakeServerError> =>
  Effect.scoped(
    Effect.flatMap(serve(server, options), ({ port, url }) =>
      Effect.callback<void>((resume) => {
        process.stdout.write(`${JSON.stringify({ url, port })}\n`)
        process.once("disconnect", () => resume(Effect.void))
      })
    )
  )

/**
 * Runs a file that calls `main` with this Node until the scope closes.
 *
 * **Details**   `file` is a path or a `file:` URL; `args` reach it as `process.argv`.
 *
 * **Failures**   `FakeProcessError` when it ends before it listens.
 *
 * @category constructors
 * @since 0.1.0
 */
export const spawn = (
  file: string | URL,
  args: ReadonlyArray<string> = []
): Effect.Effect<FakeProcess, FakeProcessError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawnChild(process.execPath, [typeof file === "string" ? file : fileURLToPath(file), ...args], {
        stdio: ["ignore", "pipe", "inherit", "ipc"]
      })
    ),
    (child) => Effect.callback<void>((resume) => end(child, () => resume(Effect.void)))
  ).pipe(
    Effect.flatMap((child) => Effect.map(ready(child), ({ port, url }) => toFakeProcess(url, port, child.pid ?? 0)))
  )

const toFakeProcess = (url: string, port: number, pid: number): FakeProcess => ({
  url,
  port,
  pid,
  log: Effect.map(ask(url, "GET", "log"), (entries) =>
    ExchangeLog.fromEntries(entries as ReadonlyArray<ExchangeLog.ExchangeEntry>)
  ),
  restart: Effect.asVoid(ask(url, "POST", "restart")),
  control: (name) => ask(url, "GET", name)
})

const ask = (url: string, method: "GET" | "POST", name: string): Effect.Effect<unknown, FakeProcessError> =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`${url}/__surety/${name}`, { method, signal })
      if (!response.ok) throw new Error(`/__surety/${name} answered ${response.status}`)
      const text = await response.text()
      return text === "" ? undefined : JSON.parse(text)
    },
    catch: (error) => new FakeProcessError({ reason: "Unreachable", detail: String(error) })
  })

const ready = (child: ChildProcess): Effect.Effect<{ readonly url: string; readonly port: number }, FakeProcessError> =>
  Effect.callback((resume) => {
    const failed = (detail: string): void => resume(Effect.fail(new FakeProcessError({ reason: "NotStarted", detail })))
    child.once("error", (error) => failed(error.message))
    child.once("exit", (code, signal) => failed(`exit code ${code ?? signal}`))
    const lines = createInterface({ input: child.stdout! })
    lines.on("line", (line) => {
      // The file may print lines of its own before and after this one.
      if (line.startsWith(`{"url":`)) resume(Effect.succeed(JSON.parse(line)))
    })
  })

const end = (child: ChildProcess, then: () => void): void => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return then()
  child.once("exit", then)
  child.kill("SIGKILL")
}
