/**
 * The time that a program gives its telemetry when it ends, once for all signals, and the errors of the SDK's shutdown kept
 * from it: what was lost is counted already, and a collector that is away is no reason to fail.
 *
 * Neighbours: `SpanGate`, `LogGate` and `OpenTelemetry` end within it.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export class Ending {
  readonly #millis: number
  #atMillis: number | undefined = undefined

  constructor(millis: number) {
    this.#millis = millis
  }

  /** The time runs from the first call on. */
  begin(): void {
    this.#atMillis ??= performance.now() + this.#millis
  }

  /** Ends with the work, however that ends, or when the time is over. */
  within(work: Promise<unknown>): Promise<void> {
    const settled = work.then(nothing, nothing)
    if (this.#atMillis === undefined) return settled
    const left = Math.max(0, this.#atMillis - performance.now())
    let timer: ReturnType<typeof setTimeout> | undefined
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, left)
    })
    return Promise.race([settled, over]).finally(() => clearTimeout(timer))
  }
}

const nothing = (): void => {}
