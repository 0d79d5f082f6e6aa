/**
 * Binds a client that returns promises, so that its calls run under a contract like any
 * other. The client makes one request per call; its own retries must be off.
 *
 * `Effect.tryPromise` almost does this; it cannot say that work goes on after an abort, so a
 * permit would be given back while the call still runs.
 *
 * Neighbours: `Operation` takes the result as its `attempt`; `engine/EffectAttempt` runs it.
 * Nothing of the client's error is kept but what `classify` makes of it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import type * as Redacted from "effect/Redacted"
import type * as Failure from "./Failure.ts"
import type { AttemptContext } from "./Operation.ts"
import {
  ConnectionLost,
  ContractViolation,
  NotSent,
  type TransportFailure,
  UndeclaredStatus
} from "./TransportFailure.ts"

/**
 * What a client is told about an attempt.
 *
 * **Details**   `signal` is aborted when the attempt is given up; never for `detached` work.
 *
 * @category models
 * @since 0.1.0
 */
export interface SdkContext extends AttemptContext {
  readonly signal: AbortSignal
}

/**
 * An attempt that knows whether its work can be stopped.
 *
 * @category models
 * @since 0.1.0
 */
export interface SdkAttempt<in Req, out A, out E> {
  (request: Req, context: AttemptContext): Effect.Effect<A, E>
  readonly cancellation: "abortable" | "detached"
  /** `yes`: the engine asks the provider's `Credentials` before each attempt. Default: `no`. */
  readonly usesCredential?: "yes" | "no"
}

/**
 * What a client is made from: where the provider is, and its credential at this moment.
 *
 * **Details**   `secret` is the empty text under `Credential.none`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reach {
  readonly baseUrl: string
  readonly secret: Redacted.Redacted<string>
}

/**
 * What the engine's attempts tell a client that is made from the contract.
 *
 * @internal
 */
export interface ReachingContext extends AttemptContext {
  readonly reach: Reach
  /** One object per built layer. */
  readonly layer: object
}

/**
 * Makes the attempt of an operation from a function that returns a promise.
 *
 * **When to use**   For a function or a client that needs no credential, or holds one that is not
 * yours. Where the provider's credential goes into the client, use `client`.
 *
 * **Details**   `call` is called once per attempt; what it throws or rejects with goes to `classify`,
 * which names the failure. `cancellation`: `abortable` when the client stops at
 * `signal`; `detached` when it does not: the permit is then kept until the promise settles,
 * and what it says after the attempt was given up is ignored.
 *
 * **Failures**   Those that `classify` returns. A `classify` that throws is a defect.
 *
 * **Gotchas**   A client that retries by itself multiplies attempts: switch its retries off
 * (`maxRetries: 0`), and count the requests at a fake: some send again after a closed
 * connection even then. A detached client needs a timeout of its own, because its permit is
 * kept until it gives up. What a client returns is not decoded: check what you use of it.
 *
 * **Example** (A client that can be aborted)
 *
 * ```ts import.meta.vitest
 * import { Effect } from "effect"
 * import { Operation, RetryMatrix, Sdk, TransportFailure } from "surety"
 *
 * const client = { lookUp: async (id: string, _: { signal: AbortSignal }) => ({ id, total: 7 }) }
 * const lookUp = Sdk.promise({
 *   call: (id: string, { signal }) => client.lookUp(id, { signal }),
 *   classify: () => new TransportFailure.ConnectionLost({ code: "reset" }),
 *   cancellation: "abortable"
 * })
 * const operation = Operation.read("lookUp", {
 *   timeout: { attempt: "1 second", total: "2 seconds" },
 *   failures: [],
 *   retry: RetryMatrix.transportNever,
 *   attempt: lookUp
 * })
 * operation.name // => "lookUp"
 * lookUp.cancellation // => "abortable"
 * await Effect.runPromise(lookUp("order-1", { attempt: 1, idempotencyKey: undefined })) // => { id: "order-1", total: 7 }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const promise = <Req, A, E extends Failure.Any>(options: {
  readonly call: (request: Req, context: SdkContext) => Promise<A>
  readonly classify: (error: unknown) => E
  readonly cancellation: "abortable" | "detached"
}): SdkAttempt<Req, A, E> => {
  const { call, cancellation } = options
  const attempt = (request: Req, context: AttemptContext): Effect.Effect<A, E> =>
    run(options, context, (sdk) => call(request, sdk))
  return Object.assign(attempt, { cancellation })
}

/**
 * Binds a vendor's client once, for all the operations that use it.
 *
 * **When to use**   For a client that holds the provider's credential: the contract then declares how
 * that credential's life ends, and a rotated one is used from the next attempt on.
 *
 * **Details**   `make` is called at the first attempt of a layer and again when its credential has
 * changed; `baseUrl` is the contract's, or that of `layerAt`. `classify` and
 * `cancellation` are those of `promise`. The result makes one attempt per operation.
 *
 * **Failures**   Those that `classify` returns. A `make` that throws is a defect that names the error
 * and keeps nothing else of it.
 *
 * **Example** (Two operations of one client)
 *
 * ```ts import.meta.vitest
 * import { Redacted } from "effect"
 * import { Sdk } from "surety"
 *
 * const connect = (url: string, key: string) => ({
 *   find: async (id: string) => `${url}/${id}`,
 *   send: async (to: string, _: { readonly idempotencyKey: string }) => to + key.length
 * })
 * const vendor = Sdk.client({
 *   make: ({ baseUrl, secret }) => connect(baseUrl, Redacted.value(secret)),
 *   classify: (error) => Sdk.undeclared({ cause: error }),
 *   cancellation: "detached"
 * })
 * const find = vendor((client, id: string) => client.find(id))
 * const send = vendor((client, to: string, attempt) => client.send(to, { idempotencyKey: Sdk.keyOf(attempt) }))
 *
 * find.cancellation // => "detached"
 * send.usesCredential // => "yes"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const client = <C, E extends Failure.Any>(options: {
  readonly make: (reach: Reach) => C
  readonly classify: (error: unknown) => E
  readonly cancellation: "abortable" | "detached"
}): (<Req, A>(call: (client: C, request: Req, context: SdkContext) => Promise<A>) => SdkAttempt<Req, A, E>) => {
  const { cancellation, make } = options
  const kept = new WeakMap<object, { readonly secret: Reach["secret"]; readonly client: C }>()
  const clientOf = ({ layer, reach }: ReachingContext): C => {
    const last = kept.get(layer)
    if (last !== undefined && Equal.equals(last.secret, reach.secret)) return last.client
    const made = { secret: reach.secret, client: withoutItsError(() => make(reach)) }
    kept.set(layer, made)
    return made.client
  }
  return <Req, A>(call: (client: C, request: Req, context: SdkContext) => Promise<A>): SdkAttempt<Req, A, E> => {
    const attempt = (request: Req, context: AttemptContext): Effect.Effect<A, E> =>
      Effect.suspend(() => {
        const made = clientOf(reaching(context))
        return run(options, context, (sdk) => call(made, request, sdk))
      })
    return Object.assign(attempt, { cancellation, usesCredential: "yes" } as const)
  }
}

/**
 * The idempotency key of a call, for a client that takes a string.
 *
 * **Failures**   A defect when the operation's plan has no key: without one, a client would make up
 * another key for each attempt.
 *
 * **Example** (The same on both attempts)
 *
 * ```ts import.meta.vitest
 * import { Sdk } from "surety"
 *
 * [1, 2].map((attempt) => Sdk.keyOf({ attempt, idempotencyKey: "order-1" })) // => ["order-1", "order-1"]
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const keyOf = (context: AttemptContext): string => {
  if (context.idempotencyKey === undefined) throw new NoKey()
  return context.idempotencyKey
}

/**
 * The transport failure that a client's error means, where the contract has no name for it.
 *
 * **When to use**   As the last line of `classify`.
 *
 * **Details**   `status`: of the answer, when there was one; some clients make one up, so take it from
 * the response. `cause`: what the client says went wrong on the way; its chain of causes is
 * searched for the codes of Node and undici. Only what proves that nothing was sent is
 * `NotSent`; an error that says nothing counts as lost after sending. Nothing of `cause` is
 * kept.
 *
 * **Example** (An answer, a refusal and a mystery)
 *
 * ```ts import.meta.vitest
 * import { Sdk } from "surety"
 *
 * Sdk.undeclared({ status: 503 })._tag // => "UndeclaredStatus"
 * Sdk.undeclared({ cause: new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }) })._tag // => "NotSent"
 * Sdk.undeclared({ cause: "?" })._tag // => "ConnectionLost"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const undeclared = (seen: {
  readonly status?: number | undefined
  readonly retryAfter?: Duration.Duration | undefined
  readonly cause?: unknown
}): Exclude<TransportFailure, { readonly _tag: "AttemptTimeout" }> => {
  const { cause, retryAfter, status } = seen
  if (status === undefined) return lost(cause, 0)
  if (status >= 500) return new UndeclaredStatus(retryAfter === undefined ? { status } : { status, retryAfter })
  if (status < 300) return new ContractViolation({ violation: "decode", status, acted: "yes" })
  return status < 400
    ? new ContractViolation({ violation: "redirect", status, acted: "maybe" })
    : new ContractViolation({ violation: "undeclared_status", status, acted: "no" })
}

/** A key was asked for where the plan has none: a mistake in the contract, not an answer of the client. */
class NoKey extends Error {
  override get message(): string {
    return "Sdk.keyOf: this operation has no idempotency key - declare Idempotency.key or reconcile, or do not send one"
  }
}

const run = <A, E>(
  options: { readonly classify: (error: unknown) => E; readonly cancellation: "abortable" | "detached" },
  { attempt, idempotencyKey }: AttemptContext,
  call: (context: SdkContext) => Promise<A>
): Effect.Effect<A, E> =>
  Effect.tryPromise({
    try: (signal) =>
      call({ attempt, idempotencyKey, signal: options.cancellation === "abortable" ? signal : neverAborted() }),
    catch: (error) => {
      if (error instanceof NoKey) throw error
      return options.classify(error)
    }
  })

const neverAborted = (): AbortSignal => new AbortController().signal

const reaching = (context: AttemptContext): ReachingContext => {
  if ("reach" in context) return context as ReachingContext
  throw new Error("Sdk.client: only a provider's layer knows the credential - call the operation, not its attempt")
}

/** A constructor may quote the key that it does not like. */
const withoutItsError = <A>(make: () => A): A => {
  try {
    return make()
  } catch (error) {
    throw new Error(`Sdk.client: make threw ${error instanceof Error ? error.name : typeof error}`)
  }
}

const lost = (error: unknown, depth: number): NotSent | ConnectionLost => {
  if (typeof error !== "object" || error === null || depth > 4) return new ConnectionLost({ code: "protocol" })
  const { cause, code, syscall } = error as {
    readonly cause?: unknown
    readonly code?: unknown
    readonly syscall?: unknown
  }
  if (typeof code === "string") {
    const before = beforeSending[code] ?? (certificate.test(code) ? "tls" : undefined)
    if (before !== undefined) return new NotSent({ code: before })
    if (syscall === "connect") return new NotSent({ code: code === "ETIMEDOUT" ? "connect_timeout" : "unreachable" })
    const after = afterSending[code]
    if (after !== undefined) return new ConnectionLost({ code: after })
  }
  return lost(cause, depth + 1)
}

/** Codes that no connection in use has. `ETIMEDOUT` is not one: clients use it for their own timeouts too. */
const beforeSending: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect_refused",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  UND_ERR_CONNECT_TIMEOUT: "connect_timeout"
}

const afterSending: Readonly<Record<string, string>> = {
  ECONNRESET: "reset",
  EPIPE: "reset",
  UND_ERR_SOCKET: "reset",
  ETIMEDOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout"
}

const certificate = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY))/
