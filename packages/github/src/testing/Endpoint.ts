/**
 * The requests that the fake answers: issues, comments, search and the rate limit.
 *
 * Each is a pure function of the request and the repositories, but for what it writes.
 *
 * Neighbours: `FakeGithub` finds the endpoint, keeps the limits and adds the headers.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { FakeRequest, FakeResponse } from "surety/testing/FakeExchange"
import { json } from "surety/testing/FakeExchange"
import * as ErrorReply from "./ErrorReply.ts"
import * as LinkHeader from "./LinkHeader.ts"
import * as Rendering from "./Rendering.ts"
import type { Issue, NewIssue, Repository } from "./Repository.ts"

/**
 * **Details**   `visibleAfterMillis` and `indexedAfterMillis`: how far reads and the search index lag
 * behind the writes.
 *
 * @category models
 * @since 0.1.0
 */
export interface World {
  readonly login: string
  readonly repositories: ReadonlyMap<string, Repository>
  readonly pagesBy: "page" | "cursor"
  readonly visibleAfterMillis: number
  readonly indexedAfterMillis: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Endpoint {
  readonly method: string
  readonly pattern: RegExp
  readonly resource: "core" | "search" | undefined
  readonly run: (world: World, request: FakeRequest, at: ReadonlyArray<string>) => FakeResponse
}

/**
 * @category models
 * @since 0.1.0
 */
export const endpoints: ReadonlyArray<Endpoint> = [
  {
    method: "GET",
    pattern: /^\/repos\/([^/]+\/[^/]+)\/issues$/,
    resource: "core",
    run: (world, request, [name = ""]) =>
      within(world, name, (repository) => {
        const seen = repository.issuesSeenAt(request.unixMillis - world.visibleAfterMillis)
        const state = request.query.get("state") ?? "open"
        const since = Date.parse(request.query.get("since") ?? "")
        const chosen = seen.filter(
          (issue) =>
            (state === "all" || issue.state === state) && !(Number.isFinite(since) && issue.updatedMillis < since)
        )
        const sort = request.query.get("sort") === "updated" ? "updatedMillis" : "createdMillis"
        const sorted = order(chosen, (issue) => [issue[sort], issue.number], request.query.get("direction") ?? "desc")
        return page(world, request, repository, sorted, (issue) => Rendering.issue(repository, issue, world.login))
      })
  },
  {
    method: "POST",
    pattern: /^\/repos\/([^/]+\/[^/]+)\/issues$/,
    resource: "core",
    run: (world, request, [name = ""]) =>
      within(world, name, (repository) => {
        const body = parse(request.body)
        if (body === undefined) return ErrorReply.error(400, "Problems parsing JSON")
        if (typeof body["title"] !== "string" || body["title"].trim() === "") {
          return ErrorReply.invalid([{ resource: "Issue", code: "missing_field", field: "title" }])
        }
        // the title was looked at above; GitHub takes or ignores the rest
        const opened = repository.open(body as unknown as NewIssue, request.unixMillis)
        const rendered = Rendering.issue(repository, opened, world.login) as { readonly url: string }
        return json(201, rendered, { location: rendered.url })
      })
  },
  {
    method: "GET",
    pattern: /^\/repos\/([^/]+\/[^/]+)\/issues\/comments$/,
    resource: "core",
    run: (world, request, [name = ""]) =>
      within(world, name, (repository) => {
        const seen = repository.commentsSeenAt(request.unixMillis - world.visibleAfterMillis)
        // `direction` has no effect without `sort`
        const direction = request.query.get("sort") === null ? "asc" : (request.query.get("direction") ?? "desc")
        const sorted = order(seen, (comment) => [comment.createdMillis, comment.id], direction)
        return page(world, request, repository, sorted, (comment) =>
          Rendering.comment(repository, comment, world.login)
        )
      })
  },
  {
    method: "GET",
    pattern: /^\/repos\/([^/]+\/[^/]+)\/issues\/(\d+)$/,
    resource: "core",
    run: (world, request, [name = "", number = ""]) =>
      within(world, name, (repository) => {
        const seen = repository.issuesSeenAt(request.unixMillis - world.visibleAfterMillis)
        const found = seen.find((issue) => issue.number === Number(number))
        return found === undefined ? ErrorReply.notFound : json(200, Rendering.issue(repository, found, world.login))
      })
  },
  {
    method: "POST",
    pattern: /^\/repos\/([^/]+\/[^/]+)\/issues\/(\d+)\/comments$/,
    resource: "core",
    run: (world, request, [name = "", number = ""]) =>
      within(world, name, (repository) => {
        if (repository.issues[Number(number) - 1] === undefined) return ErrorReply.notFound
        const body = parse(request.body)
        if (body === undefined) return ErrorReply.error(400, "Problems parsing JSON")
        if (typeof body["body"] !== "string" || body["body"] === "") {
          return ErrorReply.invalid([{ resource: "IssueComment", code: "missing_field", field: "body" }])
        }
        const written = repository.comment(Number(number), body["body"], request.unixMillis)
        const rendered = Rendering.comment(repository, written, world.login) as { readonly url: string }
        return json(201, rendered, { location: rendered.url })
      })
  },
  { method: "GET", pattern: /^\/search\/issues$/, resource: "search", run: (world, request) => search(world, request) }
]

/**
 * What a search finds: the issues that hold every word, in the repository and state that
 * qualifiers name.
 *
 * **Details**   Hidden comments are not searched, and neither is what the index has not reached yet:
 * a marker is never found by search.
 */
const search = (world: World, request: FakeRequest): FakeResponse => {
  const q = request.query.get("q") ?? ""
  if (q.trim() === "") return ErrorReply.invalid([{ resource: "Search", code: "missing", field: "q" }])
  const qualifier = (name: string): string | undefined => new RegExp(`(?:^|\\s)${name}:(\\S+)`).exec(q)?.[1]
  const words = q.split(/\s+/).filter((word) => word !== "" && !/^[a-z-]+:\S+$/.test(word))
  const found: Array<object> = []
  for (const [name, repository] of world.repositories) {
    if ((qualifier("repo") ?? name) !== name) continue
    for (const issue of repository.issuesSeenAt(request.unixMillis - world.indexedAfterMillis)) {
      const text = `${issue.title} ${(issue.body ?? "").replace(/<!--.*?-->/gs, "")}`.toLowerCase()
      if ((qualifier("state") ?? issue.state) !== issue.state) continue
      if (words.every((word) => text.includes(word.toLowerCase()))) {
        found.push({ ...Rendering.issue(repository, issue, world.login), score: 1 })
      }
    }
  }
  // only the first thousand can be paged through
  const { items, link } = LinkHeader.slice(found.slice(0, 1000), request.query, {
    url: "https://api.github.com/search/issues",
    by: "page"
  })
  return json(
    200,
    { total_count: found.length, incomplete_results: false, search_type: "lexical", items },
    link === undefined ? {} : { link }
  )
}

const within = (world: World, name: string, run: (repository: Repository) => FakeResponse): FakeResponse => {
  const repository = world.repositories.get(decodeURIComponent(name))
  return repository === undefined ? ErrorReply.notFound : run(repository)
}

const page = <A>(
  world: World,
  request: FakeRequest,
  repository: Repository,
  all: ReadonlyArray<A>,
  render: (one: A) => object
): FakeResponse => {
  const id = [...world.repositories.values()].indexOf(repository) + 1
  const url = `https://api.github.com/repositories/${id}${request.path.slice(request.path.indexOf("/issues"))}`
  const { items, link } = LinkHeader.slice(all, request.query, { url, by: world.pagesBy })
  return json(200, items.map(render), link === undefined ? {} : { link })
}

const order = <A extends Pick<Issue, "id">>(
  all: ReadonlyArray<A>,
  by: (one: A) => readonly [number, number],
  direction: string
): ReadonlyArray<A> => {
  const sign = direction === "asc" ? 1 : -1
  return all.toSorted((one, other) => {
    const [a, b] = [by(one), by(other)]
    return sign * (a[0] - b[0] || a[1] - b[1])
  })
}

const parse = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}
