/**
 * Asks a source, one question at a time: whoever wants an answer while a question is open gets that one.
 *
 * The question belongs to nobody: a caller that leaves does not end it for the others. It is cut off in time, and a
 * source that did not notice is not asked again before it has ended.
 *
 * Neighbours: `Custody` asks and says what becomes of the answer.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { cutOff } from "./CutOff.ts"
import type { Issued } from "./Issued.ts"
import * as RefreshSpan from "./RefreshSpan.ts"
import { type Ask, type Source, SourceFailure } from "./Source.ts"

/**
 * @category models
 * @since 0.1.0
 */
export class Inquiry {
  readonly #source: Source
  readonly #named: RefreshSpan.Named
  readonly #issueMillis: number
  readonly #run: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
  #flight: Fiber.Fiber<void> | undefined = undefined
  #worker: Fiber.Fiber<Issued, SourceFailure> | undefined = undefined

  constructor(
    source: Source,
    named: RefreshSpan.Named,
    issueMillis: number,
    run: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
  ) {
    this.#source = source
    this.#named = named
    this.#issueMillis = issueMillis
    this.#run = run
  }

  get isOpen(): boolean {
    return this.#flight !== undefined
  }

  /** Ends when the open question has been dealt with; at once when there is none. */
  readonly landed: Effect.Effect<void> = Effect.suspend(() =>
    this.#flight === undefined ? Effect.void : Effect.asVoid(Fiber.await(this.#flight))
  )

  /**
   * Asks, unless a question is open. `read` makes of an answer what `land` is given; what it throws is a defect of the
   * source.
   */
  ask<A>(
    ask: Ask,
    read: (issued: Issued) => A | SourceFailure,
    land: (exit: Exit.Exit<A, SourceFailure>) => Effect.Effect<void>
  ): void {
    if (this.#flight !== undefined) return
    const answer = Effect.flatMap(Effect.andThen(this.#free(), this.#issue(ask)), (issued) => {
      const made = read(issued)
      return made instanceof SourceFailure ? Effect.fail(made) : Effect.succeed(made)
    })
    // the fiber begins in a turn of its own, when the field is set
    this.#flight = this.#run(
      Effect.yieldNow.pipe(
        Effect.andThen(answer),
        Effect.exit,
        Effect.flatMap((exit) => {
          this.#flight = undefined
          return land(exit)
        })
      )
    )
  }

  /** Ends the question without an answer; waits for what cannot be interrupted, `millis` at most. */
  stop(millis: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      const pending = [this.#flight, this.#worker].filter((fiber) => fiber !== undefined)
      for (const fiber of pending) fiber.interruptUnsafe()
      this.#flight = undefined
      if (pending.length === 0) return Effect.void
      return Effect.ignore(cutOff(Fiber.awaitAll(pending), millis, () => "late"))
    })
  }

  #issue(ask: Ask): Effect.Effect<Issued, SourceFailure> {
    const issue = Effect.suspend(() => this.#source.issue(ask))
    const answer = cutOff(issue, this.#issueMillis, this.#late("no answer"), (fiber) => {
      this.#worker = fiber
      fiber.addObserver(() => {
        if (this.#worker === fiber) this.#worker = undefined
      })
    })
    return RefreshSpan.around(answer, this.#named, this.#source.name, ask.because)
  }

  /** What was cut off may not have noticed yet. */
  #free(): Effect.Effect<void, SourceFailure> {
    return Effect.suspend(() =>
      this.#worker === undefined
        ? Effect.void
        : Effect.asVoid(
            cutOff(Fiber.await(this.#worker), this.#issueMillis, this.#late("the last question did not end"))
          )
    )
  }

  #late(what: string): () => SourceFailure {
    return () => new SourceFailure({ reason: "unavailable", detail: `${what} within ${this.#issueMillis} ms` })
  }
}
