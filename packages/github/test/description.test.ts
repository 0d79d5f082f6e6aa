/**
 * What our client really sends, and what our fake answers, is what GitHub describes; and
 * for each operation a request and a response that must be refused.
 *
 * Locally this needs `npm run github:description` once; in CI the file must be there.
 */
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { version } from "../src/GithubContract.ts"
import * as Mishap from "../src/testing/Mishap.ts"
import * as Description from "./Description.ts"
import { hello } from "./MemoryGithub.ts"
import { type Exchange, QuickGithub, seed, serve } from "./ServedGithub.ts"

const inCI = process.env["CI"] === "true"

it("the description is there, as it must be in CI", () => {
  assert.isTrue(Description.isPresent || !inCI, `${Description.file} is missing: npm run github:description`)
})

/** One call of each operation, with every member that it can take, and each kind of refusal. */
const everything = Effect.gen(function* () {
  const served = yield* serve()
  seed(served.fake, 120, Date.now())
  yield* Effect.flatMap(QuickGithub, (github) =>
    Effect.gen(function* () {
      const first = { params: { ...hello, issue_number: 1 } }
      const since = DateTime.makeUnsafe(0)
      yield* Stream.runDrain(github.listIssues.items({ params: hello, query: { per_page: 100 } }))
      yield* github.listIssues({
        params: hello,
        query: {
          state: "all",
          sort: "updated",
          direction: "asc",
          since,
          labels: "bug,help wanted",
          assignee: "*",
          creator: "octocat",
          mentioned: "octocat",
          milestone: "none",
          type: "*",
          per_page: 1,
          page: 1
        }
      })
      yield* github.createIssue({
        params: hello,
        payload: {
          title: "It broke",
          body: "Badly.",
          labels: ["bug"],
          assignees: ["octocat"],
          milestone: 1,
          type: "Bug"
        }
      })
      yield* github.createComment({ ...first, payload: { body: "Me too." } })
      yield* github.listComments({
        params: hello,
        query: { sort: "created", direction: "desc", since, per_page: 100, page: 1 }
      })
      yield* github.getIssue(first)
      yield* github.getIssue(first)
      yield* github.searchIssues({
        query: { q: "repo:octo/hello broke", sort: "created", order: "desc", per_page: 10, page: 1 }
      })
      yield* github.rateLimit()
      yield* Effect.ignore(github.getIssue({ params: { ...hello, issue_number: 9999 } }))
      yield* Effect.ignore(github.createIssue({ params: hello, payload: { title: "" } }))
      served.fake.inject(Mishap.moved("https://api.github.com/repositories/1/issues/1"))
      yield* Effect.ignore(github.getIssue(first))
      served.fake.inject(Mishap.refused("issues=write"))
      yield* Effect.ignore(github.createComment({ ...first, payload: { body: "x" } }))
      served.fake.inject(Mishap.serverError(503))
      yield* github.createIssue({ params: hello, payload: { title: "After a 503" } })
    })
  ).pipe(Effect.provide(served.layer))
  return { exchanges: served.exchanges, log: served.log }
})

type Change = (exchange: Exchange) => Exchange

const inBody =
  (change: (body: Record<string, unknown>) => unknown): Change =>
  ({ request, response }) => ({
    response,
    request: { ...request, body: JSON.stringify(change(JSON.parse(request.body))) }
  })
const inQuery =
  (name: string, value: string): Change =>
  ({ request, response }) => ({
    response,
    request: { ...request, query: new URLSearchParams([...request.query, [name, value]]) }
  })
const inAnswer =
  (change: (body: never) => unknown): Change =>
  ({ request, response }) => ({
    request,
    response: { ...response, body: JSON.stringify(change(JSON.parse(String(response.body)) as never)) }
  })
const without = (name: string) => (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== name))

/** For each operation, one change that makes its request wrong and one that makes its response wrong. */
const controls: Readonly<Record<string, { readonly request: Change; readonly response: Change }>> = {
  "issues/list-for-repo": {
    request: inQuery("state", "opened"),
    response: inAnswer((page: ReadonlyArray<Record<string, unknown>>) => page.map(without("number")))
  },
  "issues/create": {
    request: inBody(without("title")),
    response: inAnswer((issue: Record<string, unknown>) => ({ ...issue, user: { login: "octocat" } }))
  },
  "issues/get": {
    request: ({ request, response }) => ({
      response,
      request: { ...request, path: request.path.replace(/\d+$/, "one") }
    }),
    response: inAnswer((issue: Record<string, unknown>) => ({ ...issue, created_at: "yesterday" }))
  },
  "issues/create-comment": {
    request: inBody((body) => ({ ...body, text: "unknown to GitHub" })),
    response: inAnswer((comment: Record<string, unknown>) => ({ ...comment, author_association: "FRIEND" }))
  },
  "issues/list-comments-for-repo": {
    request: inQuery("order", "desc"),
    response: inAnswer((page: ReadonlyArray<Record<string, unknown>>) => page.map(without("issue_url")))
  },
  "search/issues-and-pull-requests": {
    request: ({ request, response }) => ({ response, request: { ...request, query: new URLSearchParams("page=1") } }),
    response: inAnswer((found: Record<string, unknown>) => ({ ...found, total_count: "1" }))
  },
  "rate-limit/get": {
    request: inQuery("resource", "core"),
    response: inAnswer((status: { readonly resources: Record<string, unknown> }) => ({
      resources: without("search")(status.resources)
    }))
  }
}

describe.skipIf(!Description.isPresent)(`GitHub's description, version ${version}`, () => {
  let description: Description.Description
  let exchanges: ReadonlyArray<Exchange>
  let arrived: number
  beforeAll(async () => {
    description = Description.read(version)
    const seen = await Effect.runPromise(Effect.scoped(everything))
    exchanges = seen.exchanges
    arrived = seen.log.count()
  }, 60_000)

  const exchangeOf = (id: string): Exchange => {
    const found = exchanges.find(
      ({ request, response }) => description.operationOf(request) === id && response.status < 300
    )
    assert.isDefined(found, `no successful exchange of ${id}`)
    return found as Exchange
  }

  it("describes all 7 operations, and every exchange of the log was looked at", () => {
    const seen = new Set(exchanges.map(({ request }) => description.operationOf(request)))
    assert.deepStrictEqual([...seen].toSorted(), Object.keys(controls).toSorted())
    assert.strictEqual(exchanges.length, arrived)
  })

  it("accepts every request that our client sent", () => {
    for (const { request } of exchanges) {
      assert.deepStrictEqual(description.faultsOfRequest(request), [], `${request.method} ${request.path}`)
    }
  })

  it("accepts every response of our fake: 200, 201, 301, 304, 403, 404, 422 and 503", () => {
    for (const { request, response } of exchanges) {
      const name = `${request.method} ${request.path} ${response.status}`
      assert.deepStrictEqual(description.faultsOfResponse(request, response), [], name)
    }
    const statuses = new Set(exchanges.map(({ response }) => response.status))
    assert.deepStrictEqual([...statuses].toSorted(), [200, 201, 301, 304, 403, 404, 422, 503])
  })

  for (const [id, control] of Object.entries(controls)) {
    it(`refuses a wrong request of ${id}, which differs from a right one in one place`, () => {
      const right = exchangeOf(id)
      assert.deepStrictEqual(description.faultsOfRequest(right.request), [])
      assert.notDeepEqual(description.faultsOfRequest(control.request(right).request), [])
    })

    it(`refuses a wrong response of ${id}, which differs from a right one in one place`, () => {
      const right = exchangeOf(id)
      assert.deepStrictEqual(description.faultsOfResponse(right.request, right.response), [])
      assert.notDeepEqual(description.faultsOfResponse(right.request, control.response(right).response), [])
    })
  }

  it("refuses an error of another shape, and a status that the operation is not described to answer", () => {
    const missing = exchanges.find(({ response }) => response.status === 404) as Exchange
    const wrong = { ...missing.response, body: JSON.stringify({ message: 404 }) }
    assert.notDeepEqual(description.faultsOfResponse(missing.request, wrong), [])
    assert.notDeepEqual(description.faultsOfResponse(missing.request, { ...missing.response, status: 418 }), [])
  })

  it("knows the breaking changes of the pinned version: an issue needs no assignee, a request may not hold one", () => {
    const { request, response } = exchangeOf("issues/create")
    const old = Description.read("2022-11-28")
    assert.include(old.faultsOfResponse(request, response).join(), "assignee")
    const withAssignee = inBody((body) => ({ ...body, assignee: "octocat" }))({ request, response }).request
    assert.deepStrictEqual(old.faultsOfRequest(withAssignee), [])
    assert.notDeepEqual(description.faultsOfRequest(withAssignee), [])
  })
})
