/** A dead collector holds no process up. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Collector from "./Collector.ts"

const program = fileURLToPath(new URL("exit-process.ts", import.meta.url))

interface Ended {
  readonly code: number | null
  readonly afterMillis: number
  readonly said: string
}

const run = (path: string, url: string) =>
  Effect.callback<Ended>((resume) => {
    const child = spawn(process.execPath, [program, path, url], { stdio: ["ignore", "pipe", "pipe"] })
    let said = ""
    child.stdout.on("data", (chunk: Buffer) => void (said += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => void (said += chunk.toString()))
    child.on("close", (code) => {
      const done = Number(/done (\d+)/.exec(said)?.[1])
      resume(Effect.succeed({ code, said, afterMillis: Date.now() - done }))
    })
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

describe.concurrent("a program that is done while its collector is dead", () => {
  for (const path of ["otlp", "sdk"]) {
    for (const how of ["hangs", "refuses connections", "answers 503"]) {
      it.live(
        `ends well within 5 s over ${path} when the collector ${how}, and says how much of its telemetry did not arrive`,
        () =>
          Effect.gen(function* () {
            const collector = yield* Collector.make
            if (how === "hangs") collector.mode = "hang"
            if (how === "answers 503") collector.mode = { status: 503 }
            if (how === "refuses connections") yield* Effect.promise(() => collector.close())
            const { afterMillis, code, said } = yield* run(path, collector.url)
            assert.strictEqual(code, 0, said)
            assert.isBelow(afterMillis, 5_000, said)
            assert.match(said, /integration\.telemetry\.(lost|dropped) \{[^}]*(lost|items): [1-9]/)
          }).pipe(Effect.scoped),
        { timeout: 30_000 }
      )
    }
  }
})
