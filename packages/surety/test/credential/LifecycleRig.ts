/** A source that says what it was asked, and a lifecycle over it with its trail, log and metrics in sight. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import { Audit, type Issued, Lifecycle, Source } from "surety/credential"

/** `lives`: the token's lifetime in milliseconds; without it there is no end. */
export interface Script {
  readonly lives?: number
  readonly recheck?: number
  readonly scopes?: ReadonlyArray<string>
}

/** What the source does when it is asked; by default it gives the next version. */
export type Answer = (ask: Source.Ask, serial: number) => Effect.Effect<Issued.Issued, Source.SourceFailure>

export const failure = (reason: Source.SourceFailure["reason"], detail = "status 503", retryAfterMillis?: number) =>
  Effect.fail(new Source.SourceFailure({ reason, detail, retryAfterMillis }))

/** Version `n` is the secret `secret-n`. */
export const issue = (n: number, { lives, recheck, scopes }: Script = {}): Effect.Effect<Issued.Issued> =>
  Effect.map(Clock.currentTimeMillis, (now) => ({
    secret: Redacted.make(`secret-${n}`),
    version: `v${n}`,
    scopes,
    issuedAtMillis: now,
    expiresAtMillis: lives === undefined ? undefined : now + lives,
    recheckAfterMillis: recheck
  }))

export class Scripted implements Source.Source {
  readonly name = "vault"
  readonly asks: Array<Source.Ask> = []
  readonly revoked: Array<string> = []
  next: Answer
  readonly revoke: (issued: Issued.Issued) => Effect.Effect<void, Source.SourceFailure>

  constructor(script: Script | Answer = {}, revoke: Effect.Effect<void, Source.SourceFailure> = Effect.void) {
    this.next = typeof script === "function" ? script : (_ask, serial) => issue(serial, script)
    this.revoke = (issued) =>
      Effect.andThen(
        Effect.sync(() => this.revoked.push(issued.version)),
        revoke
      )
  }

  get count(): number {
    return this.asks.length
  }

  readonly issue = (ask: Source.Ask): Effect.Effect<Issued.Issued, Source.SourceFailure> =>
    Effect.suspend(() => {
      this.asks.push(ask)
      return this.next(ask, this.asks.length)
    })
}

export interface Seen {
  readonly events: Array<Audit.Event>
  readonly logs: Array<{ readonly text: string; readonly level: string; readonly annotations: Record<string, unknown> }>
}

export const kinds = ({ events }: Seen): ReadonlyArray<string> => events.map(({ kind }) => kind)

/** The trail, the log and a fixed random number for everything inside. */
export const watched = <A, E, R>(
  program: (seen: Seen) => Effect.Effect<A, E, R>,
  random = 0
): Effect.Effect<A, E, R> => {
  const seen: Seen = { events: [], logs: [] }
  const audit = Layer.succeed(Audit.Audit, {
    actor: "test",
    record: (event) => seen.events.push(event),
    fingerprint: (secret) => `print-of-${secret.slice(-1)}`
  })
  const logger = Logger.make(({ fiber, logLevel, message }) => {
    const annotations = { ...fiber.getRef(References.CurrentLogAnnotations) }
    seen.logs.push({ text: String(message), level: logLevel, annotations })
  })
  return program(seen).pipe(
    Effect.provide(Layer.mergeAll(audit, Logger.layer([logger]))),
    Effect.provideService(Metric.MetricRegistry, new Map()),
    Effect.provideService(Random.Random, { nextIntUnsafe: () => 0, nextDoubleUnsafe: () => random })
  )
}

export const make = (source: Source.Source, options: Partial<Lifecycle.Options> = {}) =>
  Lifecycle.make(source, { provider: "acme", credential: "key", ...options })

/** The text that a call would send. */
export const sent = (credentials: { readonly current: Effect.Effect<Redacted.Redacted<string>, unknown> }) =>
  Effect.map(credentials.current, Redacted.value)

/** Lets every fiber that can run do so. */
export const settle = Effect.gen(function* () {
  for (let i = 0; i < 20; i++) yield* Effect.yieldNow
})

/** `integration.credential.*` by name and attributes. */
export const metrics = Effect.map(Metric.snapshot, (all) =>
  Object.fromEntries(
    all
      .filter(({ id }) => id.startsWith("integration.credential."))
      .map(({ attributes, id, state }) => {
        const { "credential.name": _, "integration.provider.name": __, unit, ...rest } = attributes ?? {}
        const value = "count" in state ? Number(state.count) : "value" in state ? Number(state.value) : Number.NaN
        return [
          [id.slice("integration.credential.".length), ...Object.values(rest), ...(unit === "s" ? ["s"] : [])].join(
            " "
          ),
          value
        ]
      })
  )
)
