// A list whose first page is unchanged ends after that page.
//
// A 304 carries no `Link`, and the headers of the kept answer were forgotten: the rest of the list was lost.
import { Github } from "@surety/github"
import { FakeGithub } from "@surety/github/testing"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { FakeServer, FakeTransport } from "surety/testing"

it.effect("gives all 40 issues of 2 unchanged pages again", () => {
  const fake = FakeGithub.make()
  for (let count = 0; count < 40; count++) fake.repository("octo/hello").open({ title: "It broke" }, 0)
  const server = FakeServer.make({ handle: fake.handle })
  return Effect.gen(function* () {
    const github = yield* Github
    const walk = Stream.runCollect(github.listIssues.items({ params: { owner: "octo", repo: "hello" }, query: {} }))
    yield* walk
    assert.strictEqual((yield* walk).length, 40)
    assert.deepStrictEqual(server.log.statuses(), [200, 200, 304, 304])
  }).pipe(
    Effect.provide(Github.layer),
    Effect.provide(Layer.merge(FakeTransport.layer(server), Github.Credentials.layer(Redacted.make("ghp_fake"))))
  )
})
