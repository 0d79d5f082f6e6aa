/**
 * Proof of possession: tokens that are good only together with a key that never leaves this process.
 *
 * The proof is made of each request by the transport at the last moment: the address and method it is for, a fresh
 * number, the digest of the token, and the server's latest nonce.
 *
 * Neighbours: `Client` proves itself at the token endpoint with it; `credential` declares it in a contract.
 *
 * @source RFC 9449, sections 4, 5, 8 and 9
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import * as oauth from "oauth4webapi"
import * as Credential from "surety/Credential"
import type { Source } from "surety/credential/Source"
import { OAuthFailure } from "./OAuthFailure.ts"

/**
 * **Details**   `thumbprint`: RFC 7638, of the public key; the server binds tokens to it. `sign` and `answered` are for a
 * `Source` of your own, of one provider: they share a nonce. The sources of this package have each its own. The private key
 * cannot be taken out.
 *
 * @category models
 * @since 0.1.0
 */
export interface Dpop {
  readonly thumbprint: string
  readonly sign: Credential.Sign
  readonly answered: NonNullable<Source["answered"]>
  /**
   * Proofs with a nonce of their own: a nonce is one provider's.
   *
   * @internal
   */
  readonly prover: () => Prover
  /** @internal */
  readonly handle: oauth.DPoPHandle
}

type Prover = Required<Pick<Source, "sign" | "answered">>

/**
 * A key of this process alone.
 *
 * **When to use**   For tokens that no other process uses: client credentials.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Dpop> = Effect.flatMap(
  Effect.promise(() => crypto.subtle.generateKey(curve(), false, ["sign", "verify"])),
  (pair) => Effect.promise(() => fromPair(pair))
)

/**
 * A key that other processes, or the next start of this one, need as well: a private JWK as a JSON text, to be kept where
 * secrets are kept.
 *
 * **When to use**   For a grant that several processes share: its tokens are bound to one key.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeJwk: Effect.Effect<Redacted.Redacted<string>> = Effect.promise(async () => {
  const pair = await crypto.subtle.generateKey(curve(), true, ["sign", "verify"])
  const { crv, d, kty, x, y } = await crypto.subtle.exportKey("jwk", pair.privateKey)
  return Redacted.make(JSON.stringify({ kty, crv, x, y, d }))
})

/**
 * The key of `makeJwk`; from here on it cannot be taken out.
 *
 * **Failures**   `misconfigured` for what is not an EC key on P-256 with its private half. It is not quoted.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromJwk = (jwk: Redacted.Redacted<string>): Effect.Effect<Dpop, OAuthFailure> =>
  Effect.tryPromise({
    try: async () => {
      const { crv, d, kty, x, y } = JSON.parse(Redacted.value(jwk)) as Readonly<Record<string, string>>
      const material = { kty: kty ?? "", crv: crv ?? "", x: x ?? "", y: y ?? "" }
      const privateKey = await crypto.subtle.importKey("jwk", { ...material, d: d ?? "" }, curve(), false, ["sign"])
      const publicKey = await crypto.subtle.importKey("jwk", material, curve(), true, ["verify"])
      return fromPair({ privateKey, publicKey })
    },
    catch: () =>
      new OAuthFailure({ reason: "misconfigured", at: "client", detail: "the DPoP key is not a private JWK on P-256" })
  })

/**
 * The declaration in a contract: the token goes out as `authorization: DPoP …` with a proof in `dpop`.
 *
 * **Example**
 *
 * ```ts import.meta.vitest
 * import * as Dpop from "@surety/oauth/Dpop"
 *
 * const credential = Dpop.credential({ scopes: ["orders:read"], expires: "after 10 minutes, by the server" })
 *
 * credential.scheme._tag // => "Signature"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const credential = (options: {
  readonly scopes: ReadonlyArray<string>
  readonly expires: string
  readonly name?: string
  readonly owner?: string
}): Credential.Credential => Credential.signature({ name: "dpop", ...options, headers: ["authorization", "dpop"] })

/** A source that proves possession: what its tokens are sent with. @internal */
export const proving = (dpop: Dpop | undefined): Pick<Source, "sign" | "answered"> =>
  dpop === undefined ? {} : dpop.prover()

const fromPair = async (pair: oauth.CryptoKeyPair): Promise<Dpop> => {
  const handle = oauth.DPoP({}, pair)
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey)
  const head = encode({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } })
  const prover = () => proverOf(pair.privateKey, head)
  return { thumbprint: await handle.calculateThumbprint(), handle, prover, ...prover() }
}

const proverOf = (key: oauth.CryptoKey, head: string): Prover => {
  let nonce: string | undefined
  return {
    sign: async (request, secret) => {
      const token = Redacted.value(secret)
      const digest = await crypto.subtle.digest("SHA-256", utf8.encode(token))
      const claims = {
        jti: crypto.randomUUID(),
        htm: request.method,
        // without query and fragment
        htu: request.origin + (request.path.split("?", 1)[0] ?? ""),
        iat: Math.floor(request.nowMillis / 1000),
        ath: Base64Url.encode(new Uint8Array(digest)),
        ...(nonce === undefined ? {} : { nonce })
      }
      const text = `${head}.${encode(claims)}`
      const mark = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, utf8.encode(text))
      return {
        authorization: `DPoP ${token}`,
        dpop: `${text}.${Base64Url.encode(new Uint8Array(mark))}`
      }
    },
    answered: ({ headers, status }) => {
      const given = headers["dpop-nonce"]
      if (given === undefined) return "no"
      // also when another request brought it first: this one was sent before it was known
      nonce = given
      const challenge = headers["www-authenticate"] ?? ""
      return status === 401 && /\berror="?use_dpop_nonce\b/.test(challenge) ? "replay" : "no"
    }
  }
}

const curve = () => ({ name: "ECDSA", namedCurve: "P-256" }) as const
const utf8 = new TextEncoder()
const encode = (value: unknown): string => Base64Url.encode(utf8.encode(JSON.stringify(value)))
