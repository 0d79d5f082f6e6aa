/**
 * The calls of GitHub's that are declared: issues, comments, search and the rate limit.
 *
 * GitHub has no idempotency key. A create writes a hidden marker into the body; after a
 * lost answer the newest entries are listed, and only when none carries the marker is the
 * request sent again. The lookup is a list and not a search: the search index lags behind.
 *
 * Neighbours: `Answers` says how calls can end, `Policy` how they are guarded,
 * `GithubContract` makes a contract of them.
 *
 * @source https://docs.github.com/rest (2026-03-10)
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpOperation from "surety/http/HttpOperation"
import * as Idempotency from "surety/Idempotency"
import * as Paging from "surety/Paging"
import * as Answers from "./Answers.ts"
import * as Comment from "./Comment.ts"
import * as Issue from "./Issue.ts"
import * as IssueSearch from "./IssueSearch.ts"
import * as LinkPage from "./LinkPage.ts"
import * as Marker from "./Marker.ts"
import * as Policy from "./Policy.ts"
import * as RateLimitStatus from "./RateLimitStatus.ts"

/** The response headers that reach `CallMetadata.headers`. */
const expose = [
  "link",
  "etag",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "x-ratelimit-resource",
  "x-github-api-version-selected"
] as const

const repository = { owner: Schema.String, repo: Schema.String }
const issue = { ...repository, issue_number: Schema.Int }

/**
 * Every operation, under this time and these rules.
 *
 * **Details**   `getIssue`, `listIssues`, `listComments` and `searchIssues` keep the last answer of
 * each request and ask for changes only: an unchanged one costs nothing in `core`.
 * `listIssues.items`, `listComments.items` and `searchIssues.items` walk all pages.
 * `createIssue` and `createComment` make a marker when no `idempotencyKey` is given.
 * `listComments` lists the comments of a whole repository: only that list can be had newest
 * first, which is what the lookup of a lost comment needs.
 *
 * @category operations
 * @since 0.1.0
 */
export const make = (time: Policy.Time, rules: Policy.Rules, userAgent: string) => {
  const guarded = {
    failures: Answers.all,
    retry: Policy.matrix(rules),
    headers: { accept: "application/vnd.github+json", "user-agent": userAgent },
    expose
  } as const
  const read = { ...guarded, timeout: time.read, cost: Policy.cost.read } as const
  const conditional = { ...read, conditional: "etag" } as const
  const create = { ...guarded, timeout: time.mutation, cost: Policy.cost.create } as const
  const newest = { sort: "created", direction: "desc", per_page: Marker.pageSize } as const

  const listIssues = HttpOperation.read(
    HttpApiEndpoint.get("listIssues", "/repos/:owner/:repo/issues", {
      params: repository,
      query: Issue.ListQuery,
      success: Schema.Array(Issue.Issue)
    }),
    {
      ...conditional,
      pages: Paging.rule({
        items: (page) => page,
        next: LinkPage.follow
      })
    }
  )

  const listComments = HttpOperation.read(
    HttpApiEndpoint.get("listComments", "/repos/:owner/:repo/issues/comments", {
      params: repository,
      query: Comment.ListQuery,
      success: Schema.Array(Comment.Comment)
    }),
    {
      ...conditional,
      pages: Paging.rule({
        items: (page) => page,
        next: LinkPage.follow
      })
    }
  )

  return {
    getIssue: HttpOperation.read(
      HttpApiEndpoint.get("getIssue", "/repos/:owner/:repo/issues/:issue_number", {
        params: issue,
        success: Issue.Issue
      }),
      conditional
    ),
    listIssues,
    createIssue: HttpOperation.mutation(
      HttpApiEndpoint.post("createIssue", "/repos/:owner/:repo/issues", {
        params: repository,
        payload: Issue.New,
        success: Issue.Issue.pipe(HttpApiSchema.status(201))
      }),
      {
        ...create,
        idempotency: Idempotency.reconcile({
          source: "generated",
          via: listIssues,
          embed: (request: CreateIssue, marker): CreateIssue => ({
            ...request,
            payload: { ...request.payload, body: Marker.write(request.payload.body, marker) }
          }),
          ask: ({ params }) => ({ params, query: { ...newest, state: "all" as const } }),
          find: (issues, _request, marker, reachMillis) => Marker.find(issues, marker, reachMillis),
          absent: "not-applied",
          settle: time.settle
        })
      }
    ),
    listComments,
    createComment: HttpOperation.mutation(
      HttpApiEndpoint.post("createComment", "/repos/:owner/:repo/issues/:issue_number/comments", {
        params: issue,
        payload: Comment.New,
        success: Comment.Comment.pipe(HttpApiSchema.status(201))
      }),
      {
        ...create,
        idempotency: Idempotency.reconcile({
          source: "generated",
          via: listComments,
          embed: (request: CreateComment, marker): CreateComment => ({
            ...request,
            payload: { body: Marker.write(request.payload.body, marker) }
          }),
          ask: ({ params: { owner, repo } }) => ({ params: { owner, repo }, query: newest }),
          find: (comments, _request, marker, reachMillis) => Marker.find(comments, marker, reachMillis),
          absent: "not-applied",
          settle: time.settle
        })
      }
    ),
    searchIssues: HttpOperation.read(
      HttpApiEndpoint.get("searchIssues", "/search/issues", { query: IssueSearch.Query, success: IssueSearch.Page }),
      {
        ...conditional,
        cost: Policy.cost.search,
        pages: Paging.rule({
          items: (page) => page.items,
          next: LinkPage.follow
        })
      }
    ),
    rateLimit: HttpOperation.read(
      HttpApiEndpoint.get("rateLimit", "/rate_limit", { success: RateLimitStatus.RateLimitStatus }),
      { ...read, cost: Policy.cost.ask }
    )
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export type Operations = ReturnType<typeof make>

/**
 * The request that opens an issue.
 *
 * @category models
 * @since 0.1.0
 */
export interface CreateIssue {
  readonly params: { readonly owner: string; readonly repo: string }
  readonly payload: typeof Issue.New.Type
}

/**
 * The request that comments on an issue.
 *
 * @category models
 * @since 0.1.0
 */
export interface CreateComment {
  readonly params: { readonly owner: string; readonly repo: string; readonly issue_number: number }
  readonly payload: typeof Comment.New.Type
}
