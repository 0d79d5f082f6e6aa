// A fake routes to the operation that a provider would: where a name and a parameter both match, to the name.
//
// GitHub's `/issues/comments` was answered as `/issues/:issue_number` with a 400, because that was declared first.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Github } from "@surety/github"
import { FakeProvider } from "surety/testing"

it.effect("answers listComments with a list, though getIssue is declared before it", () =>
  Effect.gen(function* () {
    const fake = FakeProvider.make(Github)
    yield* Effect.flatMap(Github, (github) =>
      github.listComments({ params: { owner: "octo", repo: "hello" }, query: {} })
    ).pipe(Effect.provide(Github.layerFake(fake)))
    assert.deepStrictEqual([fake.log.of("listComments").count(), fake.log.of("getIssue").count()], [1, 0])
  })
)
