/**
 * The private key of a GitHub App, and the short-lived token that it signs: RS256, made by WebCrypto.
 *
 * GitHub gives the key as PKCS#1 (`BEGIN RSA PRIVATE KEY`), which WebCrypto does not read; it is put into the envelope of
 * PKCS#8, which it does. The imported key cannot be exported.
 *
 * Neighbours: `GitHubApp` trades the token for one of an installation.
 *
 * @source https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import { SourceFailure } from "surety/credential/Source"

/**
 * How far back a token is dated, for a clock that is behind ours.
 *
 * @category constants
 * @since 0.1.0
 */
export const backdatedSeconds = 60

/**
 * From the date of a token to its end; GitHub takes no more than 10 minutes.
 *
 * @category constants
 * @since 0.1.0
 */
export const lifetimeSeconds = 600

/**
 * Why a text cannot be the private key of an app, or `undefined`: for the `defectOf` of the source that it comes from.
 *
 * **Details**   Line breaks may be written as `\n`, as variables often have them. The text is never quoted.
 *
 * **Example** (A key that was pasted without its frame)
 *
 * ```ts import.meta.vitest
 * import * as GitHubAppKey from "@surety/github/GitHubAppKey"
 *
 * GitHubAppKey.defectOf("MIIEpAIBAAKCAQEA") // => "it is not a PEM (BEGIN … PRIVATE KEY)"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const defectOf = (pem: string): string | undefined => {
  const found = decode(pem)
  return typeof found === "string" ? found : undefined
}

/**
 * A token that says which app is asking: 10 minutes from a minute ago.
 *
 * **Failures**   `misconfigured`: the key is none that RS256 can use.
 *
 * @category running
 * @since 0.1.0
 */
export const token = (
  pem: Redacted.Redacted<string>,
  appId: string | number,
  nowMillis: number
): Effect.Effect<Redacted.Redacted<string>, SourceFailure> =>
  Effect.suspend(() => {
    const der = decode(Redacted.value(pem))
    if (typeof der === "string") return Effect.fail(misconfigured(der))
    const issuedAt = Math.floor(nowMillis / 1000) - backdatedSeconds
    const claims = { iat: issuedAt, exp: issuedAt + lifetimeSeconds, iss: String(appId) }
    const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`
    return Effect.tryPromise({
      try: async () => {
        const key = await crypto.subtle.importKey("pkcs8", der, rs256, false, ["sign"])
        const signature = await crypto.subtle.sign(rs256.name, key, new TextEncoder().encode(text))
        return Redacted.make(`${text}.${Base64Url.encode(new Uint8Array(signature))}`)
      },
      catch: () => misconfigured("it is not an RSA key")
    })
  })

const rs256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }

const part = (value: unknown): string => Base64Url.encode(JSON.stringify(value))

const misconfigured = (why: string): SourceFailure =>
  new SourceFailure({ reason: "misconfigured", detail: `the private key of the GitHub App: ${why}` })

/** The key as PKCS#8, or what is wrong with the text. */
const decode = (pem: string): Uint8Array<ArrayBuffer> | string => {
  const text = typeof pem === "string" ? pem.replaceAll("\\n", "\n").trim() : ""
  if (text.includes("ENCRYPTED")) return "it is encrypted: give it without a passphrase"
  const [, frame, body = ""] =
    /^-----BEGIN (RSA |)PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END \1PRIVATE KEY-----$/.exec(text) ?? []
  if (frame === undefined) return "it is not a PEM (BEGIN … PRIVATE KEY)"
  const der = Base64.decode(body.replaceAll(/\s/g, ""))
  if (der._tag === "Failure") return "it is not base64 between its lines"
  return new Uint8Array(frame === "" ? der.success : envelope(der.success))
}

/** `INTEGER 0`, `SEQUENCE { OID rsaEncryption, NULL }`. @source RFC 5208, section 5; RFC 8017, appendix A */
// prettier-ignore
const preamble = [
  0x02, 0x01, 0x00,
  0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
]

const envelope = (pkcs1: Uint8Array): Uint8Array => element(0x30, Uint8Array.of(...preamble, ...element(0x04, pkcs1)))

const element = (tag: number, content: Uint8Array): Uint8Array => {
  const size = content.byteLength
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Uint8Array.of(tag, ...length, ...content)
}
