// A process whose calls have ended can end.
//
// The timer that would have ended an attempt stayed behind: a program that was done after 60 ms ended with its longest
// attempt timeout, 15 s later.
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as path from "node:path"

const program = `
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Github } from "@surety/github"
import { Transport } from "surety/http/Transport"
const send = (_, handler) => {
  setTimeout(() => {
    handler.onHead(404, { "content-type": "application/json" })
    handler.onData(new TextEncoder().encode('{"message":"Not Found"}'))
    handler.onEnd()
  }, 1)
  return { cancel() {}, pause() {}, resume() {} }
}
const call = Effect.flatMap(Github, (github) => Effect.flip(github.getIssue({ params: { owner: "a", repo: "b", issue_number: 1 } })))
const exit = await Effect.runPromise(Effect.provide(call, Github.layer.pipe(
  Layer.provide(Layer.merge(Github.Credentials.layer(Redacted.make("ghp_fake")), Layer.succeed(Transport, { send })))
)))
const done = performance.now()
process.on("exit", () => console.log(exit._tag, Math.round(performance.now() - done)))
`

it("ends within 2 s of its last call, whose attempt might have taken 10 s", { timeout: 30_000 }, () => {
  const { stderr, stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: path.join(import.meta.dirname, ".."),
    encoding: "utf8"
  })
  const [tag, millis] = stdout.trim().split(" ")
  assert.strictEqual(tag, "NotFound", stderr)
  assert.isBelow(Number(millis), 2000)
})
