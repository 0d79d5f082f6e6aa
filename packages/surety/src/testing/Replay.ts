/**
 * What a provider remembers under an idempotency key: the answer that it gave, and what
 * it was asked. A second request with the key gets the stored answer, and nothing is done
 * again.
 *
 * It knows no clock: now comes in. It keeps what the caller says is worth keeping.
 *
 * Neighbours: `FakeProvider` stores responses in it, `FakeCall` stores exits.
 *
 * @source draft-ietf-httpapi-idempotency-key-header-07, section 2.6
 * @stability experimental
 * @since 0.1.0
 */

/**
 * What came of a request with a key.
 *
 * **Details**   `New`: the work was done. `Stored`: an earlier request did it. `Mismatch`: the key
 * was used for other parameters. `InFlight`: an earlier request is doing it.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome<A> =
  | { readonly _tag: "New"; readonly answer: A }
  | { readonly _tag: "Stored"; readonly answer: A }
  | { readonly _tag: "Mismatch" }
  | { readonly _tag: "InFlight" }

/**
 * A request with a key.
 *
 * **Details**   `fingerprint`: equal for equal parameters. `keeps`: whether an answer is stored, or
 * the key forgotten.
 *
 * @category models
 * @since 0.1.0
 */
export interface Question<A> {
  readonly key: string
  readonly fingerprint: string
  readonly nowMillis: number
  readonly retainedMillis: number
  readonly inFlight: "wait" | "refuse"
  readonly work: () => A | Promise<A>
  readonly keeps: (answer: A) => boolean
}

interface Kept<A> {
  readonly fingerprint: string
  readonly untilMillis: number
  answer: { readonly value: A } | Promise<A>
}

/**
 * The memory of one provider.
 *
 * @category models
 * @since 0.1.0
 */
export class Replays<A> {
  readonly #kept = new Map<string, Kept<A>>()

  /** Does the work, or finds what an earlier request with the key did. */
  ask(question: Question<A>): Outcome<A> | Promise<Outcome<A>> {
    const { fingerprint, key, nowMillis } = question
    const kept = this.#kept.get(key)
    if (kept !== undefined && nowMillis < kept.untilMillis) {
      if (kept.fingerprint !== fingerprint) return { _tag: "Mismatch" }
      const { answer } = kept
      if (!(answer instanceof Promise)) return { _tag: "Stored", answer: answer.value }
      if (question.inFlight === "refuse") return { _tag: "InFlight" }
      return answer.then((stored) => ({ _tag: "Stored", answer: stored }))
    }
    const answer = question.work()
    if (answer instanceof Promise) {
      const entry: Kept<A> = { fingerprint, untilMillis: nowMillis + question.retainedMillis, answer }
      this.#kept.set(key, entry)
      return answer.then(
        (value) => this.#store(question, value),
        (error: unknown) => {
          this.#kept.delete(key)
          throw error
        }
      )
    }
    return this.#store(question, answer)
  }

  #store(question: Question<A>, value: A): Outcome<A> {
    const { fingerprint, key, nowMillis, retainedMillis } = question
    if (question.keeps(value)) {
      this.#kept.set(key, { fingerprint, untilMillis: nowMillis + retainedMillis, answer: { value } })
    } else this.#kept.delete(key)
    return { _tag: "New", answer: value }
  }
}
