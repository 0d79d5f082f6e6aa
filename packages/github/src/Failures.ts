/**
 * The failures a call of GitHub's can end with.
 *
 * No failure keeps a response body or a token. `detail` is GitHub's own sentence;
 * `requestId` is what its support asks for.
 *
 * Neighbours: `ErrorAnswer` decides which one an answer means, `Answers` binds each to its
 * statuses, `Policy` says which may be sent again.
 *
 * @source https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Failure from "surety/Failure"
import { Detail } from "./ErrorAnswer.ts"

const optionalText = Schema.optionalKey(Schema.String)

/** What every failure of GitHub's may carry. */
const common = { detail: optionalText, requestId: optionalText } as const

/**
 * A primary limit is spent; nothing was done.
 *
 * **Details**   `bucket`: which one, as GitHub names it (`core`, `search`, …); everybody who uses it
 * waits. `retryAfter`: until it is full again. `limit`: requests per period.
 *
 * @category failures
 * @since 0.1.0
 */
export class RateLimited extends Failure.Tagged<RateLimited>()("RateLimited", {
  retry: "safe",
  fault: "provider",
  fields: {
    ...common,
    bucket: optionalText,
    limit: Schema.optionalKey(Schema.Int),
    retryAfter: Schema.Duration
  },
  message: (e) => `GitHub's limit for '${e.bucket ?? "this request"}' is spent`
}) {}

/**
 * A secondary limit was hit: too much at once, or too much writing; nothing was done.
 *
 * **Details**   It is on the credential, not on one operation: every call waits. `retryAfter`: as
 * GitHub says, else a minute. `bucket`: ours, the one that every operation uses.
 *
 * @category failures
 * @since 0.1.0
 */
export class SecondaryLimited extends Failure.Tagged<SecondaryLimited>()("SecondaryLimited", {
  retry: "safe",
  fault: "provider",
  fields: { ...common, bucket: Schema.Literal("points"), retryAfter: Schema.Duration },
  message: () => "GitHub asks for less load (a secondary rate limit)"
}) {}

/**
 * It is somewhere else: the repository was renamed, or the issue transferred. Nothing was
 * done.
 *
 * **Details**   `location` is where it is now. It is not followed: the credential does not go with a
 * redirect, and without it a private issue would not be found.
 *
 * @category failures
 * @since 0.1.0
 */
export class Moved extends Failure.Tagged<Moved>()("Moved", {
  retry: "never",
  fault: "caller",
  fields: {
    ...common,
    location: Schema.String,
    permanence: Schema.Literals(["permanent", "temporary"])
  },
  message: (e) => `It is at ${e.location} now (${e.permanence})`
}) {}

/**
 * GitHub could not read or accept the request.
 *
 * **Details**   `errors`: what is wrong with which member; the rejected values are left out.
 *
 * @category failures
 * @since 0.1.0
 */
export class InvalidRequest extends Failure.Tagged<InvalidRequest>()("InvalidRequest", {
  retry: "never",
  fault: "caller",
  fields: { ...common, status: Schema.Literals([400, 422]), errors: Schema.Array(Detail) },
  message: (e) =>
    `GitHub refused the request with ${e.status}${e.detail === undefined ? "" : `: ${e.detail}`}${e.errors
      .map((one) => ` (${[one.field, one.code, one.message].filter((part) => part !== undefined).join(", ")})`)
      .join("")}`
}) {}

/**
 * The token is missing, wrong, expired or revoked.
 *
 * @category failures
 * @since 0.1.0
 */
export class Unauthorized extends Failure.Tagged<Unauthorized>()("Unauthorized", {
  retry: "never",
  fault: "caller",
  fields: common,
  message: () => "GitHub does not accept the token"
}) {}

/**
 * The token is good and may not do this.
 *
 * **Details**   `permissions`: what would be needed, when GitHub says so
 * (`issues=write`). `status` is 451 where the law blocks the repository.
 *
 * @category failures
 * @since 0.1.0
 */
export class Forbidden extends Failure.Tagged<Forbidden>()("Forbidden", {
  retry: "never",
  fault: "caller",
  fields: { ...common, status: Schema.Literals([403, 451]), permissions: optionalText },
  message: (e) =>
    `GitHub forbids it${e.detail === undefined ? "" : `: ${e.detail}`}${
      e.permissions === undefined ? "" : ` (needs ${e.permissions})`
    }`
}) {}

/**
 * There is nothing here, or nothing that this token may see.
 *
 * @category failures
 * @since 0.1.0
 */
export class NotFound extends Failure.Tagged<NotFound>()("NotFound", {
  retry: "never",
  fault: "caller",
  fields: common,
  message: () => "GitHub has nothing here that this token may see"
}) {}

/**
 * It was deleted, or the repository has no issues.
 *
 * @category failures
 * @since 0.1.0
 */
export class Gone extends Failure.Tagged<Gone>()("Gone", {
  retry: "never",
  fault: "caller",
  fields: common,
  message: (e) => `It is gone${e.detail === undefined ? "" : `: ${e.detail}`}`
}) {}

/**
 * Something broke at GitHub, or it ended a request that took more than ten seconds; it may
 * have acted.
 *
 * @category failures
 * @since 0.1.0
 */
export class Unavailable extends Failure.Tagged<Unavailable>()("Unavailable", {
  retry: "idempotent-only",
  fault: "provider",
  fields: {
    ...common,
    status: Schema.Literals([500, 502, 503, 504]),
    retryAfter: Schema.optionalKey(Schema.Duration)
  },
  message: (e) => `GitHub failed with ${e.status}`
}) {}
