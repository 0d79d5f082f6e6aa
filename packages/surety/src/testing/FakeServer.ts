/**
 * A fake provider at the level of the wire: a handler, a fault script and the log of
 * what arrived. In memory it is reached through `FakeTransport`, on a real loopback
 * port through `serve`; both meet the same faults and write the same log.
 *
 * It never retries, never validates and knows no vendor: what a provider does with a
 * duplicate key is the handler's business.
 *
 * Neighbours: `FaultScript` decides, `AnswerPlan` says what that means on the wire,
 * `SocketServer` carries it out on a port.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as AnswerPlan from "./AnswerPlan.ts"
import * as ExchangeLog from "./ExchangeLog.ts"
import { type FakeHandler, type FakeRequest, type FakeResponse, json } from "./FakeExchange.ts"
import type * as Fault from "./Fault.ts"
import * as FaultRule from "./FaultRule.ts"
import * as Fingerprint from "./Fingerprint.ts"

/**
 * What a fake provider is made of.
 *
 * **Details**   `idempotencyHeader` is `idempotency-key` unless said otherwise.
 * `credentialHeaders` are added to the names that are always fingerprinted in the
 * log. `errorResponse` is the provider's own body for a scripted 429 or 503.
 * `control` are values that a served fake also answers with on
 * `GET /__surety/<name>`, such as its ledger. `identify` says what a request is, for fakes
 * that know the contract they serve; it comes before `idempotencyHeader`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly handle: FakeHandler
  readonly script?: FaultRule.FaultRule
  readonly idempotencyHeader?: string
  readonly credentialHeaders?: ReadonlyArray<string>
  readonly errorResponse?: AnswerPlan.ErrorResponse
  readonly control?: Readonly<Record<string, () => unknown>>
  readonly identify?: (request: Pick<Arrival, "method" | "headers"> & { readonly path: string }) => Identity | undefined
}

/**
 * What a request is, by the contract.
 *
 * @category models
 * @since 0.1.0
 */
export interface Identity {
  readonly operation: string
  readonly key: string | undefined
  /** the operation's own body for a scripted 429 or 503 */
  readonly errorResponse?: AnswerPlan.ErrorResponse | undefined
}

/**
 * A request as a transport or a socket delivers it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Arrival {
  readonly method: string
  /** path and query */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly bodyBytes: number
  readonly nowMillis: number
  /** headers known to carry a credential, beyond the usual names */
  readonly credentialHeaders?: ReadonlyArray<string>
  /** what a request to be refused meets instead, where it has already arrived */
  readonly refusal?: Fault.Fault
  /** what it is, where it does not come over a wire that `identify` could read */
  readonly identity?: Identity
}

/**
 * A request that was counted, decided and logged, and now has to be answered.
 *
 * **Details**   `apply` runs the handler and never fails: a handler that throws is a
 * 500 with its message. `applied` and `sent` note the outcome and the status in the log.
 *
 * @category models
 * @since 0.1.0
 */
export interface Admission {
  readonly plan: AnswerPlan.AnswerPlan
  readonly request: FakeRequest
  readonly apply: () => FakeResponse | Promise<FakeResponse>
  readonly applied: (response: Pick<FakeResponse, "acted" | "note">) => void
  readonly sent: (status: number) => void
}

/**
 * A fake provider.
 *
 * @category models
 * @since 0.1.0
 */
export interface FakeServer {
  readonly log: ExchangeLog.ExchangeLog
  readonly script: FaultRule.FaultRule
  readonly control: Readonly<Record<string, () => unknown>>
  /** Sets the moment that windows and the log count from; only the first call does. */
  readonly start: (nowMillis: number) => void
  /** Empties the log, forgets all counts and starts again. The handler's own state stays. */
  readonly restart: (nowMillis: number) => void
  readonly admit: (arrival: Arrival) => Admission
}

/**
 * A fake provider that listens on a loopback port.
 *
 * @category models
 * @since 0.1.0
 */
export interface Served {
  readonly url: string
  readonly port: number
  readonly log: ExchangeLog.ExchangeLog
}

/**
 * Why a fake provider could not be served.
 *
 * **Details**   `PortUnavailable`: the port is taken or not allowed. `UnservableScript`:
 * the script refuses connections depending on a request, which only works in memory.
 *
 * @category failures
 * @since 0.1.0
 */
export class FakeServerError extends Schema.TaggedError<FakeServerError>()("FakeServerError", {
  reason: Schema.Literals(["PortUnavailable", "UnservableScript"]),
  port: Schema.Number
}) {
  override get message(): string {
    return this.reason === "PortUnavailable"
      ? `port ${this.port} is not available on 127.0.0.1`
      : "a real port refuses connections for a span of time only: use FaultScript.window(span, Fault.refuse), " +
          "not under of, when, sometimes or at the top"
  }
}

/**
 * A fake provider from its handler and script.
 *
 * **When to use**   In the tests of an integration, with `FakeTransport.layer` for
 * speed and `TestClock`, or with `serve` where real sockets matter.
 *
 * **Gotchas**   It has a memory (log, script state): make one per test.
 *
 * **Example** (A charge that is applied, then reset)
 *
 * ```ts import.meta.vitest
 * import * as Effect from "effect/Effect"
 * import { FakeExchange, FakeServer, Fault, FaultScript } from "surety/testing"
 *
 * const server = FakeServer.make({
 *   handle: (request) => FakeExchange.json(201, { path: request.path }),
 *   script: FaultScript.of(Fault.resetAfter)
 * })
 * const program = Effect.gen(function* () {
 *   const { url } = yield* FakeServer.serve(server)
 *   const post = Effect.promise(() => fetch(`${url}/v1/charges`, { method: "POST" }).then((_) => _.status, () => "reset"))
 *   return [yield* post, yield* post]
 * })
 * await Effect.runPromise(Effect.scoped(program)) // => ["reset", 201]
 * server.log.applied() // => 2
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): FakeServer => {
  const script = options.script ?? FaultRule.none
  const keyHeader = (options.idempotencyHeader ?? "idempotency-key").toLowerCase()
  const secretNames = new Set(
    [...Fingerprint.credentialHeaders, ...(options.credentialHeaders ?? [])].map((name) => name.toLowerCase())
  )
  const entries: Array<Writable<ExchangeLog.ExchangeEntry>> = []
  const seen = new Map<string, number>()
  let state = FaultRule.initial
  let startedAt: number | undefined

  const restart = (nowMillis: number): void => {
    entries.length = 0
    seen.clear()
    state = FaultRule.initial
    startedAt = nowMillis
  }

  const admit = (arrival: Arrival): Admission => {
    const index = entries.length
    const atMillis = arrival.nowMillis - (startedAt ??= arrival.nowMillis)
    const mark = arrival.target.indexOf("?")
    const path = mark < 0 ? arrival.target : arrival.target.slice(0, mark)
    const identity = arrival.identity ?? options.identify?.({ method: arrival.method, path, headers: arrival.headers })
    const operation = identity?.operation
    const key = identity === undefined ? arrival.headers[keyHeader] : identity.key
    const counted = key === undefined ? `${arrival.method} ${path}` : `key ${key}`
    const attempt = (seen.get(counted) ?? 0) + 1
    seen.set(counted, attempt)

    const facts = { index, elapsedMillis: atMillis, method: arrival.method, path, operation, key, attempt }
    const decision = FaultRule.decide(script, state, facts)
    state = decision.state
    const fault = decision.fault._tag === "Refuse" ? (arrival.refusal ?? decision.fault) : decision.fault
    const names =
      arrival.credentialHeaders === undefined ? secretNames : new Set([...secretNames, ...arrival.credentialHeaders])
    const entry: Writable<ExchangeLog.ExchangeEntry> = {
      index,
      atMillis,
      method: arrival.method,
      path,
      operation,
      key,
      attempt,
      fault: fault._tag,
      status: undefined,
      applied: false,
      note: undefined,
      requestHeaders: Fingerprint.redact(arrival.headers, names),
      bodyBytes: arrival.bodyBytes
    }
    entries.push(entry)

    const request: FakeRequest = {
      index,
      method: arrival.method,
      path,
      query: new URLSearchParams(mark < 0 ? "" : arrival.target.slice(mark + 1)),
      headers: arrival.headers,
      body: arrival.body,
      key,
      attempt,
      atMillis,
      unixMillis: arrival.nowMillis
    }
    const applied = <A extends Pick<FakeResponse, "acted" | "note">>(response: A): A => {
      entry.applied = response.acted !== "no"
      entry.note = response.note
      return response
    }
    const broken = (error: unknown): FakeResponse => {
      entry.note = `the handler of the fake threw: ${String(error)}`
      return json(500, { error: { message: entry.note } })
    }
    const errorResponse = identity?.errorResponse ?? options.errorResponse
    return {
      plan: AnswerPlan.fromFault(fault, { index, nowMillis: arrival.nowMillis }, errorResponse),
      request,
      applied,
      apply: () => {
        try {
          const response = options.handle(request)
          // A synchronous handler is answered in the same step, which virtual time relies on.
          return response instanceof Promise ? response.then(applied, broken) : applied(response)
        } catch (error) {
          return broken(error)
        }
      },
      sent: (status) => {
        entry.status = status
      }
    }
  }

  return {
    log: ExchangeLog.fromEntries(entries),
    script,
    control: options.control ?? {},
    start: (nowMillis) => {
      startedAt ??= nowMillis
    },
    restart,
    admit
  }
}

/**
 * Serves a fake provider on `127.0.0.1` with real sockets and real faults until the
 * scope closes.
 *
 * **Details**   `port` is free to choose when absent. Time runs on the wall clock.
 * `GET /__surety/log` gives the entries as JSON, `POST /__surety/restart` empties the
 * log and starts the script again, `GET /__surety/<name>` gives a `control` value;
 * none of these is logged or meets a fault. In a refusal window the listener is
 * closed, idle connections too, and the same port opens again at its end; requests
 * that are already being answered are finished.
 *
 * **Failures**   `FakeServerError` when the port is taken, or when the script refuses
 * outside a window.
 *
 * @category constructors
 * @since 0.1.0
 */
export const serve = (
  server: FakeServer,
  options: { readonly port?: number } = {}
): Effect.Effect<Served, FakeServerError, Scope.Scope> => {
  const port = options.port ?? 0
  const refusals = FaultRule.refusals(server.script)
  if (refusals.scattered) return Effect.fail(new FakeServerError({ reason: "UnservableScript", port }))
  return Effect.acquireRelease(
    // Loaded when needed, so that in-memory fakes run where there is no `node:http`.
    Effect.tryPromise({
      try: async () => (await import("./SocketServer.ts")).open(server, { port, refusals: refusals.windows }),
      catch: () => new FakeServerError({ reason: "PortUnavailable", port })
    }),
    (opened) => Effect.promise(opened.close)
  ).pipe(Effect.map((opened) => ({ url: `http://127.0.0.1:${opened.port}`, port: opened.port, log: server.log })))
}

type Writable<A> = { -readonly [K in keyof A]: A[K] }
