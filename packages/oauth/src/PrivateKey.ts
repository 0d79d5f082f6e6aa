/**
 * The key that a client signs its assertions with. Whatever it was read from, it cannot be taken out again.
 *
 * Neighbours: `ClientAuth.privateKeyJwt` uses it.
 *
 * @source RFC 7523, section 2.2; RFC 7518, section 3.1; RFC 8037, section 3.1
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { CryptoKey } from "oauth4webapi"
import { OAuthFailure } from "./OAuthFailure.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Algorithm = "ES256" | "RS256" | "PS256" | "EdDSA"

/**
 * **Details**   `keyId` is the `kid` that the server knows the public half by.
 *
 * @category models
 * @since 0.1.0
 */
export interface PrivateKey {
  readonly key: CryptoKey
  readonly keyId: string | undefined
}

/**
 * A key of WebCrypto, as a key service or `crypto.subtle` gives it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromCryptoKey = (key: CryptoKey, options: { readonly keyId?: string } = {}): PrivateKey => ({
  key,
  keyId: options.keyId
})

/**
 * A PKCS#8 text: `-----BEGIN PRIVATE KEY-----`.
 *
 * **Failures**   `misconfigured`; the text is never quoted. `openssl pkcs8 -topk8 -nocrypt` makes PKCS#8 of the older
 * `BEGIN RSA PRIVATE KEY` and `BEGIN EC PRIVATE KEY`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromPem = (
  pem: Redacted.Redacted<string>,
  options: { readonly algorithm: Algorithm; readonly keyId?: string }
): Effect.Effect<PrivateKey, OAuthFailure> => {
  const body = /-----BEGIN PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END PRIVATE KEY-----/.exec(Redacted.value(pem))?.[1]
  if (body === undefined) return Effect.fail(unreadable("not a PKCS#8 text (BEGIN PRIVATE KEY)"))
  return importing(options, async (algorithm) => {
    const bytes = Uint8Array.from(atob(body.replace(/\s/g, "")), (letter) => letter.charCodeAt(0))
    return crypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"])
  })
}

/**
 * A private JWK as a JSON text. Its `kid` is used when `keyId` is not given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromJwk = (
  jwk: Redacted.Redacted<string>,
  options: { readonly algorithm: Algorithm; readonly keyId?: string }
): Effect.Effect<PrivateKey, OAuthFailure> =>
  Effect.suspend(() => {
    let keyId = options.keyId
    const imported = importing(options, async (algorithm) => {
      const { kid, kty, crv, x, y, d, n, e, p, q, dp, dq, qi } = JSON.parse(Redacted.value(jwk)) as Readonly<
        Record<string, unknown>
      >
      if (keyId === undefined && typeof kid === "string") keyId = kid
      // what a JWK says of its own use is for whoever publishes it
      const material = Object.entries({ kty, crv, x, y, d, n, e, p, q, dp, dq, qi }).filter(([, v]) => v !== undefined)
      return crypto.subtle.importKey("jwk", Object.fromEntries(material), algorithm, false, ["sign"])
    })
    return Effect.map(imported, ({ key }) => ({ key, keyId }))
  })

const importing = (
  options: { readonly algorithm: Algorithm; readonly keyId?: string },
  read: (algorithm: (typeof algorithms)[Algorithm]) => Promise<CryptoKey>
): Effect.Effect<PrivateKey, OAuthFailure> =>
  Effect.map(
    Effect.tryPromise({
      try: () => read(algorithms[options.algorithm]),
      catch: () => unreadable(`not a private key for ${options.algorithm}`)
    }),
    (key) => ({ key, keyId: options.keyId })
  )

const algorithms = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" }
} as const

const unreadable = (detail: string): OAuthFailure =>
  new OAuthFailure({ reason: "misconfigured", at: "client", detail: `the private key is ${detail}` })
