/**
 * How calls of GitHub's are guarded: time, retries, reconciliation and limits, in one place
 * to read aloud.
 *
 * @source https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Backoff from "surety/Backoff"
import * as RateLimit from "surety/RateLimit"
import * as RetryMatrix from "surety/RetryMatrix"
import type { TimeBudget } from "surety/TimeBudget"

/**
 * How long calls may take. A total must pay for every attempt and wait of its rules.
 *
 * **Details**   `settle`: the wait before a lost write is looked up.
 *
 * @category models
 * @since 0.1.0
 */
export interface Time {
  readonly read: TimeBudget
  readonly mutation: TimeBudget
  readonly settle: Duration.Input
}

/**
 * The rules behind both matrices: after a failure of the connection or of GitHub, and after
 * a limit.
 *
 * @category models
 * @since 0.1.0
 */
export interface Rules {
  readonly transient: Backoff.Backoff
  readonly throttled: Backoff.Backoff
}

/**
 * Reads: 10 s per attempt, 40 s in all. Mutations: 12 s and 80 s.
 *
 * **Details**   GitHub ends a request that takes it more than 10 s, so a mutation waits 12 s to hear of
 * it. The same number is why a lost write is looked up after 12 s: by then it was applied or
 * ended, and replicas, which lag by less than a second, show which. To wait less is to risk
 * that the write is applied after the lookup found nothing.
 *
 * @source https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#timeouts (2026-11);
 * https://github.blog/2017-10-13-mitigating-replication-lag-and-reducing-read-load-with-freno/
 * @category rules
 * @since 0.1.0
 */
export const time: Time = {
  read: { attempt: "10 seconds", total: "40 seconds" },
  mutation: { attempt: "12 seconds", total: "80 seconds" },
  settle: "12 seconds"
}

/**
 * Three attempts each: waits of up to 0.5 and 1 s after a failure; after a limit of up to 1
 * and 2 s, or as long as GitHub says.
 *
 * @category rules
 * @since 0.1.0
 */
export const rules: Rules = {
  transient: Backoff.exponential({ base: "500 millis", cap: "5 seconds", maxAttempts: 3, jitter: "full" }),
  throttled: Backoff.exponential({ base: "1 second", cap: "10 seconds", maxAttempts: 3, jitter: "full" })
}

/**
 * What every operation retries.
 *
 * **Details**   The same for reads and mutations: every mutation has a reconcile plan, and after an
 * ambiguous failure it is sent again only when the lookup shows that it was not applied.
 *
 * @category rules
 * @since 0.1.0
 */
export const matrix = ({ throttled, transient }: Rules) =>
  ({
    ...RetryMatrix.transport(transient),
    RateLimited: throttled,
    SecondaryLimited: throttled,
    Unavailable: transient,
    Moved: Backoff.never,
    InvalidRequest: Backoff.never,
    Unauthorized: Backoff.never,
    Forbidden: Backoff.never,
    NotFound: Backoff.never,
    Gone: Backoff.never
  }) as const

/**
 * The buckets. `core` and `search` are named by GitHub in its answers and corrected by them;
 * the other three keep us clear of secondary limits, which no header counts.
 *
 * **Details**   `core`: requests an hour. `search`: 30 a minute. `points`: every request, 1 for a read
 * and 5 for a write; GitHub allows 900 in a minute, and 450 with a burst of 450 can never be
 * more. `content`: what creates something; GitHub allows 80 in a minute and 500 in an hour,
 * and 420 with a burst of 80 can never be more. `writes`: one after the other.
 *
 * **Gotchas**   Content that the same account creates elsewhere, by hand too, counts at GitHub and is
 * not seen here.
 *
 * @category rules
 * @since 0.1.0
 */
export const buckets = (options: { readonly requestsPerHour: number; readonly spacing: Duration.Input }) =>
  ({
    core: RateLimit.tokenBucket({ limit: options.requestsPerHour, per: "1 hour" }),
    search: RateLimit.tokenBucket({ limit: 30, per: "1 minute" }),
    points: RateLimit.tokenBucket({ limit: 450, per: "1 minute" }),
    content: RateLimit.tokenBucket({ limit: 420, per: "1 hour", burst: 80 }),
    writes: RateLimit.tokenBucket({ limit: 1, per: options.spacing })
  }) as const

/**
 * Tokens per call. Asking for the rate limit is free in `core`.
 *
 * @category rules
 * @since 0.1.0
 */
export const cost = {
  read: { core: 1, points: 1 },
  search: { search: 1, points: 1 },
  create: { core: 1, points: 5, content: 1, writes: 1 },
  ask: { points: 1 }
} as const
