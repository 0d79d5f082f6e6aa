/**
 * A credential as a contract declares it: how it goes on the wire, what it may do, and
 * how its life ends. A static secret without rotation or expiry does not compile.
 *
 * Neighbours: the secret itself comes from the provider's `Credentials` service and is
 * bound inside the transport, at the last moment; it is never part of a request value.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Signing from "./engine/Signing.ts"
import type * as Refusal from "./Refusal.ts"

/**
 * How the secret is written into the request.
 *
 * @category models
 * @since 0.1.0
 */
export type Scheme =
  | { readonly _tag: "Bearer" }
  | { readonly _tag: "Basic" }
  | { readonly _tag: "Header"; readonly header: string; readonly prefix: string }
  | { readonly _tag: "Query"; readonly parameter: string; readonly because: string }
  | {
      readonly _tag: "Signature"
      readonly headers: ReadonlyArray<string>
      readonly sign: Sign | undefined
      /** Makes the proof and sends the request; carried by the scheme, so that only programs that sign ship it. */
      readonly send: unknown
    }

/**
 * A request that is about to be signed: everything that goes on the wire but what the signature adds.
 *
 * **Details**   `path` holds the query. Header names are lower case.
 *
 * @category models
 * @since 0.1.0
 */
export interface Unsigned {
  readonly method: string
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  readonly nowMillis: number
}

/**
 * Makes the headers that carry the proof. They are bound by the transport, like a secret.
 *
 * @category models
 * @since 0.1.0
 */
export type Sign = (request: Unsigned, secret: Redacted.Redacted<string>) => Promise<Readonly<Record<string, string>>>

/**
 * @category models
 * @since 0.1.0
 */
export interface Credential {
  readonly _tag: "Credential"
  readonly name: string
  readonly scheme: Scheme
  readonly scopes: ReadonlyArray<string>
  readonly life: Life
  /** Who answers for it; `undefined`: the provider's owner. */
  readonly owner: string | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export type Life =
  | { readonly _tag: "Rotated"; readonly everyMillis: number }
  | { readonly _tag: "Expiring"; readonly how: string }

/**
 * The declared fact that the provider needs no credential.
 *
 * @category models
 * @since 0.1.0
 */
export interface None {
  readonly _tag: "NoCredential"
  readonly because: string
}

/**
 * PROV-002: a credential declares how its life ends: `rotateEvery`, or `expires`.
 *
 * @category laws
 * @since 0.1.0
 */
export type PROV_002_EveryCredentialDeclaresARotationOrAnExpiry =
  | PROV_002_DeclareExpiresOrRotateEvery
  | PROV_002_DeclareRotateEveryOrExpires

/** @category laws @since 0.1.0 */
export interface PROV_002_DeclareExpiresOrRotateEvery {
  readonly rotateEvery: Duration.Input
}

/** @category laws @since 0.1.0 */
export interface PROV_002_DeclareRotateEveryOrExpires {
  readonly expires: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Common {
  /** The name in audit events and metrics. Default: the scheme. */
  readonly name?: string
  /** What the credential may do, in the provider's words. */
  readonly scopes: ReadonlyArray<string>
  /** Who answers for it and its rotation. Default: the provider's owner. */
  readonly owner?: string
}

/**
 * `Authorization: Bearer …`.
 *
 * **Example** (Rotated every 90 days)
 *
 * ```ts import.meta.vitest
 * import * as Credential from "surety/Credential"
 *
 * Credential.bearer({ scopes: ["charges:write"], rotateEvery: "90 days" }).life // => { _tag: "Rotated", everyMillis: 7776000000 }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const bearer = (options: Common & PROV_002_EveryCredentialDeclaresARotationOrAnExpiry): Credential =>
  make({ _tag: "Bearer" }, "bearer", options)

/**
 * `Authorization: Basic …`; the secret is `user:password`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const basic = (options: Common & PROV_002_EveryCredentialDeclaresARotationOrAnExpiry): Credential =>
  make({ _tag: "Basic" }, "basic", options)

/**
 * A header of the provider's own.
 *
 * @category constructors
 * @since 0.1.0
 */
export const header = (
  name: string,
  options: Common & { readonly prefix?: string } & PROV_002_EveryCredentialDeclaresARotationOrAnExpiry
): Credential => {
  const { prefix = "" } = options
  const lower = name.toLowerCase()
  checkNames("header", [lower])
  if (/[^\x20-\x7e]/.test(prefix)) {
    throw new RangeError(`Credential.header: prefix has characters that no header may carry: ${JSON.stringify(prefix)}`)
  }
  return make({ _tag: "Header", header: lower, prefix }, lower, options)
}

/**
 * A query parameter of the provider's own.
 *
 * **When to use**   Only for a provider that takes its key nowhere else: proxies, access logs and browser histories keep
 * addresses. `because` says who decided that, and is shown in the dossier.
 *
 * @source RFC 9700, section 4.3.2: an OAuth access token is never sent this way
 * @category constructors
 * @since 0.1.0
 */
export const legacyQueryKey = (
  parameter: string,
  options: Common & { readonly because: string } & PROV_002_EveryCredentialDeclaresARotationOrAnExpiry
): Credential => {
  const { because } = options
  if (parameter === "" || because.trim() === "") {
    throw new RangeError("Credential.legacyQueryKey: name the parameter, and say why the key goes into the address")
  }
  return make({ _tag: "Query", parameter, because }, parameter, options)
}

/**
 * A proof that is made of the request: HMAC, AWS SigV4, DPoP. `surety/credential` has the usual ones.
 *
 * **Details**   `headers`: the names that `sign` writes; they are taken away from everybody else. Without `sign`, the
 * credential's source signs.
 *
 * @category constructors
 * @since 0.1.0
 */
export const signature = (
  options: Common & {
    readonly headers: ReadonlyArray<string>
    readonly sign?: Sign
  } & PROV_002_EveryCredentialDeclaresARotationOrAnExpiry
): Credential => {
  const headers = options.headers.map((name) => name.toLowerCase())
  if (headers.length === 0) throw new RangeError("Credential.signature: headers must name what the signature writes")
  checkNames("signature", headers)
  return make({ _tag: "Signature", headers, sign: options.sign, send: Signing.send }, "signature", options)
}

/**
 * Declares that the provider needs no credential, and why.
 *
 * @category constructors
 * @since 0.1.0
 */
export const none = (because: string): None => ({ _tag: "NoCredential", because })

/**
 * What a provider answered to a request that carried the credential.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
}

/**
 * What follows a refused secret: another one to send the request with again, or nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type Verdict =
  | { readonly _tag: "Replay"; readonly secret: Redacted.Redacted<string> }
  | { readonly _tag: "Final" }

/**
 * What a provider's `Credentials` service offers to the engine.
 *
 * **Details**   `current` may wait (a refresh); it is paid from the call's total deadline. An effect that is an `Exit`
 * already is read without a fiber, so the usual case costs nothing. Everything else is optional: `granted` says what
 * the secret may do, `undefined` when nobody knows; `rejected` is asked when the provider refused the secret of a
 * request, and told whether this call may still be sent again with a newer secret; a verdict with the same secret
 * means that the proof was at fault (a nonce), and is taken once in a call; `used` is told of each attempt, `answered` of each answer's head, and neither may
 * throw; `sign` proves possession where the scheme is a signature.
 *
 * @category services
 * @since 0.1.0
 */
export interface Credentials {
  readonly current: Effect.Effect<Redacted.Redacted<string>, Refusal.CredentialUnavailable>
  readonly granted?: (secret: Redacted.Redacted<string>) => ReadonlyArray<string> | undefined
  readonly rejected?: (
    secret: Redacted.Redacted<string>,
    answer: Answer,
    operation: string,
    refresh: "allowed" | "done"
  ) => Effect.Effect<Verdict>
  readonly used?: (secret: Redacted.Redacted<string>, operation: string, traceId: string | undefined) => void
  readonly answered?: (answer: Answer) => void
  readonly sign?: Sign
}

/**
 * The headers a credential is written to, in lower case.
 *
 * @category rules
 * @since 0.1.0
 */
export const headersOf = (scheme: Scheme): ReadonlyArray<string> => {
  switch (scheme._tag) {
    case "Header":
      return [scheme.header]
    case "Signature":
      return scheme.headers
    case "Query":
      return []
    default:
      return ["authorization"]
  }
}

/**
 * The headers that carry a secret; a signature is made of the request, by `sign`, and a query key is written by
 * `pathOf`.
 *
 * @category rules
 * @since 0.1.0
 */
export const writtenTo = (scheme: Scheme, secret: string): Readonly<Record<string, string>> => {
  switch (scheme._tag) {
    case "Bearer":
      return { authorization: `Bearer ${secret}` }
    case "Basic":
      return { authorization: `Basic ${btoa(secret)}` }
    case "Header":
      return { [scheme.header]: scheme.prefix + secret }
    case "Query":
    case "Signature":
      return {}
  }
}

/**
 * The path and query of a request with the key in it.
 *
 * @category rules
 * @since 0.1.0
 */
export const pathOf = (parameter: string, secret: string, path: string): string =>
  `${path}${path.includes("?") ? "&" : "?"}${encodeURIComponent(parameter)}=${encodeURIComponent(secret)}`

/**
 * Why a secret cannot go on the wire, or `undefined`. The secret is never quoted.
 *
 * @category rules
 * @since 0.1.0
 */
export const defectOf = (secret: string): string | undefined =>
  // an unset variable, or a field that a vault does not have, passes for a text only in the types
  typeof secret !== "string"
    ? "the secret is not a text (was it set?)"
    : secret.length === 0
      ? "the secret is empty"
      : /[\r\n]$/.test(secret)
        ? "the secret ends in a line break (was it read from a mounted file?)"
        : /[^\x20-\x7e]/.test(secret)
          ? "the secret has characters that no header may carry"
          : undefined

/** A bare number is milliseconds: somebody who writes 90 means days. */
const shortestMillis = 60_000

const make = (
  scheme: Scheme,
  name: string,
  options: Common & PROV_002_EveryCredentialDeclaresARotationOrAnExpiry
): Credential => {
  if ("rotateEvery" in options && "expires" in options) {
    throw new RangeError(`Credential ${name}: declare rotateEvery or expires, not both`)
  }
  const life: Life = isRotated(options)
    ? { _tag: "Rotated", everyMillis: Duration.toMillis(Duration.fromInputUnsafe(options.rotateEvery)) }
    : { _tag: "Expiring", how: options.expires }
  if (life._tag === "Expiring" && !life.how?.trim()) {
    throw new RangeError(`Credential ${name}: declare rotateEvery, or say in expires how it ends`)
  }
  if (life._tag === "Rotated" && !(life.everyMillis >= shortestMillis && Number.isFinite(life.everyMillis))) {
    throw new RangeError(
      `Credential ${name}: rotateEvery must be a finite duration of a minute or more ("90 days"), got ${life.everyMillis} ms`
    )
  }
  if (options.owner?.trim() === "") throw new RangeError(`Credential ${name}: owner is empty`)
  const { owner, scopes } = options
  return { _tag: "Credential", name: options.name ?? name, scheme, scopes, life, owner }
}

const checkNames = (scheme: string, headers: ReadonlyArray<string>): void => {
  for (const header of headers) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(header)) {
      throw new RangeError(`Credential.${scheme}: not a header name: ${JSON.stringify(header)}`)
    }
  }
}

const isRotated = (
  options: PROV_002_EveryCredentialDeclaresARotationOrAnExpiry
): options is PROV_002_DeclareExpiresOrRotateEvery => "rotateEvery" in options
