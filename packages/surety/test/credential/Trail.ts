import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import { type Event, type Sink, SinkFailure } from "../../src/credential/Audit.ts"

/** An event with a number in its id. */
export const event = (id: number, fields: Partial<Event> = {}): Event => ({
  id: `e${id}`,
  kind: "refreshed",
  actor: "checkout-7",
  purpose: "advisory refresh",
  provider: "acme/Payments",
  credential: "bearer",
  version: "v1",
  fingerprint: "0123456789abcdef",
  wallMillis: 1_793_491_200_000 + id,
  monotonicMillis: id,
  ...fields
})

export const used = (id: number, operation = "charge", count = 1): Event =>
  event(id, { kind: "used", purpose: "call", operation, count })

export interface Scripted extends Sink {
  /** What each append was given, whatever became of it. */
  readonly asked: Array<ReadonlyArray<Event>>
  readonly kept: Array<Event>
  state: "up" | "down" | "lost answer" | "hangs" | "deaf" | "dies" | "full"
}

/** A sink that does what its state says. */
export const sink = (name = "scripted"): Scripted => {
  const self: Scripted = {
    name,
    asked: [],
    kept: [],
    state: "up",
    append: (events) =>
      Effect.suspend((): Effect.Effect<void, SinkFailure> => {
        self.asked.push(events)
        switch (self.state) {
          case "down":
            return Effect.fail(new SinkFailure({ sink: name, detail: "status 503" }))
          case "full":
            return events.some(({ id }) => id === "e13")
              ? Effect.fail(new SinkFailure({ sink: name, detail: "status 413", retry: "never" }))
              : keep(events)
          case "hangs":
            return Effect.never
          case "deaf":
            return Effect.uninterruptible(Effect.never)
          case "dies":
            return Effect.die(new Error("postgres://user:hunter2hunter2@host"))
          case "lost answer":
            return Effect.andThen(keep(events), Effect.fail(new SinkFailure({ sink: name, detail: "reset" })))
          case "up":
            return keep(events)
        }
      })
  }
  const keep = (events: ReadonlyArray<Event>) =>
    Effect.sync(() => {
      for (const one of events) if (!self.kept.some(({ id }) => id === one.id)) self.kept.push(one)
    })
  return self
}

/** A scope that a test closes itself. */
export const opened = <A, E, R>(make: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const made = yield* Effect.provideService(make, Scope.Scope, scope)
    return { made, close: Scope.close(scope, Exit.void) }
  })

/** Log lines as `LEVEL text`. */
export const logged = () => {
  const lines: Array<string> = []
  const logger = Logger.make<unknown, void>(({ logLevel, message }) => {
    lines.push(`${logLevel} ${String(Array.isArray(message) ? message[0] : message)}`)
  })
  return { lines, layer: Logger.layer([logger]) }
}

export const metrics = (name = "scripted") =>
  Effect.map(Metric.snapshot, (all) => {
    const read = (id: string) => {
      const found = all.find((one) => one.id === id && one.attributes?.["integration.audit.sink"] === name)
      const state = found?.state as { readonly count?: number; readonly value?: number } | undefined
      return state?.count ?? state?.value
    }
    return {
      buffered: read("integration.audit.buffered"),
      dropped: read("integration.audit.dropped"),
      merged: read("integration.audit.merged"),
      errors: read("integration.audit.sink_errors")
    }
  })
