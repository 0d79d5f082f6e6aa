/** The provider as it is declared, its real times and rules, against the fake on a virtual clock. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Fault, FaultScript } from "surety/testing"
import { Github } from "../src/Github.ts"
import * as Mishap from "../src/testing/Mishap.ts"
import { begin, hello, make } from "./MemoryGithub.ts"

const first = { params: { ...hello, issue_number: 1 } }
const elapsed = Effect.map(Clock.currentTimeMillis, (now) => now - begin)

/** Runs an effect and says when it ended, in virtual milliseconds from the beginning. */
const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Effect.result(effect), (result) => Effect.map(elapsed, (at) => ({ result, at })))

const failureOf = <A, E>({ result }: { readonly result: Result.Result<A, E> }): E => {
  if (Result.isSuccess(result)) throw new Error("it succeeded")
  return result.failure
}

describe("a primary limit", () => {
  for (const status of [403, 429] as const) {
    it.effect(`is waited for when its reset is 20 s away, and comes as a ${status}`, () =>
      Effect.gen(function* () {
        const { fake, log, run } = make()
        fake.repository("octo/hello").open({ title: "one" }, begin)
        fake.inject(Mishap.primaryLimit({ status, resetAfterMillis: 20_000 }))
        const { at, result } = yield* run(Effect.flatMap(Github, (github) => timed(github.getIssue(first))))
        assert.isTrue(Result.isSuccess(result))
        assert.deepStrictEqual(log.statuses(), [status, 200])
        // a second after the reset, which is given in whole seconds
        assert.isAtLeast(at, 21_000)
        assert.isAtMost(at, 23_000)
      })
    )
  }

  it.effect("ends the call at once when its reset is 50 minutes away, and says when", () =>
    Effect.gen(function* () {
      const { fake, log, run } = make()
      fake.inject(Mishap.primaryLimit({ status: 403, resetAfterMillis: 3_000_000 }))
      const outcome = yield* run(Effect.flatMap(Github, (github) => timed(github.getIssue(first))))
      const error = failureOf(outcome)
      assert.strictEqual(error._tag, "RetriesExhausted")
      assert.isTrue(error._tag === "RetriesExhausted" && error.reason._tag === "RateLimited")
      if (error._tag !== "RetriesExhausted") return
      assert.strictEqual(error.stopped, "server-wait")
      assert.strictEqual(error.retryAt, begin + 3_001_000)
      assert.isAtMost(outcome.at, 1_000)
      assert.strictEqual(log.count(), 1)
    })
  )

  it.effect("of search holds search back, and nobody else", () =>
    Effect.gen(function* () {
      const { fake, log, run } = make({ fake: { limits: { search: { limit: 2, windowMillis: 60_000 } } } })
      fake.repository("octo/hello").open({ title: "one" }, begin)
      const search = (github: typeof Github.Service, q: string) => timed(github.searchIssues({ query: { q } }))
      const seen = yield* run(
        Effect.flatMap(Github, (github) =>
          Effect.gen(function* () {
            yield* search(github, "one")
            yield* search(github, "two")
            const third = yield* search(github, "three")
            const issue = yield* timed(github.getIssue(first))
            return { third, issue }
          })
        )
      )
      // the second answer said that nothing is left: the third search is not sent
      const error = failureOf(seen.third)
      assert.strictEqual(error._tag, "NotAttempted")
      assert.isTrue(error._tag === "NotAttempted" && error.reason._tag === "RateLimitSaturated")
      assert.isTrue(Result.isSuccess(seen.issue.result))
      assert.deepStrictEqual(
        log.entries.map((entry) => entry.path),
        ["/search/issues", "/search/issues", "/repos/octo/hello/issues/1"]
      )
    })
  )

  it.effect("is not what a missing permission is, even on the last request of the hour", () =>
    Effect.gen(function* () {
      const { fake, log, run } = make()
      fake.inject(Mishap.refused("issues=write", "none"))
      const error = failureOf(
        yield* run(
          Effect.flatMap(Github, (github) => timed(github.createIssue({ params: hello, payload: { title: "x" } })))
        )
      )
      assert.strictEqual(error._tag, "Forbidden")
      assert.isTrue(error._tag === "Forbidden" && error.permissions === "issues=write")
      assert.strictEqual(log.count(), 1)
    })
  )
})

describe("a secondary limit", () => {
  it.effect("that asks for 10 s holds every operation back for 10 s", () =>
    Effect.gen(function* () {
      const { fake, log, run } = make()
      fake.repository("octo/hello").open({ title: "one" }, begin)
      fake.inject(Mishap.secondaryLimit(403, 10))
      const ended = yield* run(
        Effect.flatMap(Github, (github) =>
          Effect.gen(function* () {
            const limited = yield* Effect.forkChild(timed(github.getIssue(first)))
            yield* Effect.sleep("1 second")
            const others = yield* Effect.all(
              [
                timed(github.searchIssues({ query: { q: "one" } })),
                timed(github.rateLimit()),
                timed(github.listComments({ params: hello, query: {} })),
                timed(github.createIssue({ params: hello, payload: { title: "two" } }))
              ],
              { concurrency: "unbounded" }
            )
            return [yield* Fiber.join(limited), ...others]
          })
        )
      )
      for (const { at, result } of ended) {
        assert.strictEqual(result._tag, "Success")
        assert.isAtLeast(at, 10_000)
      }
      assert.strictEqual(log.between(0, "10 seconds").count(), 1)
      assert.strictEqual(log.count(), 6)
    })
  )

  for (const mishap of [Mishap.secondaryLimit(429), Mishap.secondaryLimit(403), Mishap.tooQuickly]) {
    it.effect(`without a time (${mishap._tag}${"status" in mishap ? ` ${mishap.status}` : ""}) means a minute`, () =>
      Effect.gen(function* () {
        const { fake, log, run } = make()
        fake.inject(mishap)
        const outcome = yield* run(
          Effect.flatMap(Github, (github) => timed(github.createIssue({ params: hello, payload: { title: "x" } })))
        )
        assert.isTrue(Result.isSuccess(outcome.result))
        assert.isAtLeast(outcome.at, 60_000)
        assert.strictEqual(log.count(), 2)
        assert.strictEqual(fake.repository("octo/hello").issues.length, 1)
      })
    )
  }
})

describe("createIssue", () => {
  const create = (github: typeof Github.Service, options?: { readonly idempotencyKey: string }) =>
    github.createIssue.detailed({ params: hello, payload: { title: "It broke", body: "Badly." } }, options)

  it.effect("writes the caller's key where no reader sees it", () =>
    Effect.gen(function* () {
      const { fake, run } = make()
      const { metadata } = yield* run(Effect.flatMap(Github, (github) => create(github, { idempotencyKey: "job-7" })))
      assert.strictEqual(metadata.idempotencyKey, "job-7")
      assert.strictEqual(fake.repository("octo/hello").issues[0]?.body, "Badly.\n\n<!-- surety:job-7 -->")
    })
  )

  it.effect("looks 12 s after the answer was lost, and finds its issue", () =>
    Effect.gen(function* () {
      const { fake, log, run } = make({ script: FaultScript.of(Fault.resetAfter) })
      const { metadata } = yield* run(Effect.flatMap(Github, (github) => create(github)))
      assert.isTrue(metadata.reconciled)
      assert.deepStrictEqual(
        log.entries.map((entry) => entry.method),
        ["POST", "GET"]
      )
      assert.isAtLeast(log.entries[1]!.atMillis - log.entries[0]!.atMillis, 12_000)
      assert.strictEqual(fake.repository("octo/hello").issues.length, 1)
    })
  )

  it.effect("opens one issue when replicas lag by 11 s", () =>
    Effect.gen(function* () {
      const { fake, run } = make({ script: FaultScript.of(Fault.resetAfter), fake: { visibleAfterMillis: 11_000 } })
      yield* run(Effect.flatMap(Github, (github) => create(github)))
      assert.strictEqual(fake.repository("octo/hello").issues.length, 1)
    })
  )

  it.effect("opens one issue when GitHub is silent for 12 s and applied it", () =>
    Effect.gen(function* () {
      const { fake, run } = make({ script: FaultScript.of(Fault.stallHead("5 minutes")) })
      const { metadata } = yield* run(Effect.flatMap(Github, (github) => create(github)))
      assert.isTrue(metadata.reconciled)
      assert.strictEqual(fake.repository("octo/hello").issues.length, 1)
    })
  )

  it.effect("ends with the key and an unknown outcome when 100 issues in 1 s hide the answer", () =>
    Effect.gen(function* () {
      const { fake, log, run } = make({ script: FaultScript.of(Fault.resetAfter) })
      const outcome = yield* run(
        Effect.gen(function* () {
          const github = yield* Github
          const fiber = yield* Effect.forkChild(timed(create(github, { idempotencyKey: "job-7" })))
          yield* Effect.sleep("5 seconds")
          for (let count = 0; count < 100; count++)
            fake.repository("octo/hello").open({ title: "flood" }, begin + 5_000)
          return yield* Fiber.join(fiber)
        })
      )
      const error = failureOf(outcome)
      assert.strictEqual(error._tag, "OutcomeUnknown")
      if (error._tag !== "OutcomeUnknown") return
      assert.strictEqual(error.idempotencyKey, "job-7")
      assert.strictEqual(error.reconcile, "lookup")
      assert.strictEqual(log.filter((entry) => entry.method === "POST").count(), 1)
    })
  )

  it.effect("spaces 5 writes by a second each, and the reads not at all", () =>
    Effect.gen(function* () {
      const { log, run } = make()
      yield* run(
        Effect.flatMap(Github, (github) =>
          Effect.all(
            [
              ...Array.from({ length: 5 }, () => create(github)),
              ...Array.from({ length: 5 }, (_, index) =>
                github.listIssues({ params: hello, query: { page: index + 1 } })
              )
            ],
            { concurrency: "unbounded" }
          )
        )
      )
      const at = (method: string) =>
        log.filter((entry) => entry.method === method).entries.map((entry) => entry.atMillis)
      assert.deepStrictEqual(at("POST"), [0, 1_000, 2_000, 3_000, 4_000])
      assert.deepStrictEqual(at("GET"), [0, 0, 0, 0, 0])
    })
  )
})

describe("createComment", () => {
  it.effect("finds its comment among those of other issues, newest first", () =>
    Effect.gen(function* () {
      const { fake, log, run } = make({ script: FaultScript.of(Fault.resetAfter) })
      const repository = fake.repository("octo/hello")
      repository.open({ title: "one" }, begin)
      repository.open({ title: "two" }, begin)
      for (let count = 0; count < 250; count++) repository.comment(2, "older", begin - 1_000_000 + count * 1000)
      const { metadata, value } = yield* run(
        Effect.flatMap(Github, (github) => github.createComment.detailed({ ...first, payload: { body: "Me too." } }))
      )
      assert.isTrue(metadata.reconciled)
      assert.match(value.issue_url, /\/issues\/1$/)
      assert.deepStrictEqual(
        log.entries.map((entry) => entry.path),
        ["/repos/octo/hello/issues/1/comments", "/repos/octo/hello/issues/comments"]
      )
      assert.strictEqual(repository.comments.length, 251)
    })
  )

  it.effect("that was not written is sent again, once", () =>
    Effect.gen(function* () {
      const { fake, log, run } = make({ script: FaultScript.of(Fault.resetBefore) })
      fake.repository("octo/hello").open({ title: "one" }, begin)
      yield* run(Effect.flatMap(Github, (github) => github.createComment({ ...first, payload: { body: "Me too." } })))
      assert.deepStrictEqual(
        log.entries.map((entry) => entry.method),
        ["POST", "GET", "POST"]
      )
      assert.strictEqual(fake.repository("octo/hello").comments.length, 1)
    })
  )
})

describe("what GitHub says besides the answer", () => {
  it.effect("reaches the caller: deprecation, sunset, its link, version, request and what is left", () =>
    Effect.gen(function* () {
      const { fake, run } = make()
      fake.repository("octo/hello").open({ title: "one" }, begin)
      fake.inject(
        Mishap.annotated({
          deprecation: "Sat, 01 Aug 2026 00:00:00 GMT",
          sunset: "Mon, 01 Feb 2027 00:00:00 GMT",
          link: '<https://docs.github.com/rest/deprecations>; rel="deprecation"'
        })
      )
      const { metadata } = yield* run(Effect.flatMap(Github, (github) => github.getIssue.detailed(first)))
      assert.deepStrictEqual(metadata.deprecation, {
        deprecated: true,
        deprecatedAt: Date.UTC(2026, 7, 1),
        sunsetAt: Date.UTC(2027, 1, 1),
        links: [{ rel: "deprecation", href: "https://docs.github.com/rest/deprecations" }]
      })
      assert.strictEqual(metadata.requestId, "FA4E:0")
      assert.strictEqual(metadata.headers["x-github-api-version-selected"], "2026-03-10")
      assert.strictEqual(metadata.headers["x-ratelimit-remaining"], "4999")
      assert.strictEqual(metadata.headers["x-ratelimit-resource"], "core")
    })
  )

  it.effect("is nothing when nothing is deprecated", () =>
    Effect.gen(function* () {
      const { fake, run } = make()
      fake.repository("octo/hello").open({ title: "one" }, begin)
      const { metadata } = yield* run(Effect.flatMap(Github, (github) => github.getIssue.detailed(first)))
      assert.isUndefined(metadata.deprecation)
    })
  )

  it.effect("tells what is left of each limit, as times", () =>
    Effect.gen(function* () {
      const { run } = make()
      const { resources } = yield* run(Effect.flatMap(Github, (github) => github.rateLimit()))
      assert.strictEqual(resources.core.remaining, 5000)
      assert.strictEqual(resources.search.limit, 30)
      assert.strictEqual(DateTime.toEpochMillis(resources.core.reset), begin + Duration.toMillis("1 hour"))
    })
  )
})

describe("an answer that is not the issue", () => {
  it.effect("of a moved issue says where it is, and is not followed", () =>
    Effect.gen(function* () {
      const { fake, log, run } = make()
      fake.inject(Mishap.moved("https://api.github.com/repositories/7/issues/3"))
      const error = failureOf(yield* run(Effect.flatMap(Github, (github) => timed(github.getIssue(first)))))
      assert.isTrue(
        error._tag === "Moved" &&
          error.location === "https://api.github.com/repositories/7/issues/3" &&
          error.permanence === "permanent"
      )
      assert.strictEqual(log.count(), 1)
    })
  )

  it.effect("is NotFound for 404, Unauthorized for a wrong token, InvalidRequest with the field for 422", () =>
    Effect.gen(function* () {
      const missing = failureOf(yield* make().run(Effect.flatMap(Github, (github) => timed(github.getIssue(first)))))
      assert.strictEqual(missing._tag, "NotFound")
      const wrong = make({ token: "ghp_other" })
      const refused = failureOf(yield* wrong.run(Effect.flatMap(Github, (github) => timed(github.getIssue(first)))))
      assert.strictEqual(refused._tag, "Unauthorized")
      const invalid = failureOf(
        yield* make().run(
          Effect.flatMap(Github, (github) => timed(github.createIssue({ params: hello, payload: { title: " " } })))
        )
      )
      assert.isTrue(
        invalid._tag === "InvalidRequest" &&
          invalid.errors.some((one) => one.field === "title" && one.code === "missing_field")
      )
    })
  )

  it.effect("is retried when it is a 503, 3 attempts in all", () =>
    Effect.gen(function* () {
      const { log, run } = make({ script: FaultScript.repeat(Fault.unavailable()) })
      const error = failureOf(yield* run(Effect.flatMap(Github, (github) => timed(github.getIssue(first)))))
      assert.isTrue(error._tag === "RetriesExhausted" && error.reason._tag === "Unavailable")
      assert.deepStrictEqual(log.statuses(), [503, 503, 503])
    })
  )
})

describe("searchIssues", () => {
  it.effect("never finds a marker, which is why no lookup is a search", () =>
    Effect.gen(function* () {
      const { run } = make()
      const found = yield* run(
        Effect.gen(function* () {
          const github = yield* Github
          yield* github.createIssue({ params: hello, payload: { title: "It broke" } }, { idempotencyKey: "job-7" })
          return [
            (yield* github.searchIssues({ query: { q: "job-7" } })).total_count,
            (yield* github.searchIssues({ query: { q: "broke" } })).total_count
          ]
        })
      )
      assert.deepStrictEqual(found, [0, 1])
    })
  )

  it.effect("walks 150 results in pages of 100 by its own items", () =>
    Effect.gen(function* () {
      const { fake, run } = make()
      for (let count = 0; count < 150; count++) fake.repository("octo/hello").open({ title: "crash" }, begin)
      const numbers = yield* run(
        Effect.flatMap(Github, (github) =>
          Stream.runCollect(github.searchIssues.items({ query: { q: "crash", per_page: 100 } }))
        )
      )
      assert.strictEqual(new Set(numbers.map((issue) => issue.number)).size, 150)
    })
  )
})

describe("listIssues", () => {
  it.effect("is refused before anything is sent when a query asks for 101 issues a page", () =>
    Effect.gen(function* () {
      const { log, run } = make()
      const error = failureOf(
        yield* run(
          Effect.flatMap(Github, (github) => timed(github.listIssues({ params: hello, query: { per_page: 101 } })))
        )
      )
      assert.strictEqual(error._tag, "ContractViolation")
      assert.strictEqual(log.count(), 0)
    })
  )
})
