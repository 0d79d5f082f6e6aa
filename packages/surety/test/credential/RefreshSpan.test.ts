/** The span of a question to the source of a secret. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import { collecting } from "../signals/Booth.ts"
import { failure, issue, make, Scripted, settle, watched } from "./LifecycleRig.ts"

const asked = (source: Scripted, tracer: Tracer.Tracer, millis = 0) =>
  watched(() =>
    Effect.gen(function* () {
      const credentials = yield* make(source, { start: "lazy" })
      const fiber = yield* Effect.forkChild(Effect.exit(credentials.current))
      yield* settle
      yield* TestClock.adjust(millis)
      fiber.interruptUnsafe()
    }).pipe(Effect.scoped, Effect.withSpan("checkout"), Effect.withTracer(tracer))
  )

const shown = (spans: ReadonlyArray<Tracer.Span>) =>
  spans
    .filter(({ name }) => name !== "checkout")
    .map(({ attributes, kind, name, parent, status }) => ({
      name: `${kind} ${name} ${parent._tag}`,
      attributes: Object.fromEntries(attributes),
      ended: status._tag === "Ended" && (Exit.isSuccess(status.exit) ? "well" : String(status.exit.cause))
    }))

const attributes = {
  "integration.provider.name": "acme",
  "credential.name": "key",
  "credential.source": "vault",
  "credential.because": "start"
}

describe("the span of a refresh", () => {
  it.effect("is a client span and a root, whoever waits for it, with 4 attributes and no secret", () =>
    Effect.gen(function* () {
      const { spans, tracer } = collecting()
      yield* asked(new Scripted(), tracer)
      assert.deepStrictEqual(shown(spans), [{ name: "client acme.refresh None", attributes, ended: "well" }])
      assert.notInclude(JSON.stringify(shown(spans)), "secret-1")
    })
  )

  it.effect("says the reason of a failure as its error.type, also of one that comes too late, and quotes nobody", () =>
    Effect.gen(function* () {
      const ways = {
        rejected: () => failure("rejected", "invalid_client"),
        "a defect": () => Effect.die(new Error("CANARY")),
        "no answer": () => Effect.never
      }
      const reasons: Array<unknown> = []
      for (const next of Object.values(ways)) {
        const { spans, tracer } = collecting()
        yield* asked(new Scripted(next), tracer, 60_000)
        const [span] = shown(spans)
        reasons.push(span?.attributes["error.type"])
        assert.notInclude(JSON.stringify(span), "CANARY")
        assert.notStrictEqual(span?.ended, "well")
      }
      assert.deepStrictEqual(reasons, ["rejected", "unavailable", "unavailable"])
    })
  )

  it.effect("is lost when the tracer throws, and the secret is not", () =>
    watched(() =>
      Effect.gen(function* () {
        const broken = Tracer.make({
          span: () => {
            throw new Error("no tracer")
          }
        })
        const credentials = yield* make(new Scripted((_ask, n) => issue(n)), { start: "lazy" }).pipe(
          Effect.withTracer(broken)
        )
        assert.isDefined(yield* credentials.current)
      }).pipe(Effect.scoped)
    )
  )
})
