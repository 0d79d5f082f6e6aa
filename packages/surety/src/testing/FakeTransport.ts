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
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scheduler from "effect/Scheduler"
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
  const fallback = Context.get(context, Scheduler.Scheduler).makeDispatcher()
  server.start(clock.currentTimeMillisUnsafe())
  return {
    send: (request, handler) => {
      const turns = makeTurns(clock, context, Fiber.getCurrent()?.currentDispatcher ?? fallback)
      let secrets: Readonly<Record<string, string>>
      let target: string
      try {
        secrets = request.authorize?.() ?? {}
        target = request.address?.() ?? request.path
      } catch {
        const refused = new Delivery(handler, turns)
        turns.next(() => refused.fail({ sent: "no", code: "invalid_request" }))
        return refused
      }
      const admission = server.admit(toArrival(request, target, secrets, clock.currentTimeMillisUnsafe()))
      const delivery = new Delivery(handler, turns)
      // A wait is registered within this step, so that a clock moved right after it is not missed.
      if (admission.plan.thinkMillis > 0) run(admission, request.method, delivery, turns)
      else turns.next(() => run(admission, request.method, delivery, turns))
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

/** The ways in which an exchange waits. */
interface Turns {
  readonly next: (then: () => void) => void
  readonly sleep: (delayMillis: number, then: () => void) => void
  readonly settle: <A>(promise: Promise<A>, then: (value: A) => void) => void
}

const makeTurns = (
  clock: Clock.Clock,
  context: Context.Context<never>,
  dispatcher: Scheduler.SchedulerDispatcher
): Turns => {
  // `TestClock` moves on once the tasks that follow a wake have run, and does not see microtasks and promises. A few
  // empty tasks of the caller's own scheduler keep it until the client has registered what it waits for next.
  const linger = (turns: number): void => dispatcher.scheduleTask(() => (turns > 1 ? linger(turns - 1) : undefined), 0)
  return {
    next: (then) => {
      queueMicrotask(then)
      linger(4)
    },
    sleep: (delayMillis, then) => {
      if (!(delayMillis > 0)) return then()
      if (delayMillis === Number.POSITIVE_INFINITY) return
      Effect.runForkWith(context)(clock.sleep(Duration.millis(delayMillis))).addObserver(then)
    },
    settle: (promise, then) => {
      void promise.then(then)
      linger(4)
    }
  }
}

const run = (admission: Admission, method: string, delivery: Delivery, turns: Turns): void => {
  const plan = admission.plan
  turns.sleep(plan.thinkMillis, () => {
    const response = plan.apply === "yes" ? admission.apply() : plan.instead
    const answer = (settled: FakeResponse | undefined): void => hold(admission, method, settled, delivery, turns)
    if (response instanceof Promise) turns.settle(response, answer)
    else answer(response)
  })
}

const hold = (
  admission: Admission,
  method: string,
  response: FakeResponse | undefined,
  delivery: Delivery,
  turns: Turns
): void =>
  turns.sleep(admission.plan.holdMillis, () => {
    if (delivery.isOver()) return
    if (admission.plan.outcome === "refused") return delivery.fail({ sent: "no", code: "connect_refused" })
    if (admission.plan.outcome === "reset" || response === undefined) {
      return delivery.fail({ sent: "maybe", code: "reset" })
    }
    const answer = AnswerPlan.toAnswer(admission.plan, response, method)
    admission.sent(answer.status)
    delivery.head(answer.status, lowerCase(answer.headers))
    sendPieces(AnswerPlan.pieces(admission.plan, answer), answer, delivery, turns)
  })

// The next piece is made once the last was taken: a paused client holds the body back, as a full socket does.
const sendPieces = (
  pieces: Iterator<AnswerPlan.Piece, void>,
  answer: AnswerPlan.Answer,
  delivery: Delivery,
  turns: Turns
): void => {
  const next = (): void => {
    const piece = delivery.isOver() ? undefined : pieces.next().value
    if (piece !== undefined) {
      turns.sleep(piece.afterMillis, () => {
        delivery.data(piece.bytes)
        delivery.whenFlowing(next)
      })
    } else if (answer.end === "cut") delivery.fail({ sent: "maybe", code: "body_truncated" })
    else delivery.end()
  }
  delivery.whenFlowing(next)
}

const toArrival = (
  request: WireRequest,
  target: string,
  secrets: Readonly<Record<string, string>>,
  nowMillis: number
) => {
  const body =
    request.body === undefined
      ? new Uint8Array(0)
      : typeof request.body === "string"
        ? new TextEncoder().encode(request.body)
        : request.body
  return {
    method: request.method,
    target,
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
  readonly #turns: Turns
  readonly #held: Array<() => void> = []
  #state: "flowing" | "paused" | "over" = "flowing"

  constructor(handler: TransportHandler, turns: Turns) {
    this.#handler = handler
    this.#turns = turns
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
    this.#turns.next(() => this.#drain())
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
