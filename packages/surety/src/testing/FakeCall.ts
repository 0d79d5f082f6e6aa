/**
 * The attempts of an operation that has no wire, made by a fake provider: an SDK call, or
 * any effect.
 *
 * The operation's own attempt never runs, because it could reach a real provider. Its
 * handler stands in for it, and the script's faults happen to it in the terms that an
 * attempt has: `NotSent`, `ConnectionLost`, silence until the attempt timeout. What a fault
 * does to bytes means here: `CutAfter` loses the connection after the request was applied
 * (a stream: after its first element), `StallBody` waits before the result, `Drip` does
 * nothing, `WrongContentType` and `Oversize` are contract violations. A scripted 429 is the
 * declared failure that tells of throttling, where there is one.
 *
 * Neighbours: `FakeProvider` binds operations with it; `FakeServer` counts, decides and
 * logs, as it does for requests.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type * as Failure from "../Failure.ts"
import type * as Operation from "../Operation.ts"
import * as ServerHint from "../ServerHint.ts"
import { ConnectionLost, ContractViolation, NotSent, UndeclaredStatus } from "../TransportFailure.ts"
import type { FakeRequest, FakeResponse } from "./FakeExchange.ts"
import type { Admission, FakeServer } from "./FakeServer.ts"
import * as Sample from "./Sample.ts"

/**
 * What became of a call at the provider.
 *
 * **Details**   `acted` and `note` go into the log.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answered {
  readonly exit: Exit.Exit<unknown, unknown>
  readonly acted: "yes" | "no"
  readonly note?: string
}

/**
 * The provider's side of an operation without a wire.
 *
 * @category models
 * @since 0.1.0
 */
export type Answer = (request: unknown, call: FakeRequest) => Effect.Effect<Answered>

/**
 * The binding of an operation to a fake.
 *
 * @category constructors
 * @since 0.1.0
 */
export const bind = (operation: Operation.Any, server: FakeServer, seed: number, answer: Answer): Operation.Binding => {
  const { binding } = operation
  const attempt = (request: unknown, context: Operation.AttemptContext): Effect.Effect<unknown, unknown> =>
    Effect.flatMap(admit(operation, server, context), (admission) =>
      Effect.flatMap(
        // the provider goes on when the client gives up, as it does behind a wire
        Effect.forkDetach(exchange(operation, admission, seed, answer(request, admission.request))),
        Fiber.join
      )
    )
  switch (binding._tag) {
    case "Compiled":
      return binding
    case "Effect":
      return { ...binding, attempt }
    case "Stream":
      return {
        ...binding,
        attempt: (request: unknown, context: Operation.AttemptContext) =>
          Stream.unwrap(Effect.map(attempt(request, context), toStream))
      }
  }
}

const admit = (
  operation: Operation.Any,
  server: FakeServer,
  context: Operation.AttemptContext
): Effect.Effect<Admission> =>
  Effect.map(Clock.currentTimeMillis, (nowMillis) => {
    server.start(nowMillis)
    const { name } = operation
    const identity = { operation: name, key: context.idempotencyKey }
    return server.admit({
      method: "CALL",
      target: `/${name}`,
      headers: {},
      body: "",
      bodyBytes: 0,
      nowMillis,
      identity
    })
  })

const exchange = (
  operation: Operation.Any,
  admission: Admission,
  seed: number,
  answer: Effect.Effect<Answered>
): Effect.Effect<unknown, unknown> => {
  const { plan } = admission
  return Effect.gen(function* () {
    yield* Effect.sleep(Duration.millis(plan.thinkMillis))
    const answered = plan.apply === "yes" ? yield* answer : undefined
    if (answered !== undefined) admission.applied(answered)
    yield* Effect.sleep(Duration.millis(plan.holdMillis))
    if (plan.outcome === "refused") return yield* Effect.fail(new NotSent({ code: "connect_refused" }))
    if (plan.outcome === "reset") return yield* Effect.fail(new ConnectionLost({ code: "reset" }))
    if (plan.instead !== undefined || answered === undefined) {
      return yield* Effect.fail(refusal(operation, plan.instead ?? { status: 500 }, seed, admission.request.unixMillis))
    }
    return yield* spoil(operation, admission, answered)
  })
}

/** What faults of the body do to a result that never was a body. */
const spoil = (operation: Operation.Any, admission: Admission, answered: Answered): Effect.Effect<unknown, unknown> => {
  const { fault } = admission.plan
  switch (fault._tag) {
    case "CutAfter": {
      const lost = new ConnectionLost({ code: "body_truncated" })
      return operation.binding._tag === "Stream" && Exit.isSuccess(answered.exit)
        ? Effect.succeed(Stream.concat(Stream.take(toStream(answered.exit.value), 1), Stream.fail(lost)))
        : Effect.fail(lost)
    }
    case "StallBody":
      return Effect.andThen(Effect.sleep(fault.for), answered.exit)
    case "WrongContentType":
      return Effect.fail(new ContractViolation({ violation: "content_type", acted: "yes" }))
    case "Oversize":
      return Effect.fail(new ContractViolation({ violation: "oversize", acted: "yes" }))
    default:
      return answered.exit
  }
}

/** A scripted answer, as the adapter of an SDK would report it. */
const refusal = (operation: Operation.Any, response: FakeResponse, seed: number, nowMillis: number): Failure.Any => {
  const { status } = response
  const retryAfter = ServerHint.retryAfter(response.headers?.["retry-after"], nowMillis)
  if (status === 429) {
    const throttled = operation.failures.find((source) => source.health === "throttled")
    const declared = throttled === undefined ? undefined : Sample.failure(throttled, { seed, fields: "required" })
    if (declared !== undefined) {
      if (retryAfter !== undefined)
        Object.defineProperty(declared, "retryAfter", { value: retryAfter, enumerable: true })
      return declared
    }
  }
  if (status >= 500) return new UndeclaredStatus(retryAfter === undefined ? { status } : { status, retryAfter })
  const acted = status < 300 ? "yes" : status < 400 ? "maybe" : "no"
  return new ContractViolation({ violation: "undeclared_status", status, acted })
}

const toStream = (value: unknown): Stream.Stream<unknown, unknown> =>
  Stream.isStream(value) ? (value as Stream.Stream<unknown, unknown>) : Stream.fromIterable(value as Iterable<unknown>)
