// A link that is added to one call's span is on no other span.
//
// All spans were made with one and the same list of links, and Effect's own span adds to the list it was given.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import { Backoff, Credential, Degradation, Operation, Provider, RateLimit, RetryMatrix } from "surety"

const origin = Tracer.externalSpan({ spanId: "00f067aa0ba902b7", traceId: "4bf92f3577b34da6a3ce929d0e0e4736" })

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
      attempt: (linked: "linked" | "alone") =>
        linked === "alone"
          ? Effect.void
          : Effect.map(Effect.orDie(Effect.currentSpan), (span) => span.addLinks([{ span: origin, attributes: {} }]))
    })
  }
}) {}

it.effect("has 1 link on the attempt it was added to, and none on 5 other spans", () => {
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return Effect.gen(function* () {
    const post = yield* Post
    yield* post.read("alone")
    yield* post.read("linked")
    yield* post.read("alone")
    assert.deepStrictEqual(
      spans.map((span) => span.links.length),
      [0, 0, 0, 1, 0, 0]
    )
  }).pipe(Effect.provide(Post.layer), Effect.provideService(Tracer.Tracer, tracer))
})
