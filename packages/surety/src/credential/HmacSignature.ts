/**
 * The signature that most APIs of their own design ask for: an HMAC of some text made of the request, in a header.
 *
 * The key stays in the `Credential.Sign` of the transport; what it signs is a text that you make, without the key.
 * Effect's `crypto/Mac` computes the same, but needs a service, where a signature is made of a request and a secret only.
 *
 * Neighbours: `SigV4` for AWS; `Credential.signature` for a proof of your own.
 *
 * @source RFC 2104; test vectors of RFC 4231
 * @stability experimental
 * @since 0.1.0
 */
import * as Base64 from "effect/encoding/Base64"
import * as Hex from "effect/encoding/Hex"
import * as Redacted from "effect/Redacted"
import * as Credential from "../Credential.ts"

/**
 * What there is to sign.
 *
 * **Details**   `text`: the body as text, `""` without one. `digest`: of the body, in the encoding of the signature, when
 * `digestHeader` is there. `timestamp`, `nonce`, `keyId`: as they are written into their headers; `""` where there is
 * no such header.
 *
 * @category models
 * @since 0.1.0
 */
export interface Signing extends Credential.Unsigned {
  readonly text: string
  readonly digest: string
  readonly timestamp: string
  readonly nonce: string
  readonly keyId: string
}

/**
 * **Details**   `header`: where the signature goes. `canonical`: the text that is signed. `format`: the header's value,
 * default the signature alone. `timestampHeader`: where the time goes, in `timestampUnit`, default seconds since the
 * epoch. `nonceHeader`: where 32 random hexadecimal characters go. `digestHeader`: where the digest of the body goes.
 * `keyIdHeader`: where the name of the key goes; the secret is then `name:key`, so that both change together.
 * `keyEncoding`: what the key's text stands for, default its own characters. `algorithm`: default `sha256`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Credential.Common {
  readonly header: string
  readonly canonical: (request: Signing) => string
  readonly encoding: Encoding
  readonly algorithm?: "sha256" | "sha512"
  readonly format?: (signature: string, request: Signing) => string
  readonly timestampHeader?: string
  readonly timestampUnit?: "seconds" | "millis" | "iso"
  readonly nonceHeader?: string
  readonly digestHeader?: string
  readonly keyIdHeader?: string
  readonly keyEncoding?: "text" | Encoding
}

/**
 * @category models
 * @since 0.1.0
 */
export type Encoding = "hex" | "base64"

/**
 * **Details**   Each attempt is signed by itself, with its own time and nonce. The imported key cannot be exported, and
 * is kept as long as the secret's `Redacted` is.
 *
 * **Failures**   A secret without a name where `keyIdHeader` is there, a key that is not in its encoding, and a `canonical`
 * that throws reject the signature, without a word of what was signed. `defectOf` sees the first two at load.
 *
 * **Example** (Slack's signature)
 *
 * ```ts import.meta.vitest
 * import { HmacSignature } from "surety/credential"
 *
 * const slack = HmacSignature.make({
 *   scopes: [],
 *   rotateEvery: "90 days",
 *   header: "X-Slack-Signature",
 *   timestampHeader: "X-Slack-Request-Timestamp",
 *   encoding: "hex",
 *   canonical: ({ text, timestamp }) => `v0:${timestamp}:${text}`,
 *   format: (signature) => `v0=${signature}`
 * })
 *
 * slack.scheme._tag // => "Signature"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  options: Options & Credential.PROV_002_EveryCredentialDeclaresARotationOrAnExpiry
): Credential.Credential => {
  const names = [
    options.header,
    options.timestampHeader,
    options.nonceHeader,
    options.digestHeader,
    options.keyIdHeader
  ].filter((name) => name !== undefined)
  return Credential.signature({ ...options, name: options.name ?? "hmac", headers: names, sign: signer(options) })
}

/**
 * Why a text cannot be the secret of such a signature, or `undefined`: for the `defectOf` of a source.
 *
 * @category rules
 * @since 0.1.0
 */
export const defectOf =
  (options: Pick<Options, "keyEncoding" | "keyIdHeader">) =>
  (secret: string): string | undefined => {
    const defect = Credential.defectOf(secret)
    if (defect !== undefined) return defect
    const { key, keyId } = partsOf(secret, options.keyIdHeader)
    if (options.keyIdHeader !== undefined && keyId === "") return "the secret has no name before a colon"
    const bytes = bytesOf(key, options.keyEncoding)
    if (bytes === undefined) return `the key is not ${options.keyEncoding}`
    return bytes.byteLength === 0 ? "the key is empty" : undefined
  }

type Key = ReturnType<typeof crypto.subtle.importKey>

const signer = (options: Options): Credential.Sign => {
  const hash = options.algorithm === "sha512" ? "SHA-512" : "SHA-256"
  const encode = (bytes: ArrayBuffer): string =>
    options.encoding === "hex" ? Hex.encode(new Uint8Array(bytes)) : Base64.encode(new Uint8Array(bytes))
  const isDefect = defectOf(options)
  const keys = new WeakMap<Redacted.Redacted<string>, Key>()
  const imported = (secret: Redacted.Redacted<string>): Key => {
    const known = keys.get(secret)
    if (known !== undefined) return known
    const text = Redacted.value(secret)
    const defect = isDefect(text)
    const bytes = bytesOf(partsOf(text, options.keyIdHeader).key, options.keyEncoding)
    if (defect !== undefined || bytes === undefined) throw new RangeError(`HmacSignature: ${defect}`)
    const key = crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash }, false, ["sign"])
    keys.set(secret, key)
    return key
  }
  return async (unsigned, secret) => {
    const key = await imported(secret)
    const body = unsigned.body ?? ""
    const raw = typeof body === "string" ? new TextEncoder().encode(body) : body
    const request: Signing = {
      ...unsigned,
      text: typeof body === "string" ? body : new TextDecoder().decode(body),
      digest: options.digestHeader === undefined ? "" : encode(await crypto.subtle.digest(hash, plain(raw))),
      timestamp: options.timestampHeader === undefined ? "" : timeOf(unsigned.nowMillis, options.timestampUnit),
      nonce: options.nonceHeader === undefined ? "" : Hex.encode(crypto.getRandomValues(new Uint8Array(16))),
      keyId: partsOf(Redacted.value(secret), options.keyIdHeader).keyId
    }
    const text = quietly(() => options.canonical(request), "canonical")
    const signature = encode(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)))
    const { format } = options
    const headers: Record<string, string> = {
      [options.header.toLowerCase()]:
        format === undefined ? signature : quietly(() => format(signature, request), "format")
    }
    const write = (name: string | undefined, value: string): void => {
      if (name !== undefined) headers[name.toLowerCase()] = value
    }
    write(options.timestampHeader, request.timestamp)
    write(options.nonceHeader, request.nonce)
    write(options.digestHeader, request.digest)
    write(options.keyIdHeader, request.keyId)
    return headers
  }
}

const partsOf = (secret: string, keyIdHeader: string | undefined): { readonly key: string; readonly keyId: string } => {
  const colon = secret.indexOf(":")
  return keyIdHeader === undefined
    ? { key: secret, keyId: "" }
    : { key: secret.slice(colon + 1), keyId: secret.slice(0, Math.max(0, colon)) }
}

const bytesOf = (key: string, encoding: Options["keyEncoding"]): Uint8Array<ArrayBuffer> | undefined => {
  if (encoding === undefined || encoding === "text") return plain(new TextEncoder().encode(key))
  const decoded = encoding === "hex" ? Hex.decode(key) : Base64.decode(key)
  return decoded._tag === "Success" ? plain(decoded.success) : undefined
}

/** WebCrypto's types want bytes over a plain ArrayBuffer. */
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

const timeOf = (nowMillis: number, unit: Options["timestampUnit"]): string =>
  unit === "iso"
    ? new Date(nowMillis).toISOString()
    : String(unit === "millis" ? Math.trunc(nowMillis) : Math.floor(nowMillis / 1000))

const quietly = (run: () => string, what: string): string => {
  try {
    return run()
  } catch {
    // what a caller's function throws may quote the request
    throw new TypeError(`HmacSignature: ${what} threw`)
  }
}
