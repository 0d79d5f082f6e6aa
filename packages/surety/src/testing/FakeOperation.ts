/**
 * One operation of a fake provider: its handler or its samples, the memory of its keys, and
 * its answers in both forms, as a response and as an exit.
 *
 * Neighbours: `FakeProvider` routes to it; `ServedEndpoint` is its wire, `FakeCall` what it
 * does without one.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import * as Failure from "../Failure.ts"
import type * as Operation from "../Operation.ts"
import { ContractViolation } from "../TransportFailure.ts"
import * as Wire from "../Wire.ts"
import type * as AnswerPlan from "./AnswerPlan.ts"
import type * as FakeCall from "./FakeCall.ts"
import type { FakeRequest, FakeResponse } from "./FakeExchange.ts"
import type { Identity } from "./FakeServer.ts"
import * as Handler from "./Handler.ts"
import * as Replay from "./Replay.ts"
import * as Sample from "./Sample.ts"
import type { ServedEndpoint } from "./ServedEndpoint.ts"

/**
 * What a provider does with a key that it has seen.
 *
 * **Details**   `mismatch`: the status for a key with other parameters, default 400. `inFlight`: while
 * an earlier request is still being answered, `wait` for its answer (default) or refuse with
 * a status.
 *
 * @category models
 * @since 0.1.0
 */
export interface Duplicates {
  readonly mismatch?: number
  readonly inFlight?: "wait" | number
}

/**
 * One operation of a fake provider.
 *
 * @category models
 * @since 0.1.0
 */
export interface FakeOperation {
  readonly name: string
  readonly operation: Operation.Any
  readonly endpoint: ServedEndpoint | undefined
  readonly requests: ReadonlyArray<unknown>
  readonly identify: (headers: Readonly<Record<string, string>>) => Identity
  readonly respond: (
    request: FakeRequest,
    params: Readonly<Record<string, string>>
  ) => FakeResponse | Promise<FakeResponse>
  readonly answer: FakeCall.Answer
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly handler: Handler.Any | undefined
  readonly endpoint: ServedEndpoint | undefined
  readonly seed: number
  readonly errorResponse: AnswerPlan.ErrorResponse
  readonly duplicates: Duplicates
  readonly contract: string
  readonly context: () => Context.Context<never>
}

/** What the handler said, ready to be sent or stored. */
interface Outcome {
  readonly exit: Exit.Exit<unknown, unknown>
  readonly response: FakeResponse | undefined
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (operation: Operation.Any, options: Options): FakeOperation => {
  const { duplicates, endpoint, errorResponse } = options
  const { name } = operation
  const plan = operation.idempotency?._tag === "Key" ? operation.idempotency : undefined
  const replays = new Replay.Replays<Outcome>()
  const requests: Array<unknown> = []
  const handler = options.handler ?? sampler(operation, options)
  const stored = "replayed: the key was answered before"

  /** Runs the handler, or finds what it said under the key. */
  const ask = (
    request: unknown,
    fingerprint: string,
    arrived: FakeRequest
  ): Replay.Outcome<Outcome> | Promise<Replay.Outcome<Outcome>> => {
    const work = (): Outcome | Promise<Outcome> => {
      requests.push(request)
      const exit = Handler.run(handler, request, Handler.factsOf(arrived), options.context())
      return exit instanceof Promise ? exit.then(write) : write(exit)
    }
    if (plan === undefined || arrived.key === undefined) {
      const answer = work()
      return answer instanceof Promise
        ? answer.then((outcome) => ({ _tag: "New", answer: outcome }))
        : { _tag: "New", answer }
    }
    return replays.ask({
      key: arrived.key,
      fingerprint,
      nowMillis: arrived.atMillis,
      retainedMillis: Duration.toMillis(plan.retainedFor),
      inFlight: typeof duplicates.inFlight === "number" ? "refuse" : "wait",
      work,
      keeps: isKept
    })
  }

  const write = (exit: Exit.Exit<unknown, unknown>): Outcome | Promise<Outcome> => {
    if (endpoint === undefined) return { exit, response: undefined }
    if (Exit.isFailure(exit)) return { exit, response: writeFailure(operation, endpoint, exit) }
    if (!endpoint.streams) return { exit, response: endpoint.body(exit.value) }
    const collected = Handler.settle(collect(exit.value), options.context())
    const send = (all: Exit.Exit<Collected>): Outcome => {
      if (Exit.isFailure(all)) throw Handler.failureOf(all.cause)
      const { ended, values } = all.value
      if (Exit.isSuccess(ended)) return { exit, response: endpoint.elements(values, "complete") }
      // before its first element a stream can still be refused with a status
      if (values.length === 0) return { exit: ended, response: writeFailure(operation, endpoint, ended) }
      return { exit, response: endpoint.elements(values, "cut") }
    }
    return collected instanceof Promise ? collected.then(send) : send(collected)
  }

  const refuse = (status: number, detail: string): FakeResponse => ({
    ...errorResponse(status, detail),
    acted: "no",
    note: detail
  })
  const mismatch = "the key was used before, for other parameters"
  const inFlight = "the key is in use by a request that is not answered yet"
  const mismatchStatus = duplicates.mismatch ?? 400
  const inFlightStatus = typeof duplicates.inFlight === "number" ? duplicates.inFlight : 409

  const toResponse = (outcome: Replay.Outcome<Outcome>): FakeResponse => {
    switch (outcome._tag) {
      case "New":
        return outcome.answer.response ?? { status: 500 }
      case "Stored":
        return { ...(outcome.answer.response ?? { status: 500 }), acted: "no", note: stored }
      case "Mismatch":
        return refuse(mismatchStatus, mismatch)
      case "InFlight":
        return refuse(inFlightStatus, inFlight)
    }
  }

  const toAnswered = (outcome: Replay.Outcome<Outcome>): FakeCall.Answered => {
    const refused = (status: number, note: string): FakeCall.Answered => ({
      exit: Exit.fail(new ContractViolation({ violation: "undeclared_status", status, acted: "no" })),
      acted: "no",
      note
    })
    switch (outcome._tag) {
      case "New":
        return { exit: outcome.answer.exit, acted: "yes" }
      case "Stored":
        return { exit: outcome.answer.exit, acted: "no", note: stored }
      case "Mismatch":
        return refused(mismatchStatus, mismatch)
      case "InFlight":
        return refused(inFlightStatus, inFlight)
    }
  }

  return {
    name,
    operation,
    endpoint,
    requests,
    identify: (headers) => ({
      operation: name,
      key: plan === undefined ? undefined : unquoted(headers[plan.header], plan.format),
      errorResponse: errorsOf(operation, options)
    }),
    respond: (request, params) => {
      const decoded = endpoint?.decode(request, params)
      if (decoded?._tag !== "Request") {
        const detail = decoded === undefined ? `${name} has no wire` : `${decoded.path}: ${decoded.detail}`
        return refuse(400, detail)
      }
      const fingerprint = `${request.method} ${request.path}?${String(request.query)} ${request.body}`
      const outcome = ask(decoded.request, fingerprint, request)
      return outcome instanceof Promise ? outcome.then(toResponse) : toResponse(outcome)
    },
    answer: (request, call) =>
      Effect.suspend(() => {
        const outcome = ask(request, fingerprintOf(request), call)
        return outcome instanceof Promise
          ? Effect.map(
              Effect.promise(() => outcome),
              toAnswered
            )
          : Effect.succeed(toAnswered(outcome))
      })
  }
}

/** A failure that promises that nothing was done leaves nothing to replay. */
const isKept = ({ exit }: Outcome): boolean => {
  if (Exit.isSuccess(exit)) return true
  const failure = Handler.failureOf(exit.cause)
  return !Failure.isFailure(failure) || failure[Failure.TypeId] !== "safe"
}

interface Collected {
  readonly values: ReadonlyArray<unknown>
  readonly ended: Exit.Exit<void, unknown>
}

const collect = (value: unknown): Effect.Effect<Collected> => {
  const values: Array<unknown> = []
  const stream = Stream.isStream(value) ? value : Stream.fromIterable(value as Iterable<unknown>)
  return Effect.map(
    Effect.exit(
      Stream.runForEach(stream as Stream.Stream<unknown, unknown>, (one) => Effect.sync(() => values.push(one)))
    ),
    (ended) => ({ values, ended })
  )
}

const writeFailure = (
  operation: Operation.Any,
  endpoint: ServedEndpoint,
  exit: Exit.Failure<unknown, unknown>
): FakeResponse => {
  const failure = Handler.failureOf(exit.cause)
  const response = Failure.isFailure(failure) ? endpoint.failure(failure) : undefined
  if (response !== undefined) return response
  throw new Error(
    `${operation.name}: the handler failed with something that the operation does not declare: ${String(failure)}`
  )
}

/** Without a handler: a sample of the declared success. */
const sampler = (operation: Operation.Any, { contract, endpoint, seed }: Options): Handler.Any => {
  const { name } = operation
  const subject = `${contract}.${name}`
  let drawn: ReadonlyArray<unknown> | undefined
  return () => {
    if (endpoint === undefined) {
      throw new Error(`${subject} has no wire and no schema: give FakeProvider.make a handler for it`)
    }
    const { schema, shape, streams } = endpoint
    drawn ??= schema === undefined ? bytes : Sample.values(schema, { seed, subject, count: streams ? 3 : 1 })
    return streams ? drawn : shape.kind === "empty" ? undefined : drawn[0]
  }
}

const bytes: ReadonlyArray<Uint8Array> = ["one", "two", "three"].map((word) => new TextEncoder().encode(word))

/** A scripted 429 or 503 looks like the failure that the contract declares for it. */
const errorsOf =
  (operation: Operation.Any, { endpoint, errorResponse, seed }: Options): AnswerPlan.ErrorResponse =>
  (status, detail) => {
    const wire = operation.failures.find((source) => Wire.isWire(source) && source.statuses.includes(status))
    const failure = wire === undefined ? undefined : Sample.failure(wire, { seed, fields: "required" })
    const response = failure === undefined ? undefined : endpoint?.failure(failure)
    return response === undefined ? errorResponse(status, detail) : { ...response, status }
  }

const unquoted = (value: string | undefined, format: "bare" | "quoted"): string | undefined => {
  if (value === undefined || format === "bare") return value
  try {
    return String(JSON.parse(value))
  } catch {
    return value
  }
}

const fingerprintOf = (request: unknown): string => {
  try {
    return JSON.stringify(request) ?? ""
  } catch {
    return ""
  }
}
