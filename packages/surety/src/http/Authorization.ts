/**
 * Binds the credential to a request, as late as that can be: a header or a query key while the transport writes the
 * request, a signature right before.
 *
 * Neighbours: `HttpCompile` makes one sender per operation; every transport calls `authorize` and `address`;
 * `engine/Signing`, which a signature carries, makes the proof.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Credential from "../Credential.ts"
import * as CredentialNames from "../credential/CredentialNames.ts"
import type { Attempt } from "../engine/Attempt.ts"
import type { Environment } from "../engine/Environment.ts"
import type * as Signing from "../engine/Signing.ts"
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
  if (scheme._tag === "Signature") {
    const { name } = declared
    const sign = source.sign ?? scheme.sign
    // `Credential.signature` puts it there; the noun cannot name its type
    const send = scheme.send as typeof Signing.send
    return (attempt, request, handler) =>
      send(attempt, name, sign, request, (proof) => transport.send({ ...request, authorize: () => proof }, handler))
  }
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
