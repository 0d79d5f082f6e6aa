// Whatever a call does is below its spans: an attempt's work below the attempt, all other work below the call.
//
// The opening of a stream, a credential source, a fallback and a lookup stood beside the call, below whatever span its caller
// had; only effects that were attempts stood where they belong.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import {
  Backoff,
  Credential,
  Degradation,
  Operation,
  Provider,
  RateLimit,
  RetryMatrix,
  StreamOperation,
  TransportFailure
} from "surety"

const once = RetryMatrix.transport(
  Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 1, jitter: "full" })
)
const declared = { timeout: { attempt: "1 second", total: "2 seconds" }, failures: [], retry: once } as const
const within = (name: string) => Effect.withSpan(Effect.yieldNow, name)

/** What Effect has looked up for the fiber that runs this, beside what it looks up anew for the same context. */
const lookedUp = Effect.gen(function* () {
  const fiber = Fiber.getCurrent()!
  const span = yield* Effect.orDie(Effect.currentSpan)
  const anew = yield* Effect.provideService(
    Effect.sync(() => Fiber.getCurrent()!.cache),
    Tracer.ParentSpan,
    span
  )
  return { kept: fiber.cache, anew }
})

class Post extends Provider.Service<Post>()("tests/Post", {
  baseUrl: "https://api.post.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.serve("a guess"),
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 10 },
  credentials: Credential.none("a test"),
  version: { unversioned: "a test has no versions", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/post",
  operations: {
    read: Operation.read("read", { ...declared, attempt: (_: string) => Effect.tap(lookedUp, within("reading")) }),
    watch: StreamOperation.read("watch", {
      ...declared,
      idle: "1 second",
      attempt: (_: string) => Stream.unwrap(Effect.as(within("opening"), Stream.make(1)))
    }),
    guess: Operation.read("guess", {
      ...declared,
      attempt: (_: string): Effect.Effect<void, TransportFailure.ConnectionLost> =>
        Effect.fail(new TransportFailure.ConnectionLost({ code: "reset" })),
      fallback: Degradation.other((_: string) => within("guessing"))
    })
  }
}) {}

it.effect(
  "puts 5 spans of the work of 3 operations where the work belongs, also where what Effect looks up is kept",
  () => {
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
      for (let turn = 0; turn < 3; turn++) {
        const { anew, kept } = yield* post.read("a")
        assert.notStrictEqual(anew, kept)
        assert.deepStrictEqual(anew, kept)
      }
      yield* Effect.flatMap(post.watch("a"), Stream.runDrain)
      yield* post.guess("a")
      const parentOf = ({ parent }: Tracer.Span) => {
        const above = Option.getOrUndefined(parent)
        return above?._tag === "Span" ? above.name : above?._tag
      }
      const own = spans.filter(({ name }) => name.includes("ing"))
      assert.deepStrictEqual(
        own.map((span) => `${span.name} < ${parentOf(span)}`),
        [
          "reading < tests/Post.read attempt",
          "reading < tests/Post.read attempt",
          "reading < tests/Post.read attempt",
          "opening < tests/Post.watch attempt",
          "guessing < tests/Post.guess"
        ]
      )
    }).pipe(Effect.withSpan("caller"), Effect.provide(Post.layer), Effect.provideService(Tracer.Tracer, tracer))
  }
)
