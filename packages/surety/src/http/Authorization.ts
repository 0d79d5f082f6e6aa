/**
 * Binds the credential to a request, as late as that can be: a header or a query key while the transport writes the
 * request, a signature right before.
 *
 * Neighbours: `HttpCompile` makes one sender per operation; every transport calls `authorize` and `address`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Credential from "../Credential.ts"
import * as CredentialNames from "../credential/CredentialNames.ts"
import type { Attempt } from "../engine/Attempt.ts"
import type { Environment } from "../engine/Environment.ts"
import { quietly } from "../engine/Quietly.ts"
import { CredentialUnavailable } from "../Refusal.ts"
import type { Exchange, Transport, TransportHandler, WireRequest } from "./Transport.ts"

/**
 * Sends a request with the credential of its call.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sender {
  (attempt: Attempt, request: WireRequest, handler: TransportHandler): Exchange
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const sender = (transport: Transport, credential: Environment["credential"]): Sender => {
  if (credential === undefined) return (_, request, handler) => transport.send(request, handler)
  const { declared, source } = credential
  const { scheme } = declared
  CredentialNames.addScheme(scheme)
  if (scheme._tag === "Signature") return signing(transport, declared.name, source.sign ?? scheme.sign)
  const bind = binder(scheme)
  return (attempt, request, handler) => {
    const { secret } = attempt.call
    return transport.send(secret === undefined ? request : { ...request, ...bind(secret, request.path) }, handler)
  }
}

type Bound = Pick<WireRequest, "authorize" | "address">

/** One function per secret: the header value exists only while a request is being written. */
const binder = (scheme: Credential.Scheme) => {
  if (scheme._tag === "Query") {
    return (secret: Redacted.Redacted<string>, path: string): Bound => ({
      authorize: undefined,
      address: () => Credential.pathOf(scheme.parameter, Redacted.value(secret), path)
    })
  }
  let last: Redacted.Redacted<string> | undefined
  let bound: Bound = { authorize: undefined }
  return (secret: Redacted.Redacted<string>): Bound => {
    if (secret !== last) {
      last = secret
      bound = { authorize: () => Credential.writtenTo(scheme, Redacted.value(secret)) }
    }
    return bound
  }
}

const signing =
  (transport: Transport, name: string, sign: Credential.Sign | undefined): Sender =>
  (attempt, request, handler) => {
    const exchange = new SignedExchange()
    const { secret, time } = attempt.call
    const refuse = (why: string): void =>
      attempt.refused(quietly(() => new CredentialUnavailable({ credential: name, why })))
    if (sign === undefined || secret === undefined) {
      refuse("its source cannot sign a request")
      return exchange
    }
    const { body, headers, method, origin, path } = request
    const unsigned = { method, origin, path, headers, body, nowMillis: time.wall() }
    const failed = (): void =>
      exchange.whenOpen(() =>
        refuse("the request could not be signed: does the secret have the form that this signature takes?")
      )
    // a signer may throw, and what it throws may quote the key
    void Promise.resolve()
      .then(() => sign(unsigned, secret))
      .then((proof) =>
        exchange.whenOpen(() => exchange.open(transport, { ...request, authorize: () => proof }, handler))
      )
      .catch(failed)
    return exchange
  }

/** The exchange of a request that is still being signed. */
class SignedExchange implements Exchange {
  private sent: Exchange | undefined = undefined
  private over: "no" | "yes" = "no"
  private paused: "no" | "yes" = "no"

  whenOpen(then: () => void): void {
    if (this.over === "no" && this.sent === undefined) then()
  }

  open(transport: Transport, request: WireRequest, handler: TransportHandler): void {
    this.sent = transport.send(request, handler)
    if (this.paused === "yes") this.sent.pause()
  }

  cancel(): void {
    this.over = "yes"
    this.sent?.cancel()
  }

  pause(): void {
    this.paused = "yes"
    this.sent?.pause()
  }

  resume(): void {
    this.paused = "no"
    this.sent?.resume()
  }
}
