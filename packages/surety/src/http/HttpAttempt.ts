/**
 * One HTTP exchange as an attempt: request out, whole body in, decoded, judged.
 *
 * The secret is bound by the transport, after everything that could be logged was built. No
 * redirect is followed unless the contract names the origin, and then without the secret.
 *
 * Neighbours: `HttpCodec` knows the endpoint, `Transport` moves the bytes.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Call } from "../engine/Call.ts"
import { Attempt } from "../engine/Attempt.ts"
import { quietly } from "../engine/Quietly.ts"
import * as Spans from "../engine/Spans.ts"
import { ConnectionLost, ContractViolation, NotSent } from "../TransportFailure.ts"
import * as Bytes from "./Bytes.ts"
import type { Prepared } from "./HttpCodec.ts"
import type { Attempts, HttpOp, Kept } from "./HttpCompile.ts"
import * as Scrub from "./Scrub.ts"
import type { Exchange, TransportFailure, TransportHandler, WireHeaders, WireRequest } from "./Transport.ts"

const decoder = new TextDecoder()
const noHeaders: WireHeaders = {}
const maxHops = 3

/**
 * @category models
 * @since 0.1.0
 */
export class HttpAttempt extends Attempt implements TransportHandler {
  private readonly op: HttpOp
  private exchange: Exchange | undefined = undefined
  private chunk: Uint8Array | undefined = undefined
  private chunks: Array<Uint8Array> | undefined = undefined
  private bodyBytes = 0
  private hops = 0
  private redirected: WireRequest | undefined = undefined
  /** What a 304 to this request means, whatever is kept or forgotten meanwhile. */
  private kept: Kept | undefined = undefined

  constructor(call: Call, number: number, op: HttpOp) {
    super(call, number)
    this.op = op
  }

  start(): void {
    const { op } = this
    const prepared = this.call.prepared as Prepared
    this.kept = op.kept(prepared)
    const exchange = op.send(this, prepared, this)
    // the handler may already have been called
    this.exchange ??= exchange
    if (this.settled) this.cut()
  }

  abort(): void {
    this.cut()
    this.released()
  }

  onHead(status: number, headers: WireHeaders): void {
    if (this.settled) return
    this.status = status
    const { call, op } = this
    this.responseHeaders = op.codec.isSuccess(status)
      ? Scrub.requestId(call.secret, call.op.environment.contract.requestId, headers)
      : Scrub.headers(call.secret, headers)
    try {
      // limits, deprecations and nonces are the provider's to tell
      if (this.answersFrom === "provider") this.op.observe(this.call, status, this.responseHeaders)
    } catch (defect) {
      return this.broken(defect)
    }
    const length = Number(headers["content-length"])
    if (length > this.op.maxBodyBytes) this.oversize()
  }

  onData(chunk: Uint8Array): void {
    if (this.settled) return
    this.bodyBytes += chunk.length
    if (this.bodyBytes > this.op.maxBodyBytes) return this.oversize()
    if (this.chunk === undefined) this.chunk = chunk
    else if (this.chunks === undefined) this.chunks = [this.chunk, chunk]
    else this.chunks.push(chunk)
  }

  onEnd(): void {
    if (this.settled) return
    const { call, op } = this
    const status = this.status ?? 0
    const headers = this.responseHeaders ?? noHeaders
    if (status >= 300 && status < 400) {
      const { kept } = this
      if (status === 304 && kept !== undefined) {
        // RFC 9111, section 4.3.4: the kept headers stand where the 304 does not replace them (`Link` above all)
        this.responseHeaders = { ...kept.headers, ...headers }
        call.op.signals.cached("hit")
        return this.done(() => this.succeed(kept.value))
      }
      if (this.follow(status, headers["location"])) return
    }
    let decoded: ReturnType<typeof op.codec.decode>
    try {
      decoded = op.codec.decode(
        status,
        headers,
        Scrub.text(op.codec.isSuccess(status) ? undefined : call.secret, this.text()),
        call.time.wall()
      )
    } catch (defect) {
      return this.broken(defect)
    }
    if (decoded._tag === "Failure") {
      const { failure } = decoded
      return this.done(() => this.fail(failure))
    }
    const { value } = decoded
    if (op.keep !== undefined) {
      op.keep(call.prepared as Prepared, headers, value)
      call.op.signals.cached("miss")
    }
    this.done(() => this.succeed(value))
  }

  onError(failure: TransportFailure): void {
    if (this.settled) return
    const { code } = failure
    this.done(() =>
      this.fail(
        failure.sent === "no" ? quietly(() => new NotSent({ code })) : quietly(() => new ConnectionLost({ code }))
      )
    )
  }

  /** The outcome stands without the exchange: a transport that throws here must not keep it from anybody. */
  private cut(): void {
    const { exchange } = this
    this.exchange = undefined
    try {
      exchange?.cancel()
    } catch {}
  }

  /** The exchange is over: the permit goes back before the result is acted on. */
  private done(settle: () => void): void {
    this.exchange = undefined
    this.released()
    settle()
  }

  private text(): string {
    if (this.chunks === undefined) return this.chunk === undefined ? "" : decoder.decode(this.chunk)
    return decoder.decode(Bytes.joined(this.chunks))
  }

  private oversize(): void {
    const { op, status } = this
    this.cut()
    const acted = status === undefined || status >= 500 ? "maybe" : status < 300 ? "yes" : "no"
    const detail = `body over ${op.maxBodyBytes} bytes`
    this.done(() =>
      this.fail(
        quietly(
          () =>
            new ContractViolation({
              violation: "oversize",
              acted,
              detail,
              ...(status === undefined ? {} : { status })
            })
        )
      )
    )
  }

  /** Follows a redirect of a read to an origin that the contract names. */
  private follow(status: number, location: string | undefined): boolean {
    const request = this.op.redirect(this.call, status, location, this.redirected)
    if (request === undefined || this.hops >= maxHops) return false
    this.hops++
    this.redirected = request
    this.call.op.signals.attempts.redirect.value++
    Spans.redirected(this, this.hops, request.origin, request.path)
    this.answersFrom = "elsewhere"
    this.chunk = undefined
    this.chunks = undefined
    this.bodyBytes = 0
    try {
      this.exchange = this.op.transport.send(request, this)
    } catch (defect) {
      this.broken(defect)
    }
    return true
  }
}

/**
 * One exchange per attempt.
 *
 * @category constructors
 * @since 0.1.0
 */
export const HttpAttempts: Attempts = (op) => (call, number) => new HttpAttempt(call, number, op)
