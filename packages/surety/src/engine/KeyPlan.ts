/**
 * Gives a call its idempotency key, once, before the first attempt.
 *
 * Neighbours: `Call` asks; `Idempotency` declares the plan.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Random from "effect/Random"
import type { Plan } from "../Idempotency.ts"
import * as Refusal from "../Refusal.ts"
import { ConnectionLost } from "../TransportFailure.ts"
import * as ContractHash from "../signals/ContractHash.ts"
import * as SignalName from "../signals/SignalName.ts"
import type { Call } from "./Call.ts"
import { quietly } from "./Quietly.ts"

/**
 * Sets the key of a call, or says why it cannot be sent.
 *
 * @category running
 * @since 0.1.0
 */
export const assign = (call: Call): Refusal.KeyRefused | undefined => {
  const plan = call.op.plan
  if (plan === undefined || (plan._tag !== "Key" && plan._tag !== "Reconcile")) return undefined
  const given = call.options?.idempotencyKey
  if (given === undefined && plan.source === "caller") {
    return refuse("this operation takes its key from the caller, and none was given")
  }
  const firstUsedAt = call.options?.keyFirstUsedAt
  if (firstUsedAt !== undefined) {
    if (!Number.isFinite(firstUsedAt)) return refuse("keyFirstUsedAt is not a time")
    // a new key would be sent beside the one that may have been applied
    if (given === undefined) return refuse("keyFirstUsedAt speaks of a key, and none was given")
  }
  const key = given ?? generate(call)
  const defect = defectOf(key, plan._tag === "Key" ? plan.maxLength : 255)
  if (defect !== undefined) return refuse(defect)
  call.key = key
  if (plan._tag === "Reconcile") {
    // the plan's types were checked where it was declared
    call.request = plan.embed(call.request as never, key)
    return undefined
  }
  const retained = Duration.toMillis(plan.retainedFor)
  const used = firstUsedAt === undefined ? 0 : Math.max(0, call.time.wall() - firstUsedAt)
  if (used >= retained) {
    return expired(
      call,
      `it was first used ${Math.round(used)} ms ago, but the provider remembers keys for ${retained} ms`
    )
  }
  call.keyUntil = call.startedAt + retained - used
  // ambiguity outlives a restart: only what would settle a lost attempt of ours settles the other process's
  if (firstUsedAt !== undefined) call.unknown = quietly(() => new ConnectionLost({ code: "earlier_process" }))
  return undefined
}

/**
 * Why a key that an earlier process may have sent is not sent again.
 *
 * @category running
 * @since 0.1.0
 */
export const unproven = (why: string): Refusal.KeyRefused =>
  refuse(`an earlier process may have sent it, and ${why}; find out before sending again`)

/**
 * The header value for a key.
 *
 * @category running
 * @since 0.1.0
 */
export const headerValue = (plan: Extract<Plan, { readonly _tag: "Key" }>, key: string): string =>
  plan.format === "quoted" ? JSON.stringify(key) : key

/**
 * @category running
 * @since 0.1.0
 */
export const absentMeans = (plan: Plan | undefined): "not-applied" | "unknown" =>
  plan?._tag === "Reconcile" ? plan.absent : "unknown"

/**
 * @category running
 * @since 0.1.0
 */
export const settleMillis = (plan: Plan | undefined): number =>
  plan?._tag === "Reconcile" ? Duration.toMillis(plan.settle) : 0

/**
 * How long ago the first attempt of a call can have been at most, an earlier process's included.
 *
 * @category getters
 * @since 0.1.0
 */
export const reachMillis = (call: Call): number => {
  const firstUsedAt = call.options?.keyFirstUsedAt
  const earlier = firstUsedAt === undefined ? 0 : Math.max(0, call.time.wall() - firstUsedAt)
  return call.op.totalMillis + earlier
}

/**
 * The refusal of a key that the provider forgot while the call waited.
 *
 * @category running
 * @since 0.1.0
 */
export const forgotten = (call: Call): Refusal.KeyRefused =>
  expired(call, `the provider forgot it ${Math.round(call.time.now() - call.keyUntil)} ms ago`)

/**
 * Counts an answer that the provider had kept from an earlier request, where it says so.
 *
 * @category running
 * @since 0.1.0
 */
export const answered = ({ answered: attempt, op: { plan, signals } }: Call): void => {
  if (plan?._tag !== "Key" || plan.replayed === undefined || signals.keys === undefined) return
  const said = attempt?.responseHeaders?.[plan.replayed]
  if (said !== undefined && said !== "false") signals.keys.replayed.value++
}

const expired = ({ op: { signals } }: Call, rule: string): Refusal.KeyRefused => {
  if (signals.keys !== undefined) signals.keys.expired.value++
  return refuse(rule)
}

const refuse = (rule: string): Refusal.KeyRefused => quietly(() => new Refusal.KeyRefused({ rule }))

const defectOf = (key: string, maxLength: number): string | undefined =>
  key.length === 0
    ? "it is empty"
    : key.length > maxLength
      ? `it has ${key.length} characters, the provider takes at most ${maxLength}`
      : /[^\x21-\x7e]/.test(key)
        ? "it has characters outside visible ASCII"
        : undefined

const defaultRandom = Random.Random.defaultValue()

const generate = (call: Call): string => {
  const random = call.fiber.getRef(Random.Random)
  // a random service that was put there on purpose decides, so that tests are reproducible
  if (random === defaultRandom) return globalThis.crypto.randomUUID()
  const hex = (digits: number): string => {
    let text = ""
    for (let i = 0; i < digits; i++) text += Math.floor(random.nextDoubleUnsafe() * 16).toString(16)
    return text
  }
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
}

/**
 * The key of a call for signals: it can be compared, and is not there to be read.
 *
 * @category getters
 * @since 0.1.0
 */
export const hashed = ({ key }: Call): Readonly<Record<string, string>> | undefined =>
  key === undefined ? undefined : { [SignalName.keyHash]: ContractHash.ofText(key) }
