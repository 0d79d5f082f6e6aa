/**
 * Asks the stores that share guards between processes, when the layer was given any.
 *
 * Neighbours: `GuardStore` is the port, and carries this to the engine; `Admission` asks before its own limiter.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Stopped } from "../CallError.ts"
import * as Refusal from "../Refusal.ts"
import * as Admission from "./Admission.ts"
import * as Aside from "./Aside.ts"
import type { Call } from "./Call.ts"
import type { Environment } from "./Environment.ts"
import type { Share } from "./Limiter.ts"
import { quietly } from "./Quietly.ts"

type Answer =
  | { readonly _tag: "Go" }
  | { readonly _tag: "Wait"; readonly afterMillis: number; readonly bucket: string }
  | { readonly _tag: "Refused"; readonly refusal: Refusal.Refusal; readonly stopped: Stopped }

const go: Answer = { _tag: "Go" }

/**
 * How long a store may take to answer before it counts as down. Unit: milliseconds.
 *
 * @category running
 * @since 0.1.0
 */
export const patienceMillis = 250

/**
 * Asks, and goes on with the answer.
 *
 * @category running
 * @since 0.1.0
 */
export const begin = (call: Call, now: number): void => {
  Aside.run(call, "store", ask(call), (exit) => {
    if (Exit.isFailure(exit)) return call.end(exit.cause, undefined)
    goOn(call, exit.value)
  })
  if (call.side !== undefined && call.phase === "store") {
    call.time.arm(call, Math.min(call.deadline, now + patienceMillis))
  }
}

/**
 * A store that does not answer is down.
 *
 * @category running
 * @since 0.1.0
 */
export const silent = (call: Call): void => {
  Aside.stop(call)
  if (call.time.now() >= call.deadline) return call.late("rate-limit")
  goOn(call, down(call, call.op.environment.limiterStore === undefined ? "breaker" : "rate-limit"))
}

const goOn = (call: Call, answer: Answer): void => {
  const now = call.time.now()
  if (answer._tag === "Go") return Admission.limit(call, now)
  if (answer._tag === "Refused") return call.refuse(answer.refusal, answer.stopped)
  Admission.waits(call, answer.bucket, answer.afterMillis)
  call.phase = "backoff"
  call.time.arm(call, now + answer.afterMillis)
}

const ask = (call: Call): Effect.Effect<Answer> => {
  const { breakerStore, limiterStore } = call.op.environment
  const circuit = breakerStore === undefined ? Effect.succeed(go) : circuitOf(call, breakerStore)
  return limiterStore === undefined
    ? circuit
    : Effect.flatMap(circuit, (answer) => (answer._tag === "Go" ? takeAll(call, limiterStore) : Effect.succeed(answer)))
}

/**
 * Tells the other processes that our circuit opened.
 *
 * @category running
 * @since 0.1.0
 */
export const publish = (call: Call, now: number): void => {
  const { breakerStore, contract, guards } = call.op.environment
  if (breakerStore === undefined || guards.breaker.state !== "open") return
  const until = call.time.wall() + guards.breaker.retryAfterMillis(now)
  Effect.runForkWith(call.fiber.context)(
    Effect.catchCause(breakerStore.opened(contract.id, until), () =>
      Effect.sync(() => {
        guards.series.storeErrors.value++
      })
    )
  )
}

const circuitOf = (call: Call, store: NonNullable<Environment["breakerStore"]>): Effect.Effect<Answer> =>
  store.openUntil(call.op.environment.contract.id).pipe(
    Effect.map((until): Answer => {
      const { guards } = call.op.environment
      // the other machine's clock may be hours ahead, and no trip is longer than the longest
      const retryAfterMillis = Math.min(until - call.time.wall(), guards.breaker.config.openMaxMillis)
      if (!(retryAfterMillis > 0)) return go
      // ours opens with it: afterwards it probes and ramps up like after a trip of its own
      guards.breaker.adopt(call.time.now() + retryAfterMillis)
      guards.series.circuitRejections.value++
      const refusal = quietly(() => new Refusal.CircuitOpen({ retryAfterMillis, isolated: false }))
      return { _tag: "Refused", refusal, stopped: "circuit" }
    }),
    Effect.catchCause(() => Effect.succeed(down(call, "breaker")))
  )

const takeAll = (call: Call, store: NonNullable<Environment["limiterStore"]>): Effect.Effect<Answer> =>
  Effect.gen(function* () {
    for (const [index, share] of call.op.shares.entries()) {
      const answer = yield* takeOne(call, store, share, call.costs?.[index] ?? share.fixed)
      if (answer._tag !== "Go") return answer
    }
    return go
  })

const takeOne = (
  call: Call,
  store: NonNullable<Environment["limiterStore"]>,
  share: Share,
  cost: number
): Effect.Effect<Answer> => {
  const { contract } = call.op.environment
  const limit = contract.limits.buckets[share.bucket.name]
  if (limit === undefined) return Effect.succeed(go)
  return store.take({ key: `${contract.id}/${share.bucket.name}`, limit, cost }).pipe(
    Effect.map((wait): Answer => {
      if (wait <= 0) return go
      const bucket = share.bucket.name
      if (call.time.now() + wait < call.deadline) return { _tag: "Wait", afterMillis: wait, bucket }
      call.op.environment.guards.series.rateRejections.local.value++
      const refusal = quietly(() => new Refusal.RateLimitSaturated({ bucket, retryAfterMillis: wait }))
      return { _tag: "Refused", refusal, stopped: "rate-limit" }
    }),
    Effect.catchCause(() => Effect.succeed(down(call, "rate-limit")))
  )
}

const down = (call: Call, store: "rate-limit" | "breaker"): Answer => {
  const { contract, guards } = call.op.environment
  guards.series.storeErrors.value++
  if (contract.limits.onStoreError === "open") return go
  return { _tag: "Refused", refusal: quietly(() => new Refusal.StoreUnavailable({ store })), stopped: "store" }
}
