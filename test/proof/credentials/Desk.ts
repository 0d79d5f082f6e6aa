/**
 * The child's side of `Child.ts`: a program that is started with a configuration, answers questions while its scope is
 * open, and ends when the process that started it lets go.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { inspect } from "node:util"
import type { Message, Question } from "./Child.ts"

export type Answers = Readonly<Record<string, (body: never) => Effect.Effect<unknown>>>

/** Runs the program that `make` describes. What goes wrong in it is written out in full, so that the search sees it. */
export const run = <Config>(make: (config: Config) => Effect.Effect<Answers, unknown, Scope.Scope>): void => {
  let answers: Answers = {}
  const main = (id: number, config: Config) =>
    Effect.gen(function* () {
      answers = yield* make(config)
      say({ _tag: "Answer", id, value: "ready" })
      return yield* Effect.never
    }).pipe(Effect.scoped)

  process.on("message", ({ body, command, id }: Question) => {
    if (command === "start") {
      const fiber = Effect.runFork(main(id, body as Config))
      process.on("disconnect", () => void Effect.runPromise(Fiber.interrupt(fiber)).finally(() => process.exit(0)))
      fiber.addObserver((exit) => {
        if (Exit.isSuccess(exit) || !process.connected) return
        show("the program failed", exit.cause)
        process.exit(1)
      })
      return
    }
    const answer = answers[command]
    if (answer === undefined) throw new RangeError(`nobody answers ${command}`)
    void Effect.runPromise(answer(body as never)).then(
      (value) => say({ _tag: "Answer", id, value }),
      (error: unknown) => {
        show(command, error)
        process.exit(1)
      }
    )
  })
}

/** Tells the process that started this one. Comes back when the message is on its way. */
export const tell = (event: string, body?: unknown): void => say({ _tag: "Told", event, body })

/** Everything that there is to see of a value, on the output that is searched for secrets. */
export const show = (what: string, value: unknown): void => {
  console.error(what, inspect(value, { depth: 12, showHidden: true, getters: true }))
}

const say = (message: Message): void => {
  if (process.connected) process.send?.(message)
}
