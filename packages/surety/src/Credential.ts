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
): Credential =>
  make({ _tag: "Header", header: name.toLowerCase(), prefix: options.prefix ?? "" }, name.toLowerCase(), options)

/**
 * Declares that the provider needs no credential, and why.
 *
 * @category constructors
 * @since 0.1.0
 */
export const none = (because: string): None => ({ _tag: "NoCredential", because })

/**
 * What a provider's `Credentials` service offers to the engine.
 *
 * **Details**   `current` may wait (a refresh); it is paid from the call's total deadline.
 *
 * @category services
 * @since 0.1.0
 */
export interface Credentials {
  readonly current: Effect.Effect<Redacted.Redacted<string>, Refusal.CredentialUnavailable>
}

/**
 * The header a credential is written to, in lower case.
 *
 * @category rules
 * @since 0.1.0
 */
export const headerOf = (scheme: Scheme): string => (scheme._tag === "Header" ? scheme.header : "authorization")

/**
 * The header value for a secret.
 *
 * @category rules
 * @since 0.1.0
 */
export const valueOf = (scheme: Scheme, secret: string): string => {
  switch (scheme._tag) {
    case "Bearer":
      return `Bearer ${secret}`
    case "Basic":
      return `Basic ${btoa(secret)}`
    case "Header":
      return scheme.prefix + secret
  }
}

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

const make = (
  scheme: Scheme,
  name: string,
  options: Common & PROV_002_EveryCredentialDeclaresARotationOrAnExpiry
): Credential => {
  if (scheme._tag === "Header") checkHeader(scheme)
  if ("rotateEvery" in options && "expires" in options) {
    throw new RangeError(`Credential ${name}: declare rotateEvery or expires, not both`)
  }
  const life: Life = isRotated(options)
    ? { _tag: "Rotated", everyMillis: Duration.toMillis(Duration.fromInputUnsafe(options.rotateEvery)) }
    : { _tag: "Expiring", how: options.expires }
  if (life._tag === "Expiring" && life.how.trim() === "") {
    throw new RangeError(`Credential ${name}: expires must say how it ends, in words`)
  }
  if (life._tag === "Rotated" && !(life.everyMillis > 0 && Number.isFinite(life.everyMillis))) {
    throw new RangeError(`Credential ${name}: rotateEvery must be a finite duration longer than zero`)
  }
  return { _tag: "Credential", name: options.name ?? name, scheme, scopes: options.scopes, life }
}

const checkHeader = ({ header, prefix }: Extract<Scheme, { readonly _tag: "Header" }>): void => {
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(header)) {
    throw new RangeError(`Credential.header: not a header name: ${JSON.stringify(header)}`)
  }
  if (/[^\x20-\x7e]/.test(prefix)) {
    throw new RangeError(`Credential.header: prefix has characters that no header may carry: ${JSON.stringify(prefix)}`)
  }
}

const isRotated = (
  options: PROV_002_EveryCredentialDeclaresARotationOrAnExpiry
): options is PROV_002_DeclareExpiresOrRotateEvery => "rotateEvery" in options
