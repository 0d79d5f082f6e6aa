/**
 * The end of each secret that was given out: it stays readable for calls that hold it, and then it is wiped.
 *
 * Neighbours: `Custody` says which secret is in use; `LiveSecrets` is the net in which each one is until it is wiped.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as LiveSecrets from "./LiveSecrets.ts"

/**
 * @category models
 * @since 0.1.0
 */
export class Retirement {
  readonly #run: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
  readonly #afterMillis: number
  readonly #isInUse: (secret: Redacted.Redacted<string>) => boolean
  readonly #alive = new Set<Redacted.Redacted<string>>()
  readonly #fibers = new Set<Fiber.Fiber<unknown, unknown>>()

  constructor(
    run: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>,
    afterMillis: number,
    isInUse: (secret: Redacted.Redacted<string>) => boolean
  ) {
    this.#run = run
    this.#afterMillis = afterMillis
    this.#isInUse = isInUse
  }

  /** The secret may be given out from now on. */
  hold(secret: Redacted.Redacted<string>): void {
    if (this.#alive.has(secret)) return
    this.#alive.add(secret)
    LiveSecrets.hold(secret)
  }

  /** No call is given the secret any more; those that have it may still have to read it. */
  retire(secret: Redacted.Redacted<string>): void {
    const wipe = Effect.sync(() => {
      if (!this.#isInUse(secret)) this.#wipe(secret)
    })
    this.background(Effect.andThen(Effect.sleep(this.#afterMillis), wipe))
  }

  /** Runs beside the calls, to the end. */
  background(effect: Effect.Effect<unknown>): void {
    const fiber = this.#run(effect)
    this.#fibers.add(fiber)
    fiber.addObserver(() => this.#fibers.delete(fiber))
  }

  /** Stops what runs beside the calls, and wipes every secret that was given out. */
  end(): void {
    for (const fiber of this.#fibers) fiber.interruptUnsafe()
    for (const secret of this.#alive) this.#wipe(secret)
  }

  #wipe(secret: Redacted.Redacted<string>): void {
    this.#alive.delete(secret)
    LiveSecrets.release(secret)
    Redacted.wipeUnsafe(secret)
  }
}
