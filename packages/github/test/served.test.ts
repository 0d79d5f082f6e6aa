/** The declared provider against the fake over a real loopback port, with undici's sockets. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Fault, FaultScript } from "surety/testing"
import { hello } from "./MemoryGithub.ts"
import { QuickGithub, seed, serve } from "./ServedGithub.ts"

const body = "The button does nothing."

describe("createIssue over a socket", () => {
  it.live("opens one issue when the first connection is reset after it was opened, and says reconciled", () =>
    Effect.gen(function* () {
      const served = yield* serve({ script: FaultScript.of(Fault.resetAfter) })
      const { metadata, value } = yield* Effect.flatMap(QuickGithub, (_) =>
        _.createIssue.detailed({ params: hello, payload: { title: "It broke", body } })
      ).pipe(Effect.provide(served.layer))
      assert.strictEqual(metadata.reconciled, true)
      assert.strictEqual(metadata.attempts, 1)
      assert.strictEqual(value.title, "It broke")
      assert.deepStrictEqual(
        served.log.entries.map((entry) => `${entry.method} ${entry.path}`),
        ["POST /repos/octo/hello/issues", "GET /repos/octo/hello/issues"]
      )
      assert.strictEqual(served.fake.repository("octo/hello").issues.length, 1)
    })
  )

  it.live("opens one issue when the first connection is reset before, by sending it again after a look", () =>
    Effect.gen(function* () {
      const served = yield* serve({ script: FaultScript.of(Fault.resetBefore) })
      const { metadata, value } = yield* Effect.flatMap(QuickGithub, (_) =>
        _.createIssue.detailed({ params: hello, payload: { title: "It broke", body } })
      ).pipe(Effect.provide(served.layer))
      assert.strictEqual(metadata.reconciled, false)
      assert.strictEqual(metadata.attempts, 2)
      assert.strictEqual(value.number, 1)
      assert.deepStrictEqual(
        served.log.entries.map((entry) => entry.method),
        ["POST", "GET", "POST"]
      )
      assert.strictEqual(served.fake.repository("octo/hello").issues.length, 1)
    })
  )

  it.live("opens one issue when a 502 comes after it was opened", () =>
    Effect.gen(function* () {
      const served = yield* serve()
      served.fake.inject({ _tag: "ServerError", status: 502, at: "after-execution" })
      const value = yield* Effect.flatMap(QuickGithub, (_) =>
        _.createIssue({ params: hello, payload: { title: "It broke" } })
      ).pipe(Effect.provide(served.layer))
      assert.strictEqual(value.number, 1)
      assert.strictEqual(served.fake.repository("octo/hello").issues.length, 1)
    })
  )

  it.live("finds a comment that was written on a lost connection", () =>
    Effect.gen(function* () {
      const served = yield* serve({
        script: FaultScript.when(
          { method: "POST", path: "/repos/*/*/issues/1/comments" },
          FaultScript.of(Fault.cutAfter(20))
        )
      })
      seed(served.fake, 2, Date.now())
      const { metadata, value } = yield* Effect.flatMap(QuickGithub, (_) =>
        _.createComment.detailed({ params: { ...hello, issue_number: 1 }, payload: { body } })
      ).pipe(Effect.provide(served.layer))
      assert.strictEqual(metadata.reconciled, true)
      assert.match(value.issue_url, /\/issues\/1$/)
      assert.strictEqual(served.fake.repository("octo/hello").comments.length, 1)
    })
  )
})

describe("listIssues over a socket", () => {
  for (const pagesBy of ["page", "cursor"] as const) {
    it.live(`gives each of 250 issues once, linked by ${pagesBy}, with a 503 on page 2`, () =>
      Effect.gen(function* () {
        const served = yield* serve({ fake: { pagesBy }, script: FaultScript.of(Fault.ok, Fault.unavailable()) })
        seed(served.fake, 250, Date.now())
        const issues = yield* Effect.flatMap(QuickGithub, (_) =>
          Stream.runCollect(_.listIssues.items({ params: hello, query: { per_page: 100, direction: "asc" } }))
        ).pipe(Effect.provide(served.layer))
        assert.deepStrictEqual(
          issues.map((issue) => issue.number),
          Array.from({ length: 250 }, (_, index) => index + 1)
        )
        assert.deepStrictEqual(served.log.statuses(), [200, 503, 200, 200])
      })
    )
  }

  it.live("walks 3 unchanged pages a second time by three 304s, none of them counted", () =>
    Effect.gen(function* () {
      const served = yield* serve()
      seed(served.fake, 250, Date.now())
      const [first, second] = yield* Effect.flatMap(QuickGithub, (_) => {
        const walk = Stream.runCollect(_.listIssues.items({ params: hello, query: { per_page: 100 } }))
        return Effect.all([walk, walk])
      }).pipe(Effect.provide(served.layer))
      assert.strictEqual(second.length, 250)
      assert.deepStrictEqual(second, first)
      assert.deepStrictEqual(served.log.statuses(), [200, 200, 200, 304, 304, 304])
      assert.strictEqual(served.fake.rates.left("core", Date.now()).used, 3)
    })
  )
})

describe("a conditional read over a socket", () => {
  it.live("answers with the kept issue on a 304, and with the new one once it has changed", () =>
    Effect.gen(function* () {
      const served = yield* serve()
      seed(served.fake, 1, Date.now())
      const seen = yield* Effect.flatMap(QuickGithub, (_) =>
        Effect.gen(function* () {
          const get = _.getIssue.detailed({ params: { ...hello, issue_number: 1 } })
          const first = yield* get
          const second = yield* get
          served.fake.repository("octo/hello").close(1, Date.now())
          const third = yield* get
          return [first, second, third].map(({ metadata, value }) => [metadata.status, value.state])
        })
      ).pipe(Effect.provide(served.layer))
      assert.deepStrictEqual(seen, [
        [200, "open"],
        [304, "open"],
        [200, "closed"]
      ])
    })
  )

  it.live("shares nothing with another layer of the same provider", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* serve(), yield* serve()]
      for (const served of [one, other]) {
        seed(served.fake, 1, 0)
        yield* Effect.flatMap(QuickGithub, (_) => _.getIssue({ params: { ...hello, issue_number: 1 } })).pipe(
          Effect.provide(served.layer)
        )
      }
      assert.deepStrictEqual(other.log.statuses(), [200])
      assert.isUndefined(other.log.entries[0]?.requestHeaders["if-none-match"])
    })
  )
})

describe("every operation over a socket", () => {
  it.live("asks for version 2026-03-10 by name, with a user agent and a token that the log does not show", () =>
    Effect.gen(function* () {
      const served = yield* serve()
      seed(served.fake, 3, Date.now())
      const found = yield* Effect.flatMap(QuickGithub, (_) =>
        Effect.all([
          _.searchIssues({ query: { q: "repo:octo/hello Issue 2" } }),
          _.rateLimit(),
          _.listComments({ params: hello, query: {} })
        ])
      ).pipe(Effect.provide(served.layer))
      assert.deepStrictEqual(
        found[0].items.map((issue) => issue.number),
        [2]
      )
      assert.strictEqual(found[1].resources.search.used, 1)
      assert.deepStrictEqual(found[2], [])
      for (const { requestHeaders } of served.log.entries) {
        assert.strictEqual(requestHeaders["x-github-api-version"], "2026-03-10")
        assert.strictEqual(requestHeaders["user-agent"], "surety-test")
        assert.strictEqual(requestHeaders["accept"], "application/vnd.github+json")
        assert.match(requestHeaders["authorization"] ?? "", /^sha256:/)
      }
    })
  )
})
