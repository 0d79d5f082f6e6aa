/**
 * GitHub's primary limits: a number of requests per resource and fixed window, and the
 * headers that tell of it.
 *
 * It keeps no time of its own.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * **Details**   `limit`: requests per window; 5000 an hour and 30 a minute are GitHub's own for
 * `core` and `search`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limit {
  readonly limit: number
  readonly windowMillis: number
}

/**
 * @category constants
 * @since 0.1.0
 */
export const githubs: Readonly<Record<string, Limit>> = {
  core: { limit: 5000, windowMillis: 3_600_000 },
  search: { limit: 30, windowMillis: 60_000 },
  graphql: { limit: 5000, windowMillis: 3_600_000 }
}

/**
 * What is left of a resource. `reset` is in seconds since 1970.
 *
 * @category models
 * @since 0.1.0
 */
export interface Left {
  readonly limit: number
  readonly used: number
  readonly remaining: number
  readonly reset: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface RateWindow {
  /** Counts one request; `false` when nothing is left. */
  readonly take: (resource: string, nowMillis: number) => boolean
  readonly giveBack: (resource: string) => void
  /** Nothing is left until a moment. */
  readonly exhaust: (resource: string, untilMillis: number) => void
  readonly left: (resource: string, nowMillis: number) => Left
  readonly resources: () => ReadonlyArray<string>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (limits: Readonly<Record<string, Limit>>): RateWindow => {
  const windows = new Map<string, { used: number; resetMillis: number }>()
  const limitOf = (resource: string): Limit => limits[resource] ?? { limit: 5000, windowMillis: 3_600_000 }
  const at = (resource: string, nowMillis: number): { used: number; resetMillis: number } => {
    const open = windows.get(resource)
    if (open !== undefined && nowMillis < open.resetMillis) return open
    const fresh = { used: 0, resetMillis: nowMillis + limitOf(resource).windowMillis }
    windows.set(resource, fresh)
    return fresh
  }
  return {
    take: (resource, nowMillis) => {
      const window = at(resource, nowMillis)
      if (window.used >= limitOf(resource).limit) return false
      window.used++
      return true
    },
    giveBack: (resource) => {
      const window = windows.get(resource)
      if (window !== undefined && window.used > 0) window.used--
    },
    exhaust: (resource, untilMillis) => {
      windows.set(resource, { used: limitOf(resource).limit, resetMillis: untilMillis })
    },
    left: (resource, nowMillis) => {
      const { limit } = limitOf(resource)
      const { resetMillis, used } = at(resource, nowMillis)
      return { limit, used, remaining: limit - used, reset: Math.ceil(resetMillis / 1000) }
    },
    resources: () => Object.keys(limits)
  }
}

/**
 * @category conversions
 * @since 0.1.0
 */
export const toHeaders = (resource: string, left: Left): Readonly<Record<string, string>> => ({
  "x-ratelimit-limit": String(left.limit),
  "x-ratelimit-remaining": String(left.remaining),
  "x-ratelimit-used": String(left.used),
  "x-ratelimit-reset": String(left.reset),
  "x-ratelimit-resource": resource
})
