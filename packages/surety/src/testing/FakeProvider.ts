/**
 * A fake provider made from a contract: it knows the routes, the codecs, the declared
 * failures and the idempotency plans, so that a test says only what its provider answers
 * and what the network does.
 *
 * In memory (`Provider.layerFake`) it runs the real engine and the real codec without a
 * port; `serve` puts the same fake on a loopback port. It checks no credential, knows no
 * vendor's rules, and never calls the real provider.
 *
 * Neighbours: `FakeServer` is the same at the level of requests and responses;
 * `ServedEndpoint` decodes and encodes, `Replay` remembers keys, `FakeCall` stands in for
 * operations without a wire.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as Contract from "../Contract.ts"
import * as Credential from "../Credential.ts"
import { StandIn } from "../engine/StandIn.ts"
import type { Transport } from "../http/Transport.ts"
import type * as Operation from "../Operation.ts"
import type * as Provider from "../Provider.ts"
import type * as Wire from "../Wire.ts"
import * as AnswerPlan from "./AnswerPlan.ts"
import type * as ExchangeLog from "./ExchangeLog.ts"
import * as FakeCall from "./FakeCall.ts"
import * as FakeOperation from "./FakeOperation.ts"
import * as FakeServer from "./FakeServer.ts"
import * as FakeTransport from "./FakeTransport.ts"
import type * as FaultRule from "./FaultRule.ts"
import type * as Handler from "./Handler.ts"
import * as ServedEndpoint from "./ServedEndpoint.ts"

/**
 * What a fake is told besides its contract.
 *
 * **Details**   `handlers`: an operation without one answers with a sample of its success schema,
 * the same for the same `seed` (default 1); a stream with 3 elements. `script`: default no
 * faults. `errorResponse`: the provider's envelope for what the fake itself refuses (400, 404,
 * mismatch). `duplicates`: what a key plan means at this provider.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<Ops> {
  readonly handlers?: Handler.HandlersOf<Ops>
  readonly script?: FaultRule.FaultRule
  readonly seed?: number
  readonly errorResponse?: AnswerPlan.ErrorResponse
  readonly duplicates?: FakeOperation.Duplicates
}

/**
 * A fake provider.
 *
 * **Details**   `log`: every request, with the operation it was for. `requests`: what each operation's
 * handler was given, in order; a replayed duplicate is not among them. `server`: the same
 * fake at the level of the wire, for `FakeProcess.main`.
 *
 * @category models
 * @since 0.1.0
 */
export interface FakeProvider<out Ops> extends Provider.Fake<Transport> {
  readonly log: ExchangeLog.ExchangeLog
  readonly requests: { readonly [K in keyof Ops]: ReadonlyArray<Handler.RequestOf<Ops[K]>> }
  readonly server: FakeServer.FakeServer
  /** The path that the contract's base URL ends in; empty when there is none. */
  readonly basePath: string
  /** Runs the handlers from now on in this context: its clock, its random, its tracer. */
  readonly runIn: (context: Context.Context<never>) => void
}

/**
 * A contract, or the class of a provider.
 *
 * @category models
 * @since 0.1.0
 */
export type Source<Ops> = Contract.Contract<Ops, unknown> | { readonly contract: Contract.Contract<Ops, unknown> }

/**
 * Makes a fake provider from a contract.
 *
 * **When to use**   In the tests of a program that calls the provider: give it to
 * `Provider.layerFake`, then ask its `log` what was sent.
 *
 * **Details**   A request is decoded with the endpoint's own schemas; one that does not decode is
 * answered with 400 and the schema path, one that no operation answers with 404. Under a key
 * plan, a second request with the key gets the stored answer; a failure of disposition
 * `safe` is not stored, because nothing was done. A handler that fails answers as the
 * failure's `wire` says. A stream is collected before it is sent: its timing is the script's
 * (`drip`, `stallBody`, `cutAfter`). A scripted 429 or 503 is a declared failure of that
 * status, where there is one. An operation without a wire needs a handler: see `FakeCall`.
 *
 * **Failures**   What is wrong with the test itself (a value that no success schema accepts, a
 * handler that dies, a missing handler) is a 500 whose reason stands in the log's `note` and
 * in a warning of the program that built the layer.
 *
 * **Gotchas**   It has a memory (log, keys, script): make one per test. In a form, an empty list
 * and `null` cannot be told from an absent member and an empty text.
 *
 * **Example** (The answer to a charge is lost, and it is charged once)
 *
 * ```ts import.meta.vitest
 * import { Effect, Schema } from "effect"
 * import { HttpApiEndpoint } from "effect/http-api"
 * import { Backoff, Credential, Degradation, Idempotency, Provider, RateLimit, RetryMatrix } from "surety"
 * import { HttpOperation } from "surety/http"
 * import { FakeProvider, Fault, FaultScript } from "surety/testing"
 *
 * const quick = Backoff.exponential({ base: "10 millis", cap: "1 second", maxAttempts: 3, jitter: "full" })
 * class Payments extends Provider.Service<Payments>()("acme/Payments", {
 *   baseUrl: "https://api.payments.example",
 *   owner: "team-checkout",
 *   criticality: "critical",
 *   degradation: Degradation.fail,
 *   slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
 *   limits: { rate: { requests: RateLimit.tokenBucket({ limit: 100, per: "1 second" }) }, concurrency: 25 },
 *   credentials: Credential.bearer({ scopes: ["charges:write"], rotateEvery: "90 days" }),
 *   version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" },
 *   runbook: "https://runbooks.example/payments",
 *   operations: {
 *     charge: HttpOperation.mutation(
 *       HttpApiEndpoint.post("charge", "/v1/charges", {
 *         payload: Schema.Struct({ amount: Schema.Int }),
 *         success: Schema.Struct({ id: Schema.String, amount: Schema.Int })
 *       }),
 *       {
 *         timeout: { attempt: "2 seconds", total: "8 seconds" },
 *         idempotency: Idempotency.key({ header: "Idempotency-Key", source: "caller", retainedFor: "24 hours" }),
 *         failures: [],
 *         retry: RetryMatrix.transport(quick)
 *       }
 *     )
 *   }
 * }) {}
 *
 * const fake = FakeProvider.make(Payments, {
 *   script: FaultScript.of(Fault.resetAfter),
 *   handlers: { charge: ({ payload }) => ({ id: "ch_1", amount: payload.amount }) }
 * })
 * const program = Effect.flatMap(Payments, (payments) =>
 *   payments.charge({ payload: { amount: 1999 } }, { idempotencyKey: "order-1" })
 * )
 * await Effect.runPromise(Effect.provide(program, Payments.layerFake(fake))) // => { id: "ch_1", amount: 1999 }
 * fake.log.attempts("order-1").length // => 2
 * fake.requests.charge.length // => 1
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <const Ops>(source: Source<Ops>, options: Options<NoInfer<Ops>> = {}): FakeProvider<Ops> => {
  const contract = ("contract" in source ? source.contract : source) as unknown as Contract.Any
  const basePath = new URL(contract.baseUrl).pathname.replace(/\/+$/, "")
  const seed = options.seed ?? 1
  const errorResponse = options.errorResponse ?? AnswerPlan.plainError
  let context: Context.Context<never> = Context.empty()

  const operations = Object.values(contract.operations).map((operation) =>
    FakeOperation.make(operation, {
      handler: options.handlers?.[operation.name as keyof Ops] as Handler.Any | undefined,
      endpoint: endpointOf(operation, basePath),
      seed,
      errorResponse,
      duplicates: options.duplicates ?? {},
      contract: contract.id,
      context: () => context
    })
  )
  // where a parameter and a name both match, a provider means the name
  const routed = [...operations].sort((a, b) => paramsIn(a) - paramsIn(b))
  const find = (method: string, path: string) => {
    for (const operation of routed) {
      const params = operation.endpoint?.match(method, path)
      if (params !== undefined) return { operation, params }
    }
    return undefined
  }
  const warn = (text: string) => Effect.runSyncWith(context)(Effect.logWarning(text))
  const server = FakeServer.make({
    handle: (request) => {
      const found = find(request.method, request.path)
      if (found !== undefined) {
        return telling(
          () => found.operation.respond(request, found.params),
          (error) => warn(`${contract.id}: the handler of the fake threw, its client gets a 500: ${String(error)}`)
        )
      }
      const detail = `no operation of ${contract.id} answers ${request.method} ${request.path}`
      return { ...errorResponse(404, detail), acted: "no", note: detail }
    },
    identify: ({ headers, method, path }) => find(method, path)?.operation.identify(headers),
    errorResponse,
    ...(options.script === undefined ? {} : { script: options.script }),
    ...(contract.credentials._tag === "NoCredential"
      ? {}
      : { credentialHeaders: Credential.headersOf(contract.credentials.scheme) })
  })
  return {
    log: server.log,
    // by value the requests are unknown; the contract states their types
    requests: Object.fromEntries(operations.map((one) => [one.name, one.requests])) as never,
    server,
    basePath,
    runIn: (next) => {
      context = next
    },
    layerFor: (given) => {
      if (given.id !== contract.id) {
        throw new RangeError(`this fake was made for ${contract.id} and is given to ${given.id}`)
      }
      const answers = new Map(operations.map((one) => [one.name, one.answer]))
      const standIn = Layer.effect(
        StandIn,
        Effect.contextWith((building: Context.Context<never>) =>
          Effect.sync(() => {
            context = building
            return {
              bind: (operation: Operation.Any) => {
                const answer = answers.get(operation.name)
                return answer === undefined ? operation.binding : FakeCall.bind(operation, server, seed, answer)
              }
            }
          })
        )
      )
      return Layer.merge(FakeTransport.layer(server), standIn)
    }
  }
}

/**
 * Puts a fake on a loopback port until the scope closes.
 *
 * **Details**   As `FakeServer.serve`; `url` ends in the base path of the contract, so that it can be
 * given to `Provider.layerAt` as it is. Operations without a wire are not served.
 *
 * **Gotchas**   Time runs on the wall clock, the script's and the handlers' too: not under
 * `TestClock`.
 *
 * **Failures**   As `FakeServer.serve`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const serve = <Ops>(
  fake: FakeProvider<Ops>,
  options: { readonly port?: number } = {}
): Effect.Effect<FakeServer.Served, FakeServer.FakeServerError, Scope.Scope> =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.map(FakeServer.serve(fake.server, options), (served) => {
      fake.runIn(context)
      return { ...served, url: served.url + fake.basePath }
    })
  )

/** Says of an answer that fails that it did, and lets it fail. */
const telling = <A>(answer: () => A | Promise<A>, tell: (error: unknown) => void): A | Promise<A> => {
  const told = (error: unknown): never => {
    tell(error)
    throw error
  }
  try {
    const given = answer()
    return given instanceof Promise ? given.catch(told) : given
  } catch (error) {
    return told(error)
  }
}

const paramsIn = ({ endpoint }: FakeOperation.FakeOperation): number => endpoint?.template.match(/\/:/g)?.length ?? 0

const endpointOf = (operation: Operation.Any, basePath: string): ServedEndpoint.ServedEndpoint | undefined =>
  operation.binding._tag === "Compiled"
    ? ServedEndpoint.make(
        operation.binding.endpoint as HttpApiEndpoint.Top,
        basePath,
        operation.failures as ReadonlyArray<Wire.Any>
      )
    : undefined
