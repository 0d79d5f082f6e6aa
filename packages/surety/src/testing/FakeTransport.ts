/**
 * Reaches a fake provider in memory, as a `Transport`: no port, no network, and every
 * wait on the clock it is given, so that a test under `TestClock` decides when an
 * answer comes.
 *
 * It carries out the plans of `FakeServer.admit` and decides nothing. A request is
 * admitted when it is sent; no callback comes before `send` has returned.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type {
  Exchange,
  Transport as TransportPort,
  TransportHandler,
  WireHeaders,
  WireRequest
} from "../http/Transport.ts"
import { Transport } from "../http/Transport.ts"
import * as AnswerPlan from "./AnswerPlan.ts"
import type { FakeResponse } from "./FakeExchange.ts"
import type { Admission, FakeServer } from "./FakeServer.ts"

/**
 * A transport whose only provider is this fake, with its waits on this clock.
 *
 * **Details**   `context` gives the fibers that wait their scheduler, which `TestClock`
 * needs in order to know when a woken exchange has come to rest.
 *
 * **Gotchas**   `cancel` stops the callbacks and nothing else: the request has left,
 * and the fake goes on to apply it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  server: FakeServer,
  clock: Clock.Clock,
  context: Context.Context<never> = Context.empty()
): TransportPort => {
  const fork = Effect.runForkWith(context)
  const sleep: Sleep = (delayMillis, then) => {
    if (!(delayMillis > 0)) return then()
    if (delayMillis === Number.POSITIVE_INFINITY) return
    fork(clock.sleep(Duration.millis(delayMillis))).addObserver(then)
  }
  server.start(clock.currentTimeMillisUnsafe())
  return {
    send: (request, handler) => {
      let secrets: Readonly<Record<string, string>>
      try {
        secrets = request.authorize?.() ?? {}
      } catch {
        const refused = new Delivery(handler)
        queueMicrotask(() => refused.fail({ sent: "no", code: "invalid_request" }))
        return refused
      }
      const admission = server.admit(toArrival(request, secrets, clock.currentTimeMillisUnsafe()))
      const delivery = new Delivery(handler)
      if (admission.plan.thinkMillis > 0) run(admission, request.method, delivery, sleep)
      else queueMicrotask(() => run(admission, request.method, delivery, sleep))
      return delivery
    }
  }
}

/**
 * The layer form of `make`: clock and scheduler are those of the fiber that builds it.
 *
 * **Example** (One exchange in memory)
 *
 * ```ts import.meta.vitest
 * import * as Effect from "effect/Effect"
 * import { Transport } from "surety/http/Transport"
 * import { FakeServer, FakeTransport } from "surety/testing"
 *
 * const server = FakeServer.make({ handle: () => ({ status: 204 }) })
 * const status = Effect.flatMap(Transport, (transport) =>
 *   Effect.callback<number>((resume) => {
 *     transport.send(
 *       { method: "GET", origin: "http://fake.example", path: "/", headers: {}, body: undefined, authorize: undefined },
 *       { onHead: (status) => resume(Effect.succeed(status)), onData: () => {}, onEnd: () => {}, onError: () => {} }
 *     )
 *   })
 * )
 * await Effect.runPromise(Effect.provide(status, FakeTransport.layer(server))) // => 204
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (server: FakeServer): Layer.Layer<TransportPort> =>
  Layer.effect(
    Transport,
    Effect.contextWith((context: Context.Context<never>) =>
      Clock.clockWith((clock) => Effect.succeed(make(server, clock, context)))
    )
  )

type Sleep = (delayMillis: number, then: () => void) => void

const run = (admission: Admission, method: string, delivery: Delivery, sleep: Sleep): void => {
  const plan = admission.plan
  sleep(plan.thinkMillis, () => {
    const response = plan.apply === "yes" ? admission.apply() : plan.instead
    if (response instanceof Promise) void response.then((settled) => hold(admission, method, settled, delivery, sleep))
    else hold(admission, method, response, delivery, sleep)
  })
}

const hold = (
  admission: Admission,
  method: string,
  response: FakeResponse | undefined,
  delivery: Delivery,
  sleep: Sleep
): void =>
  sleep(admission.plan.holdMillis, () => {
    if (delivery.isOver()) return
    if (admission.plan.outcome === "refused") return delivery.fail({ sent: "no", code: "connect_refused" })
    if (admission.plan.outcome === "reset" || response === undefined) {
      return delivery.fail({ sent: "maybe", code: "reset" })
    }
    const answer = AnswerPlan.toAnswer(admission.plan, response, method)
    admission.sent(answer.status)
    delivery.head(answer.status, lowerCase(answer.headers))
    sendPieces(AnswerPlan.pieces(admission.plan, answer), answer, delivery, sleep)
  })

// The next piece is made once the last was taken: a paused client holds the body back, as a full socket does.
const sendPieces = (
  pieces: Iterator<AnswerPlan.Piece, void>,
  answer: AnswerPlan.Answer,
  delivery: Delivery,
  sleep: Sleep
): void => {
  const next = (): void => {
    const piece = delivery.isOver() ? undefined : pieces.next().value
    if (piece !== undefined) {
      sleep(piece.afterMillis, () => {
        delivery.data(piece.bytes)
        delivery.whenFlowing(next)
      })
    } else if (answer.end === "cut") delivery.fail({ sent: "maybe", code: "body_truncated" })
    else delivery.end()
  }
  delivery.whenFlowing(next)
}

const toArrival = (request: WireRequest, secrets: Readonly<Record<string, string>>, nowMillis: number) => {
  const body =
    request.body === undefined
      ? new Uint8Array(0)
      : typeof request.body === "string"
        ? new TextEncoder().encode(request.body)
        : request.body
  return {
    method: request.method,
    target: request.path,
    headers: { ...request.headers, ...lowerCase(secrets) },
    body: typeof request.body === "string" ? request.body : new TextDecoder().decode(body),
    bodyBytes: body.length,
    nowMillis,
    credentialHeaders: Object.keys(secrets).map((name) => name.toLowerCase())
  }
}

const lowerCase = (headers: Readonly<Record<string, string>>): WireHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** The client's end of one exchange: callbacks in order, none while paused, none after the last. */
class Delivery implements Exchange {
  readonly #handler: TransportHandler
  readonly #held: Array<() => void> = []
  #state: "flowing" | "paused" | "over" = "flowing"

  constructor(handler: TransportHandler) {
    this.#handler = handler
  }

  cancel(): void {
    this.#state = "over"
    this.#held.length = 0
  }

  pause(): void {
    if (this.#state === "flowing") this.#state = "paused"
  }

  resume(): void {
    if (this.#state !== "paused") return
    this.#state = "flowing"
    // Not within the caller's own step, as a socket would not either.
    queueMicrotask(() => this.#drain())
  }

  isOver(): boolean {
    return this.#state === "over"
  }

  head(status: number, headers: WireHeaders): void {
    this.whenFlowing(() => this.#handler.onHead(status, headers))
  }

  data(bytes: Uint8Array): void {
    this.whenFlowing(() => this.#handler.onData(bytes))
  }

  end(): void {
    this.whenFlowing(() => {
      this.#state = "over"
      this.#handler.onEnd()
    })
  }

  fail(failure: Parameters<TransportHandler["onError"]>[0]): void {
    this.whenFlowing(() => {
      this.#state = "over"
      this.#handler.onError(failure)
    })
  }

  /** Runs a step now, or after what is held back while the client is paused. */
  whenFlowing(step: () => void): void {
    if (this.#state === "over") return
    this.#held.push(step)
    if (this.#held.length === 1) this.#drain()
  }

  #drain(): void {
    while (this.#state === "flowing" && this.#held.length > 0) {
      this.#held[0]!()
      this.#held.shift()
    }
  }
}
