// An issue that an earlier process may have opened is opened again only when it is certainly not there.
//
// The lookup took one page for the answer although the first attempt was hours ago and a hundred issues were newer, and
// it did not wait for what the other process had sent a second before: opened twice.
import { Github } from "@surety/github"
import { FakeGithub } from "@surety/github/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { FakeServer, FakeTransport } from "surety/testing"

const begin = Date.UTC(2026, 10, 20, 12)
const second = 1000
const minute = 60 * second

/** Opens an issue under a key that was first used so long ago, and lets two minutes pass. */
const redeliver = (fake: FakeGithub.FakeGithub, agoMillis: number, meanwhile: Effect.Effect<void> = Effect.void) => {
  const server = FakeServer.make({ handle: fake.handle })
  return Effect.gen(function* () {
    yield* TestClock.setTime(begin)
    const github = yield* Github
    const call = github.createIssue.detailed(
      { params: { owner: "octo", repo: "hello" }, payload: { title: "It broke" } },
      { idempotencyKey: "job-7", keyFirstUsedAt: begin - agoMillis }
    )
    const fiber = yield* Effect.forkChild(Effect.result(call))
    yield* Effect.forkChild(meanwhile)
    yield* TestClock.adjust("2 minutes")
    const said = yield* Fiber.join(fiber)
    return { said, posts: server.log.entries.filter((entry) => entry.method === "POST").length }
  }).pipe(
    Effect.provide(
      Github.layer.pipe(
        Layer.provide([FakeTransport.layer(server), Github.Credentials.layer(Redacted.make("ghp_fake"))])
      )
    )
  )
}

describe("a redelivered createIssue", () => {
  it.effect("posts 0 times when 150 issues are newer than the first attempt, 3 hours ago", () => {
    const fake = FakeGithub.make()
    const repository = fake.repository("octo/hello")
    repository.open({ title: "It broke", body: "<!-- surety:job-7 -->" }, begin - 180 * minute)
    for (let count = 150; count > 0; count--) repository.open({ title: "Another" }, begin - count * minute)
    return Effect.map(redeliver(fake, 180 * minute), ({ posts, said }) => {
      assert.strictEqual(posts, 0)
      if (said._tag === "Success" || said.failure._tag !== "NotAttempted") return assert.fail(said._tag)
      assert.strictEqual(said.failure.reason._tag, "KeyRefused")
    })
  })

  it.effect("posts 0 times when what was sent 1 s before shows up 5 s later", () => {
    const fake = FakeGithub.make()
    const repository = fake.repository("octo/hello")
    const arrives = Effect.delay(
      Effect.sync(() => void repository.open({ title: "It broke", body: "<!-- surety:job-7 -->" }, begin)),
      "5 seconds"
    )
    return Effect.map(redeliver(fake, second, arrives), ({ posts, said }) => {
      assert.strictEqual(posts, 0)
      assert.isTrue(said._tag === "Success" && said.success.metadata.reconciled)
    })
  })

  it.effect("posts 1 time when nothing is there and nothing comes within the 12 s a write may take", () =>
    Effect.map(redeliver(FakeGithub.make(), second), ({ posts, said }) => {
      assert.deepStrictEqual([posts, said._tag], [1, "Success"])
    })
  )
})
