/**
 * An HTTP response read as a stream: NDJSON, server-sent events or bytes, element by element,
 * with backpressure on the socket.
 *
 * Neighbours: `engine/StreamAttempt` runs it: sent again only before the first element.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { Attempt } from "../engine/Attempt.ts"
import { quietly } from "../engine/Quietly.ts"
import { streamAttempts } from "../engine/StreamAttempt.ts"
import { Timer } from "../engine/Time.ts"
import type * as Failure from "../Failure.ts"
import { ConnectionLost, ContractViolation, NotSent } from "../TransportFailure.ts"
import * as Bytes from "./Bytes.ts"
import type { Prepared } from "./HttpCodec.ts"
import type { Attempts, HttpOp } from "./HttpCompile.ts"
import { pathOf, violationOf } from "./IssuePath.ts"
import * as Scrub from "./Scrub.ts"
import * as Splitter from "./Splitter.ts"
import type { StreamSuccess } from "./StreamShape.ts"
import type { Exchange, TransportFailure, TransportHandler, WireHeaders } from "./Transport.ts"

const highWater = 64

type Sink = Queue.Queue<unknown, Failure.Any | Cause.Done>

/**
 * @category constructors
 * @since 0.1.0
 */
export const HttpStreamAttempts: Attempts = (op, environment, idleMillis) =>
  streamAttempts(environment, idleMillis, (_request, attempt) =>
    Stream.unwrap(
      // without a fiber of its own: the request leaves in the step in which the attempt starts
      Effect.gen(function* () {
        const sink: Sink = yield* Queue.unbounded<unknown, Failure.Any | Cause.Done>()
        const exchange = yield* Effect.acquireRelease(
          Effect.sync(() => new StreamExchange(op, attempt, sink)),
          (opened) => Effect.sync(() => opened.cancel())
        )
        exchange.send()
        return Stream.fromQueue(sink)
      })
    )
  )

class Resume extends Timer {
  readonly fire: () => void
  constructor(fire: () => void) {
    super()
    this.fire = fire
  }
}

class StreamExchange implements TransportHandler {
  private readonly op: HttpOp
  private readonly attempt: Attempt
  private readonly sink: Sink
  private exchange: Exchange | undefined = undefined
  private success: StreamSuccess | undefined = undefined
  private splitter: Splitter.Splitter | undefined = undefined
  private refused: Array<Uint8Array> = []
  private bytes = 0
  private over: "yes" | "no" = "no"

  constructor(op: HttpOp, attempt: Attempt, sink: Sink) {
    this.op = op
    this.attempt = attempt
    this.sink = sink
  }

  send(): void {
    const { attempt, op } = this
    const exchange = op.send(attempt, attempt.call.prepared as Prepared, this)
    // the transport may already have called back
    if (this.over === "yes") exchange.cancel()
    else this.exchange = exchange
  }

  cancel(): void {
    this.over = "yes"
    this.exchange?.cancel()
  }

  onHead(status: number, headers: WireHeaders): void {
    this.safely(() => this.head(status, headers))
  }

  onData(chunk: Uint8Array): void {
    this.safely(() => this.data(chunk))
  }

  onEnd(): void {
    this.safely(() => this.end())
  }

  /** A function of the contract (`learn`, a failure's `decode`) may throw: no transport is made to handle that. */
  private safely(step: () => void): void {
    if (this.over === "yes") return
    try {
      step()
    } catch (defect) {
      this.stop(Cause.die(defect))
    }
  }

  private head(status: number, received: WireHeaders): void {
    const { call } = this.attempt
    const headers = this.op.codec.isSuccess(status)
      ? Scrub.requestId(call.secret, call.op.environment.contract.requestId, received)
      : Scrub.headers(call.secret, received)
    this.attempt.status = status
    this.attempt.responseHeaders = headers
    this.op.observe(this.attempt.call, status, headers)
    const success = this.op.codec.streams?.get(status)
    if (success === undefined) return
    const type = (headers["content-type"] ?? "").split(";")[0]?.trim()
    if (success.kind !== "bytes" && type !== success.contentType) {
      return this.fail(quietly(() => new ContractViolation({ violation: "content_type", status, acted: "yes" })))
    }
    this.success = success
    this.splitter = Splitter.make(success.kind)
  }

  private data(chunk: Uint8Array): void {
    if (this.success === undefined || this.splitter === undefined) {
      this.bytes += chunk.length
      if (this.bytes > this.op.maxBodyBytes) return this.oversize(`body over ${this.op.maxBodyBytes} bytes`)
      this.refused.push(chunk)
      return
    }
    for (const element of this.splitter.push(chunk)) if (!this.offer(this.success, element)) return
    if (this.splitter.held() > this.op.maxBodyBytes) {
      return this.oversize(`an element over ${this.op.maxBodyBytes} bytes`)
    }
    if (Queue.sizeUnsafe(this.sink) > highWater) this.slowDown()
  }

  private end(): void {
    if (this.success === undefined) return this.reject()
    if (this.splitter !== undefined) {
      for (const element of this.splitter.end()) if (!this.offer(this.success, element)) return
    }
    this.over = "yes"
    Queue.endUnsafe(this.sink)
  }

  onError(failure: TransportFailure): void {
    const { code } = failure
    this.fail(
      failure.sent === "no" ? quietly(() => new NotSent({ code })) : quietly(() => new ConnectionLost({ code }))
    )
  }

  private offer(success: StreamSuccess, element: unknown): boolean {
    const decoded = element instanceof Uint8Array ? Exit.succeed(element) : success.decode(element)
    if (Exit.isSuccess(decoded)) {
      Queue.offerUnsafe(this.sink, decoded.value)
      return true
    }
    const path = pathOf(decoded.cause)
    const violation = violationOf(decoded.cause)
    const status = this.attempt.status ?? 200
    this.fail(quietly(() => new ContractViolation({ violation, status, acted: "yes", path })))
    return false
  }

  /** The response was not the stream that the contract declares. */
  private reject(): void {
    const { call, responseHeaders, status } = this.attempt
    const text = Scrub.text(call.secret, new TextDecoder().decode(Bytes.joined(this.refused)))
    const decoded = this.op.codec.decode(status ?? 0, responseHeaders ?? {}, text, call.time.wall())
    if (decoded._tag === "Failure") return this.fail(decoded.failure)
    this.fail(quietly(() => new ContractViolation({ violation: "content_type", status: status ?? 200, acted: "yes" })))
  }

  /** A refusal, or what should become one element, is larger than any body may be. */
  private oversize(detail: string): void {
    const status = this.attempt.status ?? 200
    const acted = status >= 500 ? "maybe" : status < 300 ? "yes" : "no"
    this.fail(quietly(() => new ContractViolation({ violation: "oversize", status, acted, detail })))
  }

  private fail(failure: Failure.Any): void {
    this.stop(Cause.fail(failure))
  }

  private stop(cause: Cause.Cause<Failure.Any>): void {
    if (this.over === "yes") return
    this.over = "yes"
    Queue.failCauseUnsafe(this.sink, cause)
    this.exchange?.cancel()
  }

  private slowDown(): void {
    this.exchange?.pause()
    const { time } = this.attempt.call
    const check = new Resume(() => {
      if (this.over === "yes") return
      if (Queue.sizeUnsafe(this.sink) <= highWater / 2) this.exchange?.resume()
      else time.arm(check, time.now() + 5)
    })
    time.arm(check, time.now() + 5)
  }
}
