/**
 * What GitHub's error answers mean: each failure bound to its statuses, its body and its
 * headers, in both directions.
 *
 * Nothing is decided here: `ErrorAnswer.classify` says which failure an answer means.
 * GitHub's description declares 429 on 2 of 1,223 operations and 403 on 443, while any of
 * them may be limited: so every operation has all of these.
 *
 * @source https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as ServerHint from "surety/ServerHint"
import type * as Wire from "surety/Wire"
import * as ErrorAnswer from "./ErrorAnswer.ts"
import * as Failures from "./Failures.ts"
import * as RateHeaders from "./RateHeaders.ts"

/**
 * What any request can be answered with.
 *
 * @category wires
 * @since 0.1.0
 */
export const all = [
  Failures.RateLimited.wire([403, 429], {
    ...means("RateLimited", ({ body, headers, nowMillis }) => {
      const limit = ServerHint.count(headers["x-ratelimit-limit"])
      return {
        ...common(body, headers),
        ...text("bucket", headers["x-ratelimit-resource"]),
        ...(limit === undefined ? undefined : { limit }),
        retryAfter:
          RateHeaders.retryAfter(headers, nowMillis) ??
          RateHeaders.untilReset(headers, nowMillis) ??
          RateHeaders.leastWait
      }
    }),
    encode: (e) => ({
      headers: {
        "retry-after": String(Math.ceil(Duration.toSeconds(e.retryAfter))),
        "x-ratelimit-remaining": "0",
        ...text("x-ratelimit-resource", e.bucket),
        ...text("x-ratelimit-limit", e.limit === undefined ? undefined : String(e.limit))
      },
      body: { message: e.detail ?? "API rate limit exceeded for user ID 1." }
    })
  }),
  Failures.SecondaryLimited.wire([403, 429, 422], {
    ...means("SecondaryLimited", ({ body, headers, nowMillis }) => ({
      ...common(body, headers),
      bucket: "points" as const,
      retryAfter: RateHeaders.retryAfter(headers, nowMillis) ?? RateHeaders.leastWait
    })),
    encode: (e) => ({
      headers: { "retry-after": String(Math.ceil(Duration.toSeconds(e.retryAfter))) },
      body: { message: e.detail ?? "You have exceeded a secondary rate limit." }
    })
  }),
  Failures.Moved.wire([301, 302, 307, 308], {
    ...means("Moved", ({ body, headers, status }) => ({
      ...common(body, headers),
      location: headers["location"] ?? ErrorAnswer.bodyOf(body).url ?? "",
      permanence: status === 301 || status === 308 ? ("permanent" as const) : ("temporary" as const)
    })),
    encode: (e) => ({
      status: e.permanence === "permanent" ? 301 : 307,
      headers: { location: e.location },
      body: { message: e.detail ?? "Moved Permanently", url: e.location }
    })
  }),
  Failures.InvalidRequest.wire([422, 400], {
    ...means("InvalidRequest", ({ body, headers, status }) => ({
      ...common(body, headers),
      status: status === 400 ? (400 as const) : (422 as const),
      errors: ErrorAnswer.details(ErrorAnswer.bodyOf(body))
    })),
    encode: (e) => ({ status: e.status, body: { message: e.detail ?? "Validation Failed", errors: e.errors } })
  }),
  Failures.Unauthorized.wire(401, {
    ...means("Unauthorized", ({ body, headers }) => common(body, headers)),
    encode: (e) => ({ body: { message: e.detail ?? "Bad credentials" } })
  }),
  Failures.Forbidden.wire([403, 451], {
    ...means("Forbidden", ({ body, headers, status }) => ({
      ...common(body, headers),
      status: status === 451 ? (451 as const) : (403 as const),
      ...text("permissions", headers["x-accepted-github-permissions"])
    })),
    encode: (e) => ({
      status: e.status,
      headers: text("x-accepted-github-permissions", e.permissions),
      body: { message: e.detail ?? "Resource not accessible by integration" }
    })
  }),
  Failures.NotFound.wire(404, {
    ...means("NotFound", ({ body, headers }) => common(body, headers)),
    encode: (e) => ({ body: { message: e.detail ?? "Not Found" } })
  }),
  Failures.Gone.wire(410, {
    ...means("Gone", ({ body, headers }) => common(body, headers)),
    encode: (e) => ({ body: { message: e.detail ?? "This issue was deleted" } })
  }),
  Failures.Unavailable.wire([503, 500, 502, 504], {
    ...means("Unavailable", ({ body, headers, nowMillis, status }) => {
      const retryAfter = RateHeaders.retryAfter(headers, nowMillis)
      return {
        ...common(body, headers),
        // the statuses that this wire is bound to
        status: status as 500 | 502 | 503 | 504,
        ...(retryAfter === undefined ? undefined : { retryAfter })
      }
    }),
    encode: (e) => ({
      status: e.status,
      headers: text("retry-after", e.retryAfter && String(Math.ceil(Duration.toSeconds(e.retryAfter)))),
      body: { message: e.detail ?? "Server Error" }
    })
  })
] as const

interface Answer extends ErrorAnswer.Answer {
  readonly nowMillis: number
}

/** The halves of a mapping that all failures share: any body, and the question whose answer this is. */
function means<Props>(
  kind: ErrorAnswer.Kind,
  props: (answer: Answer) => Props
): Pick<Wire.Mapping<unknown, Props, never>, "body" | "decode"> {
  return {
    body: Schema.Unknown,
    decode: (answer) => (ErrorAnswer.classify(answer) === kind ? props(answer) : undefined)
  }
}

function common(
  body: unknown,
  headers: Readonly<Record<string, string>>
): { readonly detail?: string; readonly requestId?: string } {
  return {
    ...text("detail", ErrorAnswer.bodyOf(body).message),
    ...text("requestId", headers["x-github-request-id"])
  }
}

function text<const Name extends string>(name: Name, value: string | undefined): { readonly [K in Name]?: string } {
  // a computed member widens to an index signature
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: string }
}
