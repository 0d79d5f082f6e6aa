// An attempt runs as its caller runs, and not as the layer was built.
//
// The context of a layer has the scheduler, the span and the memo map of the run that built it, and callers that had none of
// their own got those: attempts of a layer built by `runSync` ran on the scheduler of a run that had ended.
import { assert, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Scheduler from "effect/Scheduler"
import * as Tracer from "effect/Tracer"
import { Backoff, Credential, Degradation, Operation, Provider, RateLimit, RetryMatrix } from "surety"

class Stamp extends Context.Service<Stamp, string>()("tests/Stamp") {}
class Desk extends Context.Reference<string>("tests/Desk", { defaultValue: () => "none" }) {}

class Post extends Provider.Service<Post>()("tests/Post", {
  baseUrl: "https://api.post.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 10 },
  credentials: Credential.none("a test"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/post",
  operations: {
    read: Operation.read("read", {
      timeout: { attempt: "1 second", total: "2 seconds" },
      failures: [],
      retry: RetryMatrix.transport(
        Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 1, jitter: "full" })
      ),
      attempt: (_: string) =>
        Effect.gen(function* () {
          const mode = (yield* Scheduler.Scheduler).executionMode
          const span = yield* Effect.serviceOption(Tracer.ParentSpan)
          return { mode, span: Option.isSome(span), stamp: yield* Stamp, desk: yield* Desk }
        })
    })
  }
}) {}

it("has its caller's scheduler and span, the layer's services, and of both its caller's", async () => {
  const built = Layer.provide(
    Post.layer,
    Layer.mergeAll(Layer.succeed(Stamp, "of the layer"), Layer.succeed(Desk, "of the layer"))
  )
  const runtime = ManagedRuntime.make(Layer.provideMerge(built, Layer.span("building")))
  const post = runtime.runSync(Post)
  assert.deepStrictEqual(await Effect.runPromise(post.read("a")), {
    mode: "async",
    span: false,
    stamp: "of the layer",
    desk: "of the layer"
  })
  const called = post.read("a").pipe(Effect.provideService(Stamp, "of the caller"), Effect.provideService(Desk, "mine"))
  for (let turn = 0; turn < 2; turn++) {
    assert.deepStrictEqual(await Effect.runPromise(Effect.withSpan(called, "calling")), {
      mode: "async",
      span: true,
      stamp: "of the caller",
      desk: "mine"
    })
  }
  await runtime.dispose()
})
