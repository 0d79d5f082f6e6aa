/**
 * Issues over the official `@octokit/request`: a client that takes an AbortSignal, so an
 * attempt that is given up closes its connection.
 *
 * GitHub has no idempotency key. A create carries a marker in its body, and a lost one is
 * looked up with `list` before it is sent again.
 */
import { request } from "@octokit/request"
import { RequestError } from "@octokit/request-error"
import { Redacted, Schema } from "effect"
import { Backoff, Credential, Degradation, Failure, Idempotency, Operation, Provider, RateLimit } from "surety"
import { RetryMatrix, Sdk } from "surety"
import * as ServerHint from "surety/ServerHint"

export class NotFound extends Failure.Tagged<NotFound>()("NotFound", { retry: "never", fault: "caller" }) {}

export class Limited extends Failure.Tagged<Limited>()("Limited", {
  retry: "safe",
  fault: "provider",
  fields: { retryAfter: Schema.optional(Schema.Duration) }
}) {}

export class Refused extends Failure.Tagged<Refused>()("Refused", {
  retry: "never",
  fault: "caller",
  fields: { status: Schema.Int }
}) {}

const github = Sdk.client({
  make: ({ baseUrl, secret }) =>
    request.defaults({ baseUrl, headers: { authorization: `Bearer ${Redacted.value(secret)}` } }),
  cancellation: "abortable",
  classify: (error) => {
    if (!(error instanceof RequestError)) return Sdk.undeclared({ cause: error })
    // without a response, the client makes a status up
    const { cause, response } = error
    const retryAfter = ServerHint.seconds(response?.headers["retry-after"]?.toString())
    if (response === undefined || response.status >= 500) {
      return Sdk.undeclared({ status: response?.status, retryAfter, cause })
    }
    if (response.status === 404) return new NotFound()
    const limited = response.status === 429 || (response.status === 403 && /rate limit/i.test(error.message))
    return limited ? new Limited({ retryAfter }) : new Refused({ status: response.status })
  }
})

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 3, jitter: "full" })
const guarded = {
  timeout: { attempt: "2 seconds", total: "10 seconds" },
  failures: [NotFound, Limited, Refused],
  retry: { ...RetryMatrix.transport(quick), Limited: quick, NotFound: Backoff.never, Refused: Backoff.never }
} as const

export interface Repository {
  readonly owner: string
  readonly repo: string
}

export interface NewIssue extends Repository {
  readonly title: string
  readonly body: string
}

// The client hands a body that was cut out as text, and calls that a success.
const complete = <A>({ data }: { readonly data: A }): A => {
  if (typeof data !== "object") throw new TypeError("the body is not complete")
  return data
}

const list = Operation.read("list", {
  ...guarded,
  attempt: github(async (client, at: Repository, { signal }) => {
    const issues = complete(await client("GET /repos/{owner}/{repo}/issues", { ...at, request: { signal } }))
    return issues.map(({ body, number, title }) => ({ number, title, body: body ?? "" }))
  })
})

const marked = (body: string, marker: string): string => `${body}\n\n<!-- ${marker} -->`

const create = github(async (client, issue: NewIssue, { signal }) => {
  const made = complete(await client("POST /repos/{owner}/{repo}/issues", { ...issue, request: { signal } }))
  return { number: made.number, title: made.title, body: made.body ?? "" }
})

const open = Operation.mutation("open", {
  ...guarded,
  attempt: create,
  idempotency: Idempotency.reconcile({
    source: "generated",
    via: list,
    embed: (issue: NewIssue, marker) => ({ ...issue, body: marked(issue.body, marker) }),
    ask: ({ owner, repo }) => ({ owner, repo }),
    find: (issues, _, marker) => issues.find(({ body }) => body.endsWith(marked("", marker))),
    absent: "not-applied"
  })
})

export class Issues extends Provider.Service<Issues>()("shop/Issues", {
  baseUrl: "https://api.github.com",
  owner: "team-support",
  criticality: "low",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: { core: RateLimit.tokenBucket({ limit: 5000, per: "1 hour" }) }, concurrency: 4 },
  credentials: Credential.bearer({ scopes: ["issues:write"], rotateEvery: "90 days" }),
  version: { unversioned: "the client pins the version it was made for", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/issues",
  operations: { list, open }
}) {}
