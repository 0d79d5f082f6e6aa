/**
 * A retry rule that is bounded, capped and jittered by construction. It is an
 * Effect `Schedule`, so it can be handed to `Effect.retry`; a raw `Schedule` cannot be
 * handed to us, because nothing in its type says that it ends or that it is jittered.
 *
 * Neighbours: `RetryMatrix` maps failures to rules. Pure: it never sleeps; the random
 * number comes in as an argument.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"

/**
 * @category type ids
 * @since 0.1.0
 */
export const TypeId = "~surety/Backoff"

/**
 * @category models
 * @since 0.1.0
 */
export type Jitter = "full" | "equal" | "decorrelated"

/**
 * A bounded, capped, jittered rule.
 *
 * **Details**   Unit of every `…Millis` field: milliseconds. `maxAttempts` counts the
 * first attempt.
 *
 * @category models
 * @since 0.1.0
 */
export interface Backoff extends Schedule.Schedule<Duration.Duration, unknown> {
  readonly [TypeId]: "bounded, capped and jittered"
  readonly _tag: "Backoff"
  readonly maxAttempts: number
  readonly baseMillis: number
  readonly capMillis: number
  readonly jitter: Jitter
}

/**
 * The declared decision not to retry.
 *
 * @category models
 * @since 0.1.0
 */
export interface Never {
  readonly [TypeId]: "no retry"
  readonly _tag: "Never"
}

/**
 * @category models
 * @since 0.1.0
 */
export type Rule = Backoff | Never

/**
 * @category constructors
 * @since 0.1.0
 */
export const never: Never = { [TypeId]: "no retry", _tag: "Never" }

/**
 * Exponential backoff: `base · 2ⁿ`, capped, jittered.
 *
 * **Details**   `base` and `cap` are durations with `0 < base <= cap < ∞`; the cap
 * bounds a single wait, jitter included. `maxAttempts` is an integer in [1, 20] and
 * counts the first attempt; 1 means one call. Jitter: `full` draws from
 * [0, ceiling), `equal` from [ceiling/2, ceiling), `decorrelated` from
 * [base, 3 · previous wait).
 *
 * **Failures**   `RangeError` at construction, naming the field and the rule.
 *
 * **Example** (Three attempts within a second)
 *
 * ```ts import.meta.vitest
 * import * as Backoff from "surety/Backoff"
 *
 * const quick = Backoff.exponential({ base: "50 millis", cap: "2 seconds", maxAttempts: 3, jitter: "full" })
 * Backoff.delayMillis(quick, { retry: 1, random: 0.5, previousMillis: 0 }) // => 25
 * Backoff.ceilingMillis(quick, 2) // => 100
 * ```
 *
 * @source AWS Architecture Blog, "Exponential Backoff And Jitter"
 * @category constructors
 * @since 0.1.0
 */
export const exponential = (options: {
  readonly base: Duration.Input
  /** Upper bound of any single wait, jitter included. */
  readonly cap: Duration.Input
  /** Attempts in all, the first one included. */
  readonly maxAttempts: number
  readonly jitter: "full" | "equal" | "decorrelated"
}): Backoff => {
  const baseMillis = toMillis(options.base, "base")
  const capMillis = toMillis(options.cap, "cap")
  if (!Number.isInteger(options.maxAttempts) || options.maxAttempts < 1 || options.maxAttempts > 20) {
    throw new RangeError(`Backoff.exponential: maxAttempts must be an integer in [1, 20], got ${options.maxAttempts}`)
  }
  if (!(baseMillis > 0)) {
    throw new RangeError(`Backoff.exponential: base must be longer than zero, got ${baseMillis} ms`)
  }
  if (!(capMillis >= baseMillis) || !Number.isFinite(capMillis)) {
    throw new RangeError(
      `Backoff.exponential: cap must be finite and not below base (${baseMillis} ms), got ${capMillis} ms`
    )
  }
  const rule: Shape = {
    _tag: "Backoff",
    maxAttempts: options.maxAttempts,
    baseMillis,
    capMillis,
    jitter: options.jitter
  }
  const schedule = Schedule.fromStep(
    Effect.sync(() => {
      let retry = 0
      let previousMillis = 0
      return () =>
        Effect.flatMap(Random.next, (random) => {
          retry++
          if (retry >= rule.maxAttempts) return Cause.done(Duration.zero)
          previousMillis = delayMillis(rule, { retry, random, previousMillis })
          const wait = Duration.millis(previousMillis)
          return Effect.succeed<[Duration.Duration, Duration.Duration]>([wait, wait])
        })
    })
  )
  const brand: Pick<Backoff, typeof TypeId> = { [TypeId]: "bounded, capped and jittered" }
  return Object.assign(schedule, rule, brand)
}

type Shape = Pick<Backoff, "_tag" | "maxAttempts" | "baseMillis" | "capMillis" | "jitter">

/**
 * The largest wait a rule can ask for before retry number `retry` (from 1).
 *
 * @category rules
 * @since 0.1.0
 */
export const ceilingMillis = (rule: Shape, retry: number): number =>
  // a power that overflows is Infinity, and the cap takes over
  Math.min(rule.capMillis, rule.baseMillis * (rule.jitter === "decorrelated" ? 3 ** retry : 2 ** (retry - 1)))

/**
 * The wait before retry number `retry` (from 1), in milliseconds.
 *
 * **Details**   `random` is in [0, 1); `previousMillis` is the last wait, 0 at first.
 * The result is finite and in [0, cap].
 *
 * @category rules
 * @since 0.1.0
 */
export const delayMillis = (
  rule: Shape,
  at: { readonly retry: number; readonly random: number; readonly previousMillis: number }
): number => {
  const ceiling = ceilingMillis(rule, at.retry)
  switch (rule.jitter) {
    case "full":
      return at.random * ceiling
    case "equal":
      return ceiling / 2 + at.random * (ceiling / 2)
    case "decorrelated":
      return Math.min(
        rule.capMillis,
        rule.baseMillis + at.random * (Math.max(at.previousMillis, rule.baseMillis) * 3 - rule.baseMillis)
      )
  }
}

/**
 * @category guards
 * @since 0.1.0
 */
export const isBackoff = (u: unknown): u is Backoff =>
  typeof u === "object" && u !== null && TypeId in u && (u as Rule)._tag === "Backoff"

const toMillis = (input: Duration.Input, field: string): number => {
  const duration = Duration.fromInput(input)
  if (duration._tag === "None")
    throw new RangeError(`Backoff.exponential: ${field} is not a duration: ${String(input)}`)
  return Duration.toMillis(duration.value)
}
