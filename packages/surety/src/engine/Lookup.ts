/**
 * Asks whether a lost mutation was applied: before it is sent again, before its call ends, and before a call whose key an
 * earlier process may have sent. Only a plan that reconciles has a lookup.
 *
 * Neighbours: `Mutation` carries it to the engine; `Resend` and `Call` ask.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Stopped } from "../CallError.ts"
import type { Plan } from "../Idempotency.ts"
import * as Admission from "./Admission.ts"
import * as Aside from "./Aside.ts"
import type { Call } from "./Call.ts"
import * as Conclude from "./Conclude.ts"
import type { Compiled, Methods } from "./Environment.ts"
import * as KeyPlan from "./KeyPlan.ts"

type Ask = NonNullable<Compiled["lookup"]>

/**
 * The question of a plan that reconciles, over the methods of its service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const askingOf = (plan: Plan | undefined, service: Methods): Ask | undefined =>
  plan?._tag !== "Reconcile"
    ? undefined
    : (request, marker, reachMillis) =>
        Effect.suspend(() => {
          // the contract was checked for the read, and the plan's types where it was declared
          const { detailed } = service[plan.via.name] as NonNullable<Methods[string]>
          return Effect.flatMap(
            detailed(plan.ask(request as never, marker)),
            // an old or made-up answer proves nothing
            ({ metadata, value }) =>
              metadata.degraded === undefined
                ? Effect.sync(() => plan.find(value as never, request as never, marker, reachMillis))
                : Effect.fail(metadata.degraded)
          )
        })

/**
 * A call makes no further attempt: says whether a lookup takes it over.
 *
 * @category running
 * @since 0.1.0
 */
export const after = (call: Call, because: Stopped): "yes" | "no" => {
  const ask = call.op.lookup
  if (call.unknown === undefined || ask === undefined || call.time.now() >= call.deadline) return "no"
  call.stopping = because
  // the write may still be on its way to where the lookup reads; without time for that, it looks at once
  const settledAt = call.lostAt + KeyPlan.settleMillis(call.op.plan)
  if (settledAt <= call.time.now() || settledAt >= call.deadline) lookup(call, ask, because)
  else {
    call.phase = "settle"
    call.time.arm(call, settledAt)
  }
  return "yes"
}

/**
 * A call is about to be sent again: says whether a lookup takes it over.
 *
 * @category running
 * @since 0.1.0
 */
export const before = (call: Call): "yes" | "no" => {
  const ask = call.op.lookup
  if (call.unknown === undefined || ask === undefined) return "no"
  lookup(call, ask, undefined)
  return "yes"
}

/**
 * The wait of a call, before its lookup or for it, is over.
 *
 * @category running
 * @since 0.1.0
 */
export const wake = (call: Call): void => {
  const ask = call.op.lookup
  if (call.phase === "lookup") {
    Aside.stop(call)
    return call.last === undefined ? call.late("lookup") : call.conclude("deadline")
  }
  if (ask === undefined) return call.conclude(call.stopping)
  return call.last === undefined ? recover(call, ask) : lookup(call, ask, call.stopping)
}

/** Succeeds the call when it was applied. `because`: no resend after it. */
const lookup = (call: Call, ask: Ask, because: Stopped | undefined): void => {
  Aside.run(call, "lookup", ask(call.request, call.key ?? "", KeyPlan.reachMillis(call)), (exit) => {
    if (Exit.isFailure(exit)) return holdBack(call, because, "lookup")
    if (exit.value !== undefined) {
      call.reconciled = "yes"
      call.op.signals.series.reconciled.value++
      call.unknown = undefined
      return call.succeed(exit.value, call.time.now())
    }
    if (because !== undefined || KeyPlan.absentMeans(call.op.plan) === "unknown") {
      return holdBack(call, because, "absent")
    }
    call.unknown = undefined
    Admission.next(call, call.time.now())
  })
}

/** Ends a call after its lookup. `before`: why it had stopped already, which was counted then. */
const holdBack = (call: Call, before: Stopped | undefined, because: Stopped): void => {
  if (before === undefined) Conclude.suppressed(call, because)
  call.conclude(before ?? because)
}

/**
 * A call whose key an earlier process may have sent begins: says whether a lookup takes it over.
 *
 * @category running
 * @since 0.1.0
 */
export const first = (call: Call): "yes" | "no" => {
  const ask = call.op.lookup
  if (ask === undefined || call.options?.keyFirstUsedAt === undefined) return "no"
  recover(call, ask)
  return "yes"
}

const recover = (call: Call, ask: Ask): void => {
  const askedAt = call.time.now()
  Aside.run(call, "lookup", ask(call.request, call.key ?? "", KeyPlan.reachMillis(call)), (exit) => {
    if (Exit.isFailure(exit)) return call.refuse(KeyPlan.unproven("the lookup failed"), "lookup")
    if (exit.value !== undefined) {
      call.reconciled = "yes"
      call.op.signals.series.reconciled.value++
      return call.succeed(exit.value, call.time.now())
    }
    if (KeyPlan.absentMeans(call.op.plan) === "unknown") {
      return call.refuse(KeyPlan.unproven("the lookup found nothing, which proves nothing under this plan"), "absent")
    }
    // what the other process sent last may still be on its way to where the lookup reads
    const settledAt = call.startedAt + KeyPlan.settleMillis(call.op.plan)
    if (askedAt >= settledAt) return Admission.next(call, call.time.now())
    if (settledAt >= call.deadline) return call.refuse(KeyPlan.unproven("nothing was found yet"), "deadline")
    call.phase = "settle"
    call.time.arm(call, settledAt)
  })
}
