// Two layers of one provider share the answers that conditional reads keep.
//
// The answers were kept per declaration: a second layer, with another credential, asked for changes to what only the
// first had seen, and was given it.
import { Github } from "@surety/github"
import { FakeGithub } from "@surety/github/testing"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { FakeServer, FakeTransport } from "surety/testing"

const get = (server: FakeServer.FakeServer) =>
  Effect.flatMap(Github, (github) =>
    github.getIssue({ params: { owner: "octo", repo: "hello", issue_number: 1 } })
  ).pipe(
    Effect.provide(Github.layer),
    Effect.provide(Layer.merge(FakeTransport.layer(server), Github.Credentials.layer(Redacted.make("ghp_fake"))))
  )

it.effect("asks for the whole issue in each of 2 layers", () => {
  const fake = FakeGithub.make()
  fake.repository("octo/hello").open({ title: "It broke" }, 0)
  const server = FakeServer.make({ handle: fake.handle })
  return Effect.gen(function* () {
    yield* get(server)
    yield* get(server)
    assert.deepStrictEqual(server.log.statuses(), [200, 200])
  })
})
