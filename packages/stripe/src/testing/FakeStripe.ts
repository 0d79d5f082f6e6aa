/**
 * An account at Stripe that lives in memory and speaks the v1 wire format: forms in,
 * JSON out, the error envelope, keys, versions, idempotency, paging and the sandbox's
 * test cards.
 *
 * A request passes these doors, in this order, and the first that refuses answers:
 *
 * ```
 * front end ▸ API key ▸ limiter ▸ version ▸ endpoint and form ▸ idempotency key ▸ parameters ▸ lock ▸ execution
 * ```
 *
 * Only what was executed is stored under a key, a stored 500 included. Refusals at
 * the doors before are not, so the same key may be tried again.
 *
 * It never touches the network and keeps no time of its own: `handle` answers one
 * request, at the time the request says. It does not model webhooks, connected
 * accounts, `expand`, balances, disputes or v2; what would change an answer and is not
 * modelled is refused with a 400 that says so.
 *
 * Neighbours: `FakeServer` puts it on a socket and plays faults of the connection;
 * `Mishap` lists what can go wrong inside; `Ledger` knows what was charged.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { FakeRequest, FakeResponse } from "surety/testing/FakeExchange"
import * as Account from "./Account.ts"
import * as ApiKey from "./ApiKey.ts"
import * as Card from "./Card.ts"
import * as CustomerEndpoint from "./CustomerEndpoint.ts"
import type { Endpoint, Execute } from "./Endpoint.ts"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"
import * as Form from "./Form.ts"
import * as IdempotencyStore from "./IdempotencyStore.ts"
import * as Identifier from "./Identifier.ts"
import * as Ledger from "./Ledger.ts"
import type { Mishap } from "./Mishap.ts"
import * as PaymentIntentEndpoint from "./PaymentIntentEndpoint.ts"
import * as RefundEndpoint from "./RefundEndpoint.ts"

/**
 * The version that a request without `Stripe-Version` is answered in.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultVersion = "2026-10-28.endive"

/**
 * **Details**   `seed` fixes every identifier, default 1. `keys` are the API keys of
 * the account, default `sk_test_fake` with full access. `cards` adds payment methods
 * to the sandbox's. `retentionMillis` is how long a key is remembered, default 24
 * hours. `mishap` is asked once per request, before anything else is looked at; what
 * was injected comes first.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly seed?: number
  readonly keys?: Readonly<Record<string, ApiKey.Access>>
  readonly cards?: Readonly<Record<string, Card.Card>>
  readonly retentionMillis?: number
  readonly mishap?: (request: FakeRequest) => Mishap | undefined
}

/**
 * **Details**   `handle`, `errorResponse` and `control` are what `FakeServer.make`
 * takes. `inject` queues mishaps; each is spent on the next request, in order.
 *
 * @category models
 * @since 0.1.0
 */
export interface FakeStripe {
  readonly handle: (request: FakeRequest) => FakeResponse | Promise<FakeResponse>
  readonly errorResponse: (status: number) => FakeResponse
  readonly control: Readonly<Record<string, () => unknown>>
  readonly ledger: Ledger.Ledger
  readonly account: Account.Account
  readonly inject: (...mishaps: ReadonlyArray<Mishap>) => void
}

/**
 * A new, empty account.
 *
 * **When to use**   In tests and demonstrations that need a provider which knows
 * whether it charged once. Make one per test: it has a memory.
 *
 * **Example** (One charge, seen from the provider's side)
 *
 * ```ts import.meta.vitest
 * import * as FakeStripe from "@surety/stripe/testing/FakeStripe"
 *
 * const stripe = FakeStripe.make({ seed: 7 })
 * const post = (body: string) =>
 *   stripe.handle({
 *     index: 0, attempt: 1, atMillis: 0, unixMillis: 0, key: "order-1",
 *     method: "POST", path: "/v1/payment_intents", query: new URLSearchParams(), body,
 *     headers: { authorization: "Bearer sk_test_fake", "idempotency-key": "order-1" }
 *   })
 * const order = "amount=1999&currency=eur&payment_method=pm_card_visa&confirm=true&metadata[order_id]=o-1"
 * post(order)
 * post(order)
 * stripe.ledger.verdict("o-1") // => "chargedOnce"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): FakeStripe => {
  const keys = options.keys ?? { [ApiKey.standard]: "full" }
  const identifiers = Identifier.make(options.seed ?? 1)
  const account = Account.make()
  const ledger = Ledger.make()
  const stored = IdempotencyStore.make(
    options.retentionMillis === undefined ? {} : { retentionMillis: options.retentionMillis }
  )
  const queue: Array<Mishap> = []
  const cardOf = (id: string): Card.Card | undefined => options.cards?.[id] ?? Card.byPaymentMethod.get(id)

  const handle = (request: FakeRequest): FakeResponse | Promise<FakeResponse> => {
    const mishap = queue.shift() ?? options.mishap?.(request)
    const requestId = identifiers("req", 14)
    const respond = responder(request, requestId, mishap)
    const admitted = admit(keys, request, mishap)
    if (Result.isFailure(admitted)) return respond.error(admitted.failure)
    const { endpoint, form, id, idempotencyKey } = admitted.success

    const decision =
      idempotencyKey === undefined
        ? fresh
        : stored.begin(idempotencyKey, fingerprint(request, form), request.unixMillis)
    if (decision._tag === "Replay") return respond.replay(decision.answer)
    if (decision._tag !== "Fresh") return respond.error(conflict(decision))

    const notExecuted = (error: ErrorEnvelope.ErrorEnvelope): FakeResponse => {
      if (idempotencyKey !== undefined) stored.abandon(idempotencyKey)
      return respond.error(error)
    }
    const prepared = endpoint.prepare(id, form)
    if (Result.isFailure(prepared)) return notExecuted(prepared.failure)
    if (mishap?._tag === "LockTimeout") return notExecuted(lockTimeout(mishap))

    const execute = (): FakeResponse => {
      const result = perform(prepared.success, mishap, {
        account,
        ledger,
        identifiers,
        atMillis: request.unixMillis,
        idempotencyKey,
        cardOf
      })
      const response = Result.isSuccess(result) ? respond.resource(result.success) : respond.error(result.failure)
      if (idempotencyKey !== undefined) stored.settle(idempotencyKey, { ...response, requestId })
      return response
    }
    return mishap?._tag === "SlowExecution" ? mishap.until.then(execute) : execute()
  }

  return {
    handle,
    errorResponse: (status) => {
      const error = status === 429 ? rateLimited({ status: 429, reason: "global-rate" }) : serverError(status)
      return json(status, ErrorEnvelope.toBody(error, { id: identifiers("req", 14), atMillis: 0 }), error.headers ?? {})
    },
    control: {
      ledger: () => ledger.charges
    },
    ledger,
    account,
    inject: (...mishaps) => {
      queue.push(...mishaps)
    }
  }
}

const endpoints: ReadonlyArray<Endpoint> = [
  ...PaymentIntentEndpoint.endpoints,
  ...RefundEndpoint.endpoints,
  ...CustomerEndpoint.endpoints
]

const fresh: IdempotencyStore.Decision = { _tag: "Fresh" }

interface Admitted {
  readonly endpoint: Endpoint
  readonly id: string
  readonly form: Form.FormRecord
  /** only of a POST: Stripe gives keys of other methods no meaning */
  readonly idempotencyKey: string | undefined
}

/** The doors before the idempotency layer. */
const admit = (
  keys: Readonly<Record<string, ApiKey.Access>>,
  request: FakeRequest,
  mishap: Mishap | undefined
): Result.Result<Admitted, ErrorEnvelope.ErrorEnvelope> => {
  if (mishap?._tag === "ServerError" && mishap.at === "before-execution") {
    return Result.fail(serverError(mishap.status, mishap.shouldRetry))
  }
  const found = route(request)
  const access = ApiKey.decide(keys, request.headers["authorization"], found?.endpoint.permission)
  if (Result.isFailure(access)) return Result.fail(access.failure)
  if (mishap?._tag === "RateLimited") return Result.fail(rateLimited(mishap))
  const version = request.headers["stripe-version"]
  if (version !== undefined && !/^\d{4}-\d{2}-\d{2}(\.[a-z_]+)?$/.test(version)) {
    return Result.fail(ErrorEnvelope.invalidRequest(`There is no API version '${version}'.`))
  }
  if (found === undefined) {
    return Result.fail({
      ...ErrorEnvelope.invalidRequest(`There is nothing at ${request.method} ${request.path}.`),
      status: 404
    })
  }
  const idempotencyKey = request.method === "POST" ? request.headers["idempotency-key"] : undefined
  if (idempotencyKey !== undefined && idempotencyKey.length > IdempotencyStore.maxKeyLength) {
    return Result.fail(
      ErrorEnvelope.invalidRequest(
        `An idempotency key has at most ${IdempotencyStore.maxKeyLength} characters, not ${idempotencyKey.length}.`
      )
    )
  }
  return Result.map(readForm(request), (form) => ({ ...found, form, idempotencyKey }))
}

const route = (request: FakeRequest): { readonly endpoint: Endpoint; readonly id: string } | undefined => {
  for (const endpoint of endpoints) {
    const id = endpoint.method === request.method ? endpoint.match(request.path) : undefined
    if (id !== undefined) return { endpoint, id }
  }
  return undefined
}

const readForm = (request: FakeRequest): Result.Result<Form.FormRecord, ErrorEnvelope.ErrorEnvelope> => {
  const type = request.headers["content-type"]
  if (
    request.method === "POST" &&
    request.body !== "" &&
    type?.startsWith("application/x-www-form-urlencoded") === false
  ) {
    return Result.fail(ErrorEnvelope.invalidRequest(`The v1 API reads forms, not ${type}.`))
  }
  return Result.mapError(
    Form.fromPairs(request.method === "POST" ? new URLSearchParams(request.body) : request.query),
    ({ name }) => ErrorEnvelope.invalidRequest(`The parameter '${name}' can not be read.`, { param: name })
  )
}

const fingerprint = (request: FakeRequest, form: Form.FormRecord): IdempotencyStore.Fingerprint => ({
  endpoint: `${request.method} ${request.path}`,
  parameters: Form.toCanonical(form)
})

/** What the execution ends with, after the mishap had its say. */
const perform = (
  execute: Execute,
  mishap: Mishap | undefined,
  execution: Parameters<Execute>[0]
): ReturnType<Execute> => {
  if (mishap?._tag !== "ServerError") return execute(execution)
  if (mishap.at === "after-execution") execute(execution)
  return Result.fail(serverError(mishap.status, mishap.shouldRetry))
}

const conflict = (
  decision: Extract<IdempotencyStore.Decision, { readonly _tag: "Mismatch" | "InUse" }>
): ErrorEnvelope.ErrorEnvelope =>
  decision._tag === "InUse"
    ? {
        status: 409,
        type: "idempotency_error",
        code: "idempotency_key_in_use",
        message: "Another request with this idempotency key is still executing."
      }
    : {
        status: 400,
        type: "idempotency_error",
        message: `This idempotency key was first used for ${decision.firstEndpoint} with other parameters.`
      }

const advice = (shouldRetry: boolean | undefined): Readonly<Record<string, string>> =>
  shouldRetry === undefined ? {} : { "stripe-should-retry": String(shouldRetry) }

const serverError = (status: number, shouldRetry?: boolean): ErrorEnvelope.ErrorEnvelope => ({
  status,
  type: "api_error",
  message: "Something went wrong at the provider.",
  headers: advice(shouldRetry)
})

const rateLimited = (
  mishap: Pick<Extract<Mishap, { readonly _tag: "RateLimited" }>, "status" | "reason"> & {
    readonly shouldRetry?: boolean | undefined
  }
): ErrorEnvelope.ErrorEnvelope => ({
  status: mishap.status,
  type: "invalid_request_error",
  code: "rate_limit",
  message: `Too many requests: ${mishap.reason}.`,
  headers: { "stripe-rate-limited-reason": mishap.reason, ...advice(mishap.shouldRetry) }
})

const lockTimeout = (mishap: Extract<Mishap, { readonly _tag: "LockTimeout" }>): ErrorEnvelope.ErrorEnvelope => ({
  status: mishap.status,
  type: "invalid_request_error",
  code: "lock_timeout",
  message: "Another request holds this object.",
  headers: advice(mishap.shouldRetry)
})

const json = (status: number, body: object, headers: Readonly<Record<string, string>>): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body)
})

type Answer = Required<Pick<FakeResponse, "status" | "headers">> & { readonly body: string }

interface Responder {
  readonly resource: (body: object) => Answer
  readonly error: (error: ErrorEnvelope.ErrorEnvelope) => Answer
  readonly replay: (answer: IdempotencyStore.StoredAnswer) => Answer
}

const responder = (request: FakeRequest, requestId: string, mishap: Mishap | undefined): Responder => {
  const key = request.headers["idempotency-key"]
  const annotation = mishap?._tag === "Annotated" ? mishap.headers : {}
  const common = {
    "request-id": requestId,
    "stripe-version": request.headers["stripe-version"] ?? defaultVersion,
    ...(key === undefined ? undefined : { "idempotency-key": key, "original-request": requestId }),
    ...annotation
  }
  return {
    resource: (body) => json(200, body, common),
    error: (error) =>
      json(error.status, ErrorEnvelope.toBody(error, { id: requestId, atMillis: request.unixMillis }), {
        ...common,
        ...error.headers
      }),
    replay: (answer) => ({
      status: answer.status,
      headers: {
        ...answer.headers,
        ...common,
        "idempotent-replayed": "true",
        "original-request": answer.requestId
      },
      body: answer.body
    })
  }
}
