/**
 * A GitHub that lives in memory and speaks its REST format: issues, comments, search and
 * the rate limit, with versions, `Link` headers, ETags, primary and secondary limits.
 *
 * A request passes these doors, in this order, and the first that refuses answers:
 *
 * ```
 * user agent ▸ token ▸ version ▸ mishap ▸ endpoint ▸ primary limit ▸ execution ▸ ETag
 * ```
 *
 * It never touches the network and keeps no time of its own: `handle` answers one request,
 * at the time the request says. It models neither pull requests nor milestones,
 * permissions, reactions or GraphQL.
 *
 * Neighbours: `FakeServer` puts it on a socket and plays faults of the connection;
 * `Mishap` lists what can go wrong inside; `Repository` knows what was written.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { FakeRequest, FakeResponse } from "surety/testing/FakeExchange"
import { json } from "surety/testing/FakeExchange"
import * as Fingerprint from "surety/testing/Fingerprint"
import { type Endpoint, endpoints, type World } from "./Endpoint.ts"
import * as ErrorReply from "./ErrorReply.ts"
import type { Mishap } from "./Mishap.ts"
import * as RateWindow from "./RateWindow.ts"
import * as Repository from "./Repository.ts"

/**
 * The versions that a request may ask for.
 *
 * @category constants
 * @since 0.1.0
 */
export const versions: ReadonlyArray<string> = ["2022-11-28", "2026-03-10"]

/**
 * **Details**   `token` is what is accepted, default `ghp_fake`; `login` who it belongs to.
 * `repositories`: default `octo/hello`. `limits`: requests per resource and window, default
 * GitHub's; `limitStatus`: what a spent one answers, default 403. `pagesBy`: how long lists
 * are linked. `visibleAfterMillis` and `indexedAfterMillis`: how far reads and the search
 * index lag behind the writes, default 0. `mishap` is asked once per request; what was
 * injected comes first.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly token?: string
  readonly login?: string
  readonly repositories?: ReadonlyArray<string>
  readonly limits?: Readonly<Record<string, RateWindow.Limit>>
  readonly limitStatus?: 403 | 429
  readonly pagesBy?: "page" | "cursor"
  readonly visibleAfterMillis?: number
  readonly indexedAfterMillis?: number
  readonly mishap?: (request: FakeRequest) => Mishap | undefined
}

/**
 * **Details**   `handle`, `errorResponse` and `control` are what `FakeServer.make` takes. `inject`
 * queues mishaps; each is spent on the next request, in order.
 *
 * @category models
 * @since 0.1.0
 */
export interface FakeGithub {
  readonly handle: (request: FakeRequest) => FakeResponse
  readonly errorResponse: (status: number) => FakeResponse
  readonly control: Readonly<Record<string, () => unknown>>
  readonly repository: (name: string) => Repository.Repository
  readonly rates: RateWindow.RateWindow
  readonly inject: (...mishaps: ReadonlyArray<Mishap>) => void
}

/**
 * A new GitHub.
 *
 * **When to use**   In tests of what writes to GitHub: afterwards `repository(…)` says what
 * was written. Make one per test: it has a memory.
 *
 * **Example** (One issue, seen from GitHub's side)
 *
 * ```ts import.meta.vitest
 * import * as FakeGithub from "@surety/github/testing/FakeGithub"
 *
 * const github = FakeGithub.make()
 * github.handle({
 *   index: 0, attempt: 1, atMillis: 0, unixMillis: 0, key: undefined,
 *   method: "POST", path: "/repos/octo/hello/issues", query: new URLSearchParams(), body: '{"title":"It broke"}',
 *   headers: { authorization: "Bearer ghp_fake", "user-agent": "me" }
 * }).status // => 201
 * github.repository("octo/hello").issues.map((issue) => issue.title) // => ["It broke"]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): FakeGithub => {
  let ids = 0
  const repositories = new Map<string, Repository.Repository>()
  for (const name of options.repositories ?? ["octo/hello"]) {
    const [owner = "", repo = ""] = name.split("/")
    repositories.set(
      name,
      Repository.make(owner, repo, () => ++ids)
    )
  }
  const rates = RateWindow.make({ ...RateWindow.githubs, ...options.limits })
  const world: World = {
    login: options.login ?? "octocat",
    repositories,
    pagesBy: options.pagesBy ?? "page",
    visibleAfterMillis: options.visibleAfterMillis ?? 0,
    indexedAfterMillis: options.indexedAfterMillis ?? 0
  }
  const queue: Array<Mishap> = []

  const answer = (request: FakeRequest, mishap: Mishap | undefined): Answered => {
    const refused = admit(options.token ?? "ghp_fake", request)
    if (refused !== undefined) return { response: refused, resource: "core" }
    const route = find(request)
    const resource = route?.endpoint.resource ?? "core"
    const instead = mishap === undefined ? undefined : misfortune(mishap, resource, rates, request.unixMillis)
    if (instead !== undefined) return instead
    if (request.method === "GET" && request.path === "/rate_limit") {
      return { response: status(rates, request.unixMillis), resource }
    }
    if (route === undefined) return { response: ErrorReply.notFound, resource }
    if (!rates.take(resource, request.unixMillis)) {
      return { response: ErrorReply.primaryLimit(options.limitStatus ?? 403), resource }
    }
    const response = route.endpoint.run(world, request, route.at)
    if (mishap?._tag === "ServerError") return { response: ErrorReply.serverError(mishap.status), resource }
    return { response: conditional(request, response, () => rates.giveBack(resource)), resource }
  }

  return {
    handle: (request) => {
      const mishap = queue.shift() ?? options.mishap?.(request)
      const { resource, response } = answer(request, mishap)
      return {
        ...response,
        headers: {
          ...RateWindow.toHeaders(resource, rates.left(resource, request.unixMillis)),
          date: new Date(request.unixMillis).toUTCString(),
          "x-github-request-id": `FA4E:${request.index}`,
          "x-github-api-version-selected": request.headers["x-github-api-version"] ?? versions[0] ?? "",
          ...response.headers,
          ...(mishap?._tag === "Annotated" ? joined(response.headers, mishap.headers) : undefined)
        }
      }
    },
    errorResponse: (status) =>
      status === 429
        ? ErrorReply.secondaryLimit(429)
        : status < 500
          ? ErrorReply.error(status, "Refused")
          : ErrorReply.serverError(status),
    control: {
      issues: () => [...repositories.values()].flatMap((repository) => repository.issues),
      comments: () => [...repositories.values()].flatMap((repository) => repository.comments)
    },
    repository: (name) => {
      const found = repositories.get(name)
      if (found === undefined) throw new RangeError(`the fake GitHub has no repository ${name}`)
      return found
    },
    rates,
    inject: (...mishaps) => {
      queue.push(...mishaps)
    }
  }
}

interface Answered {
  readonly response: FakeResponse
  /** the bucket whose counts the headers tell */
  readonly resource: string
}

const admit = (token: string, request: FakeRequest): FakeResponse | undefined => {
  if ((request.headers["user-agent"] ?? "").trim() === "") {
    return ErrorReply.error(
      403,
      "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
    )
  }
  const authorization = request.headers["authorization"] ?? ""
  if (!/^(bearer|token) /i.test(authorization) || authorization.split(" ")[1] !== token) {
    return ErrorReply.error(401, "Bad credentials")
  }
  const version = request.headers["x-github-api-version"]
  return version === undefined || versions.includes(version)
    ? undefined
    : ErrorReply.error(400, `${version} is not a supported version of the REST API`)
}

const find = (
  request: FakeRequest
): { readonly endpoint: Endpoint; readonly at: ReadonlyArray<string> } | undefined => {
  for (const endpoint of endpoints) {
    const match = endpoint.method === request.method ? endpoint.pattern.exec(request.path) : null
    if (match !== null) return { endpoint, at: match.slice(1) }
  }
  return undefined
}

/** What a mishap answers in place of the endpoint, when it does. */
const misfortune = (
  mishap: Mishap,
  resource: string,
  rates: RateWindow.RateWindow,
  nowMillis: number
): Answered | undefined => {
  switch (mishap._tag) {
    case "PrimaryLimit":
      rates.exhaust(mishap.resource, nowMillis + mishap.resetAfterMillis)
      return { response: ErrorReply.primaryLimit(mishap.status), resource: mishap.resource }
    case "SecondaryLimit":
      return { response: ErrorReply.secondaryLimit(mishap.status, mishap.retryAfterSeconds), resource }
    case "TooQuickly":
      return {
        response: ErrorReply.invalid([
          { resource: "Issue", code: "custom", field: "base", message: "was submitted too quickly" }
        ]),
        resource
      }
    case "Refused":
      return {
        response: ErrorReply.error(403, "Resource not accessible by integration", {
          headers: {
            "x-accepted-github-permissions": mishap.permissions,
            ...(mishap.remaining === "none" ? { "x-ratelimit-remaining": "0" } : undefined)
          }
        }),
        resource
      }
    case "ServerError":
      return mishap.at === "before-execution"
        ? { response: ErrorReply.serverError(mishap.status), resource }
        : undefined
    case "Moved":
      return {
        response: ErrorReply.error(mishap.status, "Moved Permanently", {
          headers: { location: mishap.location },
          body: { url: mishap.location }
        }),
        resource
      }
    case "Annotated":
      return undefined
  }
}

/** The limits, as `GET /rate_limit` tells them; asking is free. */
const status = (rates: RateWindow.RateWindow, nowMillis: number): FakeResponse =>
  json(200, {
    resources: Object.fromEntries(rates.resources().map((resource) => [resource, rates.left(resource, nowMillis)]))
  })

/** A read whose answer the client has already is a 304, and is not counted. */
const conditional = (request: FakeRequest, response: FakeResponse, uncount: () => void): FakeResponse => {
  if (request.method !== "GET" || response.status !== 200) return response
  const etag = `W/"${Fingerprint.fromSecret(String(response.body)).slice("sha256:".length)}"`
  if (request.headers["if-none-match"] === etag) {
    uncount()
    return { status: 304, headers: { etag } }
  }
  return { ...response, headers: { ...response.headers, etag } }
}

/** Annotations; a second `Link` joins the first. */
const joined = (
  headers: Readonly<Record<string, string>> | undefined,
  more: Readonly<Record<string, string>>
): Readonly<Record<string, string>> => {
  const link = [headers?.["link"], more["link"]].filter((part) => part !== undefined)
  return link.length === 0 ? more : { ...more, link: link.join(", ") }
}
