/**
 * What a mutation adds to a call: its key, what a lost outcome means, and the lookup that settles it.
 *
 * Neighbours: every constructor of a mutation puts it into the operation, so that only programs that change something
 * ship it; `Call`, `Resend` and `Conclude` ask it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { OutcomeUnknown } from "../OutcomeUnknown.ts"
import type { Stopped } from "../StopReason.ts"
import * as Failure from "../Failure.ts"
import type { Plan } from "../Idempotency.ts"
import type * as Refusal from "../Refusal.ts"
import * as SignalName from "../signals/SignalName.ts"
import type { Call } from "./Call.ts"
import type { Compiled, Methods } from "./Environment.ts"
import type { Events } from "./Events.ts"
import * as KeyPlan from "./KeyPlan.ts"
import * as Lookup from "./Lookup.ts"
import { LostCalls } from "./LostCalls.ts"
import { quietly } from "./Quietly.ts"
import type { Time } from "./Time.ts"

/**
 * **Details**   A lookup says `yes` when it takes the call over.
 *
 * @category models
 * @since 0.1.0
 */
export interface Rules {
  readonly lookupOf: (plan: Plan | undefined, service: Methods) => Compiled["lookup"]
  /** The memory of calls whose outcome is unknown. */
  readonly lostCalls: (events: Events, operation: string, time: Time) => LostCalls
  /** Sets the key, or says why the call cannot be sent. */
  readonly assign: (call: Call) => Refusal.KeyRefused | undefined
  readonly forgotten: (call: Call) => Refusal.KeyRefused
  readonly looksFirst: (call: Call) => "yes" | "no"
  readonly looksBefore: (call: Call) => "yes" | "no"
  readonly looksAfter: (call: Call, because: Stopped) => "yes" | "no"
  readonly wake: (call: Call) => void
  /** The least wait before a retry. */
  readonly settleMillis: (call: Call) => number
  /** Remembers what a failed attempt says about the outcome. */
  readonly judge: (call: Call, failure: Failure.Any, now: number) => void
  /** The error of a call whose outcome is unknown. */
  readonly error: (call: Call, reason: Failure.Any, common: Common, now: number) => OutcomeUnknown<unknown>
  /** What an earlier call under this key left open is settled. */
  readonly settled: (call: Call) => void
  /** A call failed: its outcome is settled, or lost. */
  readonly ended: (call: Call, error: unknown, failure: Failure.Any | undefined) => void
}

interface Common {
  readonly operation: string
  readonly attempts: number
  readonly stopped: Stopped
  readonly elapsedMillis: number
  readonly retryAt: number | undefined
}

const settled = (call: Call): void => {
  const { lost } = call.op.signals
  if (lost !== undefined && lost.size > 0 && call.key !== undefined) lost.forget(call.key)
}

const lose = (call: Call, { attempts, reconcile, stopped }: OutcomeUnknown<unknown>): void => {
  const { environment, name, signals } = call.op
  const now = call.time.now()
  signals.series.unknownCalls.value++
  signals.lost?.add(call.key, now, call.keyUntil)
  const attributes = () => ({ attempts, stopped, reconcile, ...KeyPlan.hashed(call) })
  environment.guards.events.say(
    { name: SignalName.events.outcomeUnknown, level: "error", operation: name, attributes },
    now
  )
}

const reconcileOf = (plan: Plan | undefined): "same-key" | "repeat" | "lookup" | "by-hand" => {
  switch (plan?._tag) {
    case "Key":
      return "same-key"
    case "Natural":
      return "repeat"
    case "Reconcile":
      return "lookup"
    default:
      return "by-hand"
  }
}

/**
 * @category running
 * @since 0.1.0
 */
export const rules: Rules = {
  lookupOf: Lookup.askingOf,
  lostCalls: (events, operation, time) => new LostCalls(events, operation, time),
  assign: KeyPlan.assign,
  forgotten: KeyPlan.forgotten,
  looksFirst: Lookup.first,
  looksBefore: Lookup.before,
  looksAfter: Lookup.after,
  wake: Lookup.wake,
  settleMillis: (call) => (call.unknown === undefined ? 0 : KeyPlan.settleMillis(call.op.plan)),
  judge: (call, failure, now) => {
    KeyPlan.answered(call)
    if (failure[Failure.TypeId] === "idempotent-only") {
      call.unknown = failure
      call.lostAt = now
    } else if (Failure.declarationOf(failure)?.outcome === "not-applied") call.unknown = undefined
  },
  error: (call, reason, common, now) => {
    const { key: idempotencyKey, keyUntil, last, op, time } = call
    return quietly(
      () =>
        new OutcomeUnknown({
          ...common,
          reason,
          last: last === reason ? undefined : last,
          idempotencyKey,
          keyValidUntil: keyUntil === Infinity ? undefined : Math.round(time.wall() + keyUntil - now),
          reconcile: reconcileOf(op.plan)
        })
    )
  },
  settled: (call) => {
    KeyPlan.answered(call)
    settled(call)
  },
  ended: (call, error, failure) => {
    if (error instanceof OutcomeUnknown) lose(call, error)
    else if (Failure.declarationOf(failure)?.outcome === "not-applied") settled(call)
  }
}
