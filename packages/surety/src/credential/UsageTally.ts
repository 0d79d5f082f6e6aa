/**
 * Tells the audit trail that a secret was used, by which operation and how often, without an event per request.
 *
 * The first use of a version by an operation is told at once, because it is a fact of its own; later ones are counted
 * and told together, each interval and at the end. Counting one use is an addition.
 *
 * Neighbours: `Lifecycle` calls `used` for each attempt, and makes an audit event of what it is told.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * Uses of one version by one operation since the last time it was told.
 *
 * **Details**   `traceId`: of the first of them that had a trace.
 *
 * @category models
 * @since 0.1.0
 */
export interface Use {
  readonly version: string
  readonly operation: string
  readonly count: number
  readonly traceId: string | undefined
}

/**
 * **Details**   `used` never throws and, once a pair was seen, never allocates; it costs about 20 ns. `flush` tells what
 * was counted, now.
 *
 * @category models
 * @since 0.1.0
 */
export interface UsageTally {
  readonly used: (version: string, operation: string, traceId: string | undefined) => void
  readonly flush: () => void
}

interface Counted {
  readonly operation: string
  count: number
  traceId: string | undefined
}

class Tally implements UsageTally {
  private readonly record: (use: Use) => void
  private readonly versions = new Map<string, Map<string, Counted>>()
  private version: string | undefined = undefined
  private operations = new Map<string, Counted>()

  constructor(record: (use: Use) => void) {
    this.record = record
  }

  readonly used = (version: string, operation: string, traceId: string | undefined): void => {
    if (version !== this.version) this.turnTo(version)
    const counted = this.operations.get(operation)
    if (counted === undefined) {
      this.operations.set(operation, { operation, count: 0, traceId: undefined })
      this.tell(version, operation, 1, traceId)
      return
    }
    counted.count++
    if (counted.traceId === undefined) counted.traceId = traceId
  }

  readonly flush = (): void => {
    for (const [version, operations] of this.versions) {
      let seen = 0
      for (const counted of operations.values()) {
        if (counted.count === 0) continue
        const { count, operation, traceId } = counted
        counted.count = 0
        counted.traceId = undefined
        seen++
        this.tell(version, operation, count, traceId)
      }
      // a version that went out of use is forgotten; would it come back, that is a first use again
      if (seen === 0 && version !== this.version) this.versions.delete(version)
    }
  }

  private turnTo(version: string): void {
    const known = this.versions.get(version)
    this.operations = known ?? new Map()
    if (known === undefined) this.versions.set(version, this.operations)
    this.version = version
  }

  private tell(version: string, operation: string, count: number, traceId: string | undefined): void {
    try {
      this.record({ version, operation, count, traceId })
    } catch {
      // a call must not fail because somebody could not be told of it
    }
  }
}

/**
 * A tally that tells `record` each interval, and what is left when the scope closes.
 *
 * **Details**   `every`: default 1 minute. A version that was not used for a whole interval, while another one is, is
 * forgotten. What `record` throws is dropped.
 *
 * **Example** (Three uses are two events)
 *
 * ```ts import.meta.vitest
 * import { Effect } from "effect"
 * import * as UsageTally from "surety/credential/UsageTally"
 *
 * const told: Array<number> = []
 * const program = Effect.gen(function* () {
 *   const tally = yield* UsageTally.make({ record: (use) => told.push(use.count) })
 *   for (let i = 0; i < 3; i++) tally.used("v1", "charge", undefined)
 * })
 *
 * Effect.runSync(Effect.scoped(program))
 * told // => [1, 2]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: {
  readonly record: (use: Use) => void
  readonly every?: Duration.Input
}): Effect.Effect<UsageTally, never, Scope.Scope> =>
  Effect.gen(function* () {
    const tally = new Tally(options.record)
    const flush = Effect.sync(tally.flush)
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(options.every ?? "1 minute"), flush)))
    // the last to be added is the first to run: nothing that `record` needs is closed yet
    yield* Effect.addFinalizer(() => flush)
    return tally
  })
