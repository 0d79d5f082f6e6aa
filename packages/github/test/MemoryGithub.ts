/**
 * A fake GitHub in memory, and the declared provider in front of it, its real times and
 * rules, on the test's clock.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { type ExchangeLog, FakeServer, FakeTransport, type FaultScript } from "surety/testing"
import { Github } from "../src/Github.ts"
import * as FakeGithub from "../src/testing/FakeGithub.ts"

export interface MemoryGithub {
  readonly fake: FakeGithub.FakeGithub
  readonly log: ExchangeLog.ExchangeLog
  readonly layer: Layer.Layer<Github>
  /** Runs a program to its end, however much virtual time that takes (up to two hours). */
  readonly run: <A, E>(program: Effect.Effect<A, E, Github>) => Effect.Effect<A, E>
}

/** Where the virtual clock begins: 20 Nov 2026, so that dates look like dates. */
export const begin = Date.UTC(2026, 10, 20, 12, 0, 0)

export const make = (
  options: {
    readonly fake?: FakeGithub.Options
    readonly script?: FaultScript.FaultScript
    readonly token?: string
  } = {}
): MemoryGithub => {
  const fake = FakeGithub.make(options.fake)
  const server = FakeServer.make({
    handle: fake.handle,
    errorResponse: fake.errorResponse,
    ...(options.script === undefined ? undefined : { script: options.script })
  })
  const layer = Github.layer.pipe(
    Layer.provide([FakeTransport.layer(server), Github.Credentials.layer(Redacted.make(options.token ?? "ghp_fake"))])
  )
  return {
    fake,
    log: server.log,
    layer,
    run: (program) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(begin)
        const fiber = yield* Effect.forkChild(Effect.provide(program, layer))
        yield* TestClock.adjust("2 hours")
        return yield* Fiber.join(fiber)
      })
  }
}

export const hello = { owner: "octo", repo: "hello" }
