/** All calls of a provider on several servers at once, with every sink attached. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type { Transport } from "surety/http/Transport"
import { Canary, type ExchangeLog, type FakeServer, FakeTransport, type FaultScript } from "surety/testing"
import { snapshot } from "./Snapshot.ts"
import type { Service, Subject } from "./Subject.ts"

export interface Place {
  readonly url: string
  readonly transport: Layer.Layer<Transport>
  readonly log: ExchangeLog.ExchangeLog
}

export const inMemory = (subject: Subject, server: FakeServer.FakeServer): Place => ({
  url: subject.baseUrl,
  transport: FakeTransport.layer(server),
  log: server.log
})

/** What each call ended with in each place: all at once, each with guards of its own. */
export const sweep = (
  subject: Subject,
  places: ReadonlyArray<Place>,
  secret: string,
  options: { readonly clock: "virtual" | "real"; readonly patience?: Duration.Input } = { clock: "virtual" }
): Effect.Effect<ReadonlyArray<Exit.Exit<unknown, unknown>>, Canary.LeakFound> =>
  run(
    subject,
    places.map(({ transport, url }) =>
      subject.layerAt(url).pipe(Layer.provide([transport, subject.credentials(Redacted.make(secret))]))
    ),
    secret,
    { ...options, logs: places.map((place) => place.log) }
  )

/** The same through `layerFake`, with the secret that it calls with. */
export const sweepFake = (subject: Subject, script: FaultScript.FaultScript) =>
  run(subject, [subject.layerFake(script)], "fake-secret", { clock: "virtual", logs: [] })

const run = (
  subject: Subject,
  layers: ReadonlyArray<Layer.Layer<Service>>,
  secret: string,
  options: {
    readonly clock: "virtual" | "real"
    /** how long the caller waits for a call, before it interrupts it */
    readonly patience?: Duration.Input
    readonly logs: ReadonlyArray<ExchangeLog.ExchangeLog>
  }
): Effect.Effect<ReadonlyArray<Exit.Exit<unknown, unknown>>, Canary.LeakFound> =>
  Effect.gen(function* () {
    const ends: Array<Exit.Exit<unknown, unknown>> = []
    const calls = layers.flatMap((layer, at) => {
      return Object.entries(subject.calls).map(([operation, call]) =>
        Effect.gen(function* () {
          const exit = yield* Effect.exit(
            Effect.withSpan(Effect.timeout(call(layer), options.patience ?? "2 hours"), operation)
          )
          yield* Canary.show(`${operation} ${at}`, exit)
          if (Exit.isFailure(exit)) yield* Effect.logError(operation, exit.cause)
          ends.push(exit)
        })
      )
    })
    const program = Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.all(calls, { concurrency: "unbounded" }))
      if (options.clock === "virtual") yield* TestClock.adjust("1 hour")
      yield* Fiber.join(fiber)
    })
    yield* yield* Canary.assertNoLeak(program, [secret], { logs: options.logs, render: { snapshot } })
    return ends
  })
