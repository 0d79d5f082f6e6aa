/**
 * The official `@octokit/request` under a contract, against a fake GitHub on a real port.
 * Virtual time moves the engine's clock; sockets take the time they take.
 */
import { assert, describe, it } from "@effect/vitest"
import * as FakeGithub from "@surety/github/testing/FakeGithub"
import * as Mishap from "@surety/github/testing/Mishap"
import { Cause, Effect, Fiber, Layer, Redacted } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { Provider } from "surety"
import { Fault, FaultScript } from "surety/testing"
import { Issues, Limited, NotFound, Refused } from "./Issues.ts"
import { everythingIn, type Served, serve, until } from "./Served.ts"

const token = "ghp_fake"
const hello = { owner: "octo", repo: "hello" }
const issue = { ...hello, title: "It broke", body: "The button does nothing." }

type Fake = Served<FakeGithub.FakeGithub>
const layerOf = ({ url }: Fake, secret = token) =>
  Layer.provide(Issues.layerAt(url), Issues.Credentials.layer(Redacted.make(secret)))
const opened = ({ fake }: Fake) => fake.repository("octo/hello").issues.map(({ title }) => title)
const methods = ({ log }: Fake) => log.entries.map(({ method }) => method)

describe("an error of @octokit/request", () => {
  const cases: ReadonlyArray<{
    readonly name: string
    readonly script?: FaultScript.FaultScript
    readonly mishaps?: ReadonlyArray<Mishap.Mishap>
    readonly repo?: string
    readonly secret?: string
    readonly gives: ReadonlyArray<string>
    readonly requests: number
  }> = [
    { name: "404 is nothing found after 1 request", repo: "none", gives: ["NotFound"], requests: 1 },
    { name: "401 is a refusal after 1 request", secret: "ghp_wrong", gives: ["Refused"], requests: 1 },
    {
      name: "403 for want of a permission is a refusal after 1 request",
      mishaps: [Mishap.refused("issues=read")],
      gives: ["Refused"],
      requests: 1
    },
    {
      name: "403 for a secondary limit of 60 seconds ends a call of 10 seconds at once",
      mishaps: [Mishap.secondaryLimit(403, 60)],
      gives: ["RetriesExhausted", "Limited"],
      requests: 1
    },
    {
      name: "429 is a limit, and 3 of them end the call",
      mishaps: [1, 2, 3].map(() => Mishap.secondaryLimit(429)),
      gives: ["RetriesExhausted", "Limited"],
      requests: 3
    },
    {
      name: "502 is undeclared, and 3 of them end the call",
      mishaps: [1, 2, 3].map(() => Mishap.serverError(502)),
      gives: ["RetriesExhausted", "UndeclaredStatus"],
      requests: 3
    },
    {
      name: "the made-up 500 of a reset connection is a connection lost, 3 times",
      script: FaultScript.repeat(Fault.resetBefore),
      gives: ["RetriesExhausted", "ConnectionLost"],
      requests: 3
    }
  ]
  for (const { gives, mishaps = [], name, repo = "hello", requests, script, secret = token } of cases) {
    it.live(`${name}, and shows no token`, () =>
      Effect.gen(function* () {
        const served = yield* serve(FakeGithub.make(), script)
        served.fake.inject(...mishaps)
        const error = yield* Effect.flatMap(Issues, (_) => _.list({ ...hello, repo })).pipe(
          Effect.flip,
          Effect.provide(layerOf(served, secret))
        )
        assert.deepStrictEqual([error._tag, ...("reason" in error ? [error.reason._tag] : [])], gives)
        assert.strictEqual(served.log.count(), requests)
        assert.notInclude(everythingIn(error), secret)
        assert.notInclude(Cause.pretty(Cause.fail(error)), secret)
      })
    )
  }

  it.live("of a refused connection is the one that proves that nothing was sent", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(serve(FakeGithub.make()))
      const error = yield* Effect.flatMap(Issues, (_) => _.open(issue)).pipe(Effect.flip, Effect.provide(layerOf(gone)))
      assert.strictEqual(error._tag === "RetriesExhausted" && error.reason._tag, "NotSent")
    })
  )

  it("becomes a failure that says whether it may be sent again", () => {
    assert.deepStrictEqual(
      [NotFound, Limited, Refused].map(({ disposition, tag }) => [tag, disposition]),
      [
        ["NotFound", "never"],
        ["Limited", "safe"],
        ["Refused", "never"]
      ]
    )
  })
})

describe("an issue opened over @octokit/request", () => {
  it.live("is opened once when the connection is reset after it was opened, by 1 lookup and 0 resends", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeGithub.make(), FaultScript.of(Fault.resetAfter))
      const { metadata, value } = yield* Effect.flatMap(Issues, (_) => _.open.detailed(issue)).pipe(
        Effect.provide(layerOf(served))
      )
      assert.deepStrictEqual([value.number, metadata.attempts, metadata.reconciled], [1, 1, true])
      assert.deepStrictEqual(methods(served), ["POST", "GET"])
      assert.deepStrictEqual(opened(served), ["It broke"])
    })
  )

  it.live("is opened once when the connection is reset before, by 1 lookup and 1 resend", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeGithub.make(), FaultScript.of(Fault.resetBefore))
      const { metadata, value } = yield* Effect.flatMap(Issues, (_) =>
        _.open.detailed(issue, { idempotencyKey: "ticket-7" })
      ).pipe(Effect.provide(layerOf(served)))
      assert.deepStrictEqual([value.number, metadata.attempts, metadata.reconciled], [1, 2, false])
      assert.match(value.body, /<!-- ticket-7 -->$/)
      assert.deepStrictEqual(methods(served), ["POST", "GET", "POST"])
      assert.deepStrictEqual(opened(served), ["It broke"])
    })
  )

  it.live("is opened once when the answer is cut after 20 bytes, which the client calls a success", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeGithub.make(), FaultScript.of(Fault.cutAfter(20)))
      const { metadata, value } = yield* Effect.flatMap(Issues, (_) => _.open.detailed(issue)).pipe(
        Effect.provide(layerOf(served))
      )
      assert.deepStrictEqual([value.number, metadata.reconciled], [1, true])
      assert.deepStrictEqual(opened(served), ["It broke"])
    })
  )

  it.effect("is opened once when it stalls past the timeout of 2 seconds, and its connection is closed", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeGithub.make(), FaultScript.of(Fault.stallHead("1 hour")))
      yield* Effect.gen(function* () {
        const issues = yield* Issues
        const fiber = yield* Effect.forkChild(issues.open.detailed(issue))
        yield* until("the issue is opened", () => opened(served).length === 1)
        yield* TestClock.adjust("2 seconds")
        yield* until("the provider sees the connection closed", () => served.closedByClient() === 1)
        yield* TestClock.adjust("20 millis")
        const { metadata, value } = yield* Fiber.join(fiber)
        assert.deepStrictEqual([value.number, metadata.reconciled], [1, true])
        assert.strictEqual(Provider.control(issues)?.inFlight(), 0)
      }).pipe(Effect.provide(layerOf(served)))
      assert.deepStrictEqual(methods(served), ["POST", "GET"])
      assert.deepStrictEqual(opened(served), ["It broke"])
    })
  )
})

describe("an abortable call of @octokit/request", () => {
  it.effect("closes its connection at the timeout of 2 seconds, and frees its permit before the 2nd attempt", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeGithub.make(), FaultScript.of(Fault.stallHeadUnapplied("1 hour")))
      yield* Effect.gen(function* () {
        const issues = yield* Issues
        const fiber = yield* Effect.forkChild(issues.list.detailed(hello))
        yield* until("the read arrives", () => served.log.count() === 1)
        assert.strictEqual(Provider.control(issues)?.inFlight(), 1)
        assert.strictEqual(served.closedByClient(), 0)
        yield* TestClock.adjust("2 seconds")
        yield* until("the provider sees the connection closed", () => served.closedByClient() === 1)
        assert.strictEqual(Provider.control(issues)?.inFlight(), 0)
        yield* TestClock.adjust("20 millis")
        assert.strictEqual((yield* Fiber.join(fiber)).metadata.attempts, 2)
      }).pipe(Effect.provide(layerOf(served)))
      assert.deepStrictEqual(served.log.statuses(), [undefined, 200])
    })
  )

  it.effect("closes its connection when it stalls in the body", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeGithub.make(), FaultScript.of(Fault.stallBody("1 hour", 1)))
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.flatMap(Issues, (_) => _.list.detailed(hello)))
        yield* until("the head is sent", () => served.log.entries[0]?.status === 200)
        yield* TestClock.adjust("2 seconds")
        yield* until("the provider sees the connection closed", () => served.closedByClient() === 1)
        yield* TestClock.adjust("20 millis")
        assert.strictEqual((yield* Fiber.join(fiber)).metadata.attempts, 2)
      }).pipe(Effect.provide(layerOf(served)))
    })
  )

  it.effect("closes its connection when the caller is interrupted, and is not sent again", () =>
    Effect.gen(function* () {
      const served = yield* serve(FakeGithub.make(), FaultScript.of(Fault.stallHeadUnapplied("1 hour")))
      yield* Effect.gen(function* () {
        const issues = yield* Issues
        const fiber = yield* Effect.forkChild(issues.open(issue))
        yield* until("the write arrives", () => served.log.count() === 1)
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(Provider.control(issues)?.inFlight(), 0)
        yield* until("the provider sees the connection closed", () => served.closedByClient() === 1)
      }).pipe(Effect.provide(layerOf(served)))
      assert.strictEqual(served.log.count(), 1)
      assert.deepStrictEqual(opened(served), [])
    })
  )
})
