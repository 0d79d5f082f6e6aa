/**
 * What every audit sink has to keep, as cases that any test runner can run.
 *
 * Neighbours: `credential/Audit` declares the port. Cases use real time.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { type Event, Kind, type Sink, SinkFailure } from "../credential/Audit.ts"

/**
 * A sink as the suite sees it.
 *
 * **Details**   `kept`: the events of one provider, in the order in which a reader of the trail finds them; `down`: the same
 * sink before something that does not answer, or refuses; `undefined` for one that cannot fail. `memory`: whether the
 * sink tells by its id that it has an event already; a sink that keeps nothing itself writes it twice.
 *
 * @category models
 * @since 0.1.0
 */
export interface Rig {
  readonly sink: Sink
  readonly down: Sink | undefined
  readonly kept: (provider: string) => Effect.Effect<ReadonlyArray<Event>, unknown>
  readonly memory: "tells by id" | "none"
}

/**
 * @category services
 * @since 0.1.0
 */
export const Rig: Context.Service<Rig, Rig> = Context.Service<Rig>("surety/testing/AuditSinkSuite/Rig")

/**
 * One promise of the port: it succeeds, or dies with what was wrong.
 *
 * @category models
 * @since 0.1.0
 */
export interface Case {
  readonly name: string
  readonly check: (provider: string) => Effect.Effect<void, unknown, Rig>
}

/**
 * The promises of an audit sink. `provider` must be new for each run.
 *
 * @category suites
 * @since 0.1.0
 */
export const cases: ReadonlyArray<Case> = [
  {
    name: "keeps 1 event of each of the 14 kinds with every fact, and an absent fact as absent",
    check: (provider) =>
      Effect.gen(function* () {
        const { kept, sink } = yield* Rig
        const full = Kind.literals.map((kind, i): Event => ({ ...event(provider, i), kind, ...(i % 2 ? facts : {}) }))
        yield* sink.append(full)
        yield* same(yield* kept(provider), full)
      })
  },
  {
    name: "keeps texts as they are: quotes, line breaks, a NUL that was written out, and every plane of Unicode",
    check: (provider) =>
      Effect.gen(function* () {
        const { kept, sink } = yield* Rig
        const odd = { ...event(provider, 1), purpose: `it's "100 %"\r\n\t\\u0000 ; -- 漢 𝄞`, detail: "" }
        yield* sink.append([odd])
        yield* same(yield* kept(provider), [odd])
      })
  },
  {
    name: "takes 1000 events in one append, and keeps their order",
    check: (provider) =>
      Effect.gen(function* () {
        const { kept, sink } = yield* Rig
        // the order of the trail is that of the appends, not that of a clock which somebody set back
        const events = Array.from({ length: 1000 }, (_, i) => ({
          ...event(provider, i),
          wallMillis: 1_793_491_200_000 - i
        }))
        yield* sink.append(events)
        yield* same(yield* kept(provider), events)
      })
  },
  {
    name: "keeps the order of 10 appends of 10 events",
    check: (provider) =>
      Effect.gen(function* () {
        const { kept, sink } = yield* Rig
        const events = Array.from({ length: 100 }, (_, i) => event(provider, i))
        for (let i = 0; i < 100; i += 10) yield* sink.append(events.slice(i, i + 10))
        yield* same(yield* kept(provider), events)
      })
  },
  {
    name: "takes 0 events",
    check: (provider) =>
      Effect.gen(function* () {
        const { kept, sink } = yield* Rig
        yield* sink.append([])
        yield* same(yield* kept(provider), [])
      })
  },
  {
    name: "keeps an event once that comes twice, in one append or in two, and the first of two that differ",
    check: (provider) =>
      Effect.gen(function* () {
        const { kept, memory, sink } = yield* Rig
        const [first, second, third] = [event(provider, 1), event(provider, 2), event(provider, 3)]
        yield* sink.append([first, first, second])
        yield* sink.append([{ ...second, detail: "changed since" }, third, first])
        const all = yield* kept(provider)
        if (memory === "tells by id") return yield* same(all, [first, second, third])
        yield* same(
          all.map(({ id }) => id),
          [first, first, second, second, third, first].map(({ id }) => id)
        )
      })
  },
  {
    name: "fails with its own name and no foreign text when nobody answers, and has taken nothing",
    check: (provider) =>
      Effect.gen(function* () {
        const { down, kept } = yield* Rig
        if (down === undefined) return
        const failure = yield* Effect.flip(down.append([event(provider, 1)]))
        if (!(failure instanceof SinkFailure)) return yield* wrong(`a failure that is no SinkFailure`)
        if (failure.sink !== down.name) return yield* wrong(`a failure of ${failure.sink}, not of ${down.name}`)
        if (failure.detail.length === 0 || failure.detail.length > 200) {
          return yield* wrong(`a detail of ${failure.detail.length} characters`)
        }
        if ("cause" in failure && failure.cause !== undefined) return yield* wrong("a failure with a foreign cause")
        yield* same(yield* kept(provider), [])
      })
  }
]

const facts = {
  version: "v7",
  fingerprint: "0123456789abcdef",
  operation: "charge",
  count: 12,
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  detail: "status 401"
}

const event = (provider: string, number: number): Event => ({
  id: `${provider}/${number}`,
  kind: "refreshed",
  actor: "checkout-7",
  purpose: "advisory refresh",
  provider,
  credential: "bearer",
  wallMillis: 1_793_491_200_000 + number,
  monotonicMillis: number + 0.5
})

const same = (got: ReadonlyArray<unknown>, wanted: ReadonlyArray<unknown>): Effect.Effect<void> => {
  if (got.length !== wanted.length) return wrong(`${got.length} events, not ${wanted.length}`)
  for (let i = 0; i < got.length; i++) {
    const [one, other] = [sorted(got[i]), sorted(wanted[i])]
    if (one !== other) return wrong(`event ${i} is ${one}, not ${other}`)
  }
  return Effect.void
}

const sorted = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))))
    : JSON.stringify(value)

const wrong = (what: string): Effect.Effect<never> => Effect.die(new Error(`got ${what}`))
