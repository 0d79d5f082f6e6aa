/**
 * A provider for tests of the engine: operations whose attempts follow a script and are
 * written down, under contracts that differ in what a test is about and in nothing else.
 *
 * Neighbours: tests of HTTP use `FakeTransport`; here nothing is encoded and nothing is sent.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import type { Operation } from "surety"
import type * as Limits from "../../src/Limits.ts"
import {
  Backoff,
  type Contract,
  Credential,
  Degradation,
  Failure,
  Idempotency,
  Provider,
  RetryMatrix,
  TransportFailure
} from "surety"

export class Declined extends Failure.Tagged<Declined>()("Declined", {
  retry: "never",
  fault: "caller",
  fields: { code: Schema.String }
}) {}

/** Proves that nothing was applied, even when an earlier attempt was lost. */
export class Unfunded extends Failure.Tagged<Unfunded>()("Unfunded", {
  retry: "never",
  fault: "caller",
  outcome: "not-applied"
}) {}

export class Throttled extends Failure.Tagged<Throttled>()("Throttled", {
  retry: "safe",
  fault: "provider",
  fields: { retryAfter: Schema.optional(Schema.Duration) }
}) {}

export const lost = new TransportFailure.ConnectionLost({ code: "reset" })
export const refused = new TransportFailure.NotSent({ code: "connect_refused" })
export const broken = new TransportFailure.UndeclaredStatus({ status: 503 })
export const declined = new Declined({ code: "expired_card" })

/** Up to 3 attempts, waits of 50 and 100 ms at the most; half of that with `steady`. */
export const quick = Backoff.exponential({ base: "100 millis", cap: "1 second", maxAttempts: 3, jitter: "full" })
export const timeout = { attempt: "1 second", total: "5 seconds" } as const
export const failures = [Declined, Unfunded, Throttled] as const
export const retry = {
  ...RetryMatrix.transport(quick),
  Declined: Backoff.never,
  Unfunded: Backoff.never,
  Throttled: quick
} as const
export const keyed = Idempotency.key({ header: "Idempotency-Key", source: "generated", retainedFor: "1 day" })

/** What one attempt does: waits, then fails, answers, dies or never ends. */
export interface Step {
  readonly after?: number
  readonly fail?: Declined | Unfunded | Throttled | TransportFailure.TransportFailure
  readonly answer?: string
  readonly die?: unknown
  readonly hang?: "for ever"
}

/** One attempt as the provider saw it. */
export interface Sent {
  readonly atMillis: number
  readonly attempt: number
  readonly key: string | undefined
  readonly request: unknown
}

export class Scripted {
  readonly log: Array<Sent> = []
  readonly cut: Array<number> = []
  running = 0
  most = 0
  private readonly steps: ReadonlyArray<Step>

  constructor(...steps: ReadonlyArray<Step>) {
    this.steps = steps
  }

  get times(): ReadonlyArray<number> {
    return this.log.map((sent) => sent.atMillis)
  }

  /** The nth attempt follows the nth step, later ones the last. */
  readonly attempt = <Req = string>(
    request: Req,
    context: Operation.AttemptContext
  ): Effect.Effect<string, NonNullable<Step["fail"]>> =>
    Effect.suspend(() => {
      const step = this.steps[Math.min(this.log.length, this.steps.length - 1)] ?? {}
      const work = step.hang === undefined ? this.play(step) : Effect.never
      return Effect.flatMap(Clock.currentTimeMillis, (atMillis) => {
        this.log.push({ atMillis, attempt: context.attempt, key: context.idempotencyKey, request })
        this.most = Math.max(this.most, ++this.running)
        return work.pipe(
          Effect.onInterrupt(() => Effect.sync(() => this.cut.push(context.attempt))),
          Effect.ensuring(Effect.sync(() => this.running--))
        )
      })
    })

  private play(step: Step): Effect.Effect<string, NonNullable<Step["fail"]>> {
    const result =
      step.fail !== undefined
        ? Effect.fail(step.fail)
        : step.die !== undefined
          ? Effect.die(step.die)
          : Effect.succeed(step.answer ?? "done")
    return step.after === undefined ? result : Effect.delay(result, step.after)
  }
}

export interface Acme {
  readonly "~tests/Acme": "acme"
}

/** A provider of these operations; everything but the limits is the same everywhere. */
export const declare = <const Ops extends Contract.Operations>(
  operations: Ops,
  limits: Partial<Limits.Declared> = {}
): Provider.Class<Acme, "acme", Ops, Credential.None> =>
  // the laws are checked where the operations are written; here they are only carried
  Provider.Service<Acme>()("acme", {
    baseUrl: "https://api.acme.example",
    owner: "team-tests",
    criticality: "high",
    degradation: Degradation.serve("an older value"),
    slo: { availability: 0.99, latency: { p50: "1 millis", p99: "1 second" }, window: "30 days" },
    limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 100, ...limits },
    credentials: Credential.none("a test"),
    version: { unversioned: "a test", reviewBy: "2027-01-01" },
    runbook: "https://runbooks.example/acme",
    operations: operations as Contract.Operations
  } as never) as never

/** Every draw is this number. */
export const steady =
  (draw: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(effect, Random.Random, {
      nextDoubleUnsafe: () => draw,
      nextIntUnsafe: () => Math.floor(draw * Number.MAX_SAFE_INTEGER)
    })

/** The value of one series: a counter's count, a gauge's value, a histogram's count. */
export const series = (
  name: string,
  attributes: Readonly<Record<string, string>> = {}
): Effect.Effect<number | undefined> =>
  Effect.map(Metric.snapshot, (all) => {
    const found = all.filter(
      (one) => one.id === name && Object.entries(attributes).every(([key, value]) => one.attributes?.[key] === value)
    )
    if (found.length === 0) return undefined
    return found.reduce((sum, one) => {
      const state = one.state as { readonly count?: number; readonly value?: number }
      return sum + Number(state.count ?? state.value ?? 0)
    }, 0)
  })
