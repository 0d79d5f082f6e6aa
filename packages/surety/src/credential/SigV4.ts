/**
 * AWS Signature Version 4, computed by AWS's own `@smithy/signature-v4`, which you install beside this package.
 *
 * The secret is a JSON text: `{"accessKeyId":"…","secretAccessKey":"…","sessionToken":"…"}`, the last only for temporary
 * credentials.
 *
 * Neighbours: `HmacSignature` for signatures without a library. An entry of its own, `surety/credential/sigv4`, so that
 * nobody else needs the library.
 *
 * @source https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import { SignatureV4 } from "@smithy/signature-v4"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Credential from "../Credential.ts"
import { type Source, SourceFailure } from "./Source.ts"
import * as VersionName from "./VersionName.ts"

/**
 * **Details**   `service`, `region`: as AWS names them in the scope of a signature. `signedHeaders`: besides `host`,
 * `content-type` and `x-amz-*`, which are always signed; a header that something on the way changes breaks the
 * signature. `contentHash`: whether the body's hash is written as `x-amz-content-sha256`, which S3 and Glacier need;
 * default `header` for those. `pathEncoding`: `once` for S3, `twice` for all others, is the default.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Credential.Common {
  readonly service: string
  readonly region: string
  readonly signedHeaders?: ReadonlyArray<string>
  readonly contentHash?: "header" | "none"
  readonly pathEncoding?: "once" | "twice"
}

/**
 * **Details**   It writes `authorization`, `x-amz-date`, for temporary credentials `x-amz-security-token`, and, where asked
 * for, `x-amz-content-sha256`. Each attempt is signed by itself.
 *
 * **Failures**   A secret that is no such JSON rejects the signature, unquoted; give `defectOf` to the source, and it is
 * seen at load.
 *
 * **Gotchas**   The library keeps up to 50 derived keys for the process; each signs for one day, region and service only.
 *
 * **Example** (A queue)
 *
 * ```ts import.meta.vitest
 * import * as SigV4 from "surety/credential/sigv4"
 *
 * const sqs = SigV4.make({ service: "sqs", region: "eu-central-1", scopes: ["sqs:SendMessage"], expires: "after 1 hour" })
 *
 * sqs.scheme._tag // => "Signature"
 * SigV4.defectOf("AKIDEXAMPLE") // => "the secret is not JSON"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  options: Options & Credential.PROV_002_EveryCredentialDeclaresARotationOrAnExpiry
): Credential.Credential => {
  const { pathEncoding, region, service, signedHeaders } = options
  const contentHash = options.contentHash ?? (hashed.has(service) ? "header" : "none")
  const isOnce = (pathEncoding ?? (s3.has(service) ? "once" : "twice")) === "once"
  const extra = new Set(signedHeaders?.map((name) => name.toLowerCase()))
  const isSigned = (name: string): boolean => name === "content-type" || name.startsWith("x-amz-") || extra.has(name)
  const sign: Credential.Sign = async (request, secret) => {
    const credentials = parse(Redacted.value(secret))
    if (typeof credentials === "string") throw new RangeError(`SigV4: ${credentials}`)
    const url = new URL(request.origin)
    const [path = "/", query = ""] = split(request.path)
    const signer = new SignatureV4({
      service,
      region,
      credentials,
      sha256: Sha256,
      applyChecksum: contentHash === "header",
      uriEscapePath: !isOnce
    })
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => isSigned(name)))
    const signed = await quietly(() =>
      signer.sign(
        {
          method: request.method,
          protocol: url.protocol,
          hostname: url.hostname,
          path,
          query: bagOf(query),
          headers: { ...headers, host: url.host },
          body: request.body
        },
        { signingDate: new Date(request.nowMillis), signableHeaders: extra }
      )
    )
    return Object.fromEntries(
      Object.entries(signed.headers).filter(([name]) => written.has(name) && headers[name] === undefined)
    )
  }
  const headers = [...written].filter((name) => contentHash === "header" || name !== "x-amz-content-sha256")
  return Credential.signature({ ...options, name: options.name ?? "sigv4", headers, sign })
}

/**
 * Why a text cannot be the secret of such a signature, or `undefined`.
 *
 * @category rules
 * @since 0.1.0
 */
export const defectOf = (secret: string): string | undefined => {
  const found = parse(secret)
  return typeof found === "string" ? found : undefined
}

/**
 * What AWS's credential providers give.
 *
 * @category models
 * @since 0.1.0
 */
export interface Identity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly expiration?: Date | undefined
}

/**
 * A source over one of AWS's credential providers (`fromNodeProviderChain()`, a role of STS, IMDS), with its expiry.
 *
 * **Details**   Version: a digest under a random key. Scopes: AWS states none. `timeout`: default 10 seconds.
 *
 * **Failures**   `unavailable` whatever the provider says: it does not say whether asking again can help.
 *
 * **Gotchas**   Give a provider that does not cache (the plain ones do not): `Lifecycle` does.
 *
 * @category constructors
 * @since 0.1.0
 */
export const source = (
  provider: () => Promise<Identity>,
  options: { readonly scopes?: ReadonlyArray<string>; readonly timeout?: Duration.Input } = {}
): Source => {
  const nameOf = VersionName.make()
  const timeoutMillis = Duration.toMillis(Duration.fromInputUnsafe(options.timeout ?? "10 seconds"))
  const failed = (why: string): SourceFailure => new SourceFailure({ reason: "unavailable", detail: `aws: ${why}` })
  const asked = Effect.timeoutOrElse(
    Effect.tryPromise({ try: () => provider(), catch: () => failed("the credential provider failed") }),
    {
      duration: Duration.millis(timeoutMillis),
      orElse: () => Effect.fail(failed(`no credentials within ${timeoutMillis} ms`))
    }
  )
  return {
    name: "aws",
    issue: () =>
      Effect.gen(function* () {
        const issuedAtMillis = yield* Clock.currentTimeMillis
        const { accessKeyId, expiration, secretAccessKey, sessionToken } = yield* asked
        const text = JSON.stringify({ accessKeyId, secretAccessKey, sessionToken })
        const defect = defectOf(text)
        if (defect !== undefined) return yield* new SourceFailure({ reason: "misconfigured", detail: `aws: ${defect}` })
        return {
          secret: Redacted.make(text),
          version: yield* nameOf(text),
          scopes: options.scopes,
          issuedAtMillis,
          expiresAtMillis: expiration?.getTime()
        }
      })
  }
}

const written = new Set(["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"])
const s3 = new Set(["s3", "s3express", "s3-outposts", "s3-object-lambda"])
const hashed = new Set([...s3, "glacier"])

const parse = (
  secret: string
): { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | string => {
  let found: unknown
  try {
    found = JSON.parse(secret)
  } catch {
    // the parser's message quotes the text
    return "the secret is not JSON"
  }
  if (typeof found !== "object" || found === null) return "the secret is not an object"
  const { accessKeyId, secretAccessKey, sessionToken } = found as Readonly<Record<string, unknown>>
  if (!isVisible(accessKeyId)) return "accessKeyId is not a text of visible characters"
  if (!isVisible(secretAccessKey)) return "secretAccessKey is not a text of visible characters"
  if (sessionToken === undefined || sessionToken === null) return { accessKeyId, secretAccessKey }
  return isVisible(sessionToken)
    ? { accessKeyId, secretAccessKey, sessionToken }
    : "sessionToken is not a text of visible characters"
}

const isVisible = (text: unknown): text is string => typeof text === "string" && /^[\x21-\x7e]+$/.test(text)

const split = (path: string): ReadonlyArray<string> => {
  const mark = path.indexOf("?")
  return mark < 0 ? [path] : [path.slice(0, mark), path.slice(mark + 1)]
}

const bagOf = (query: string): Record<string, Array<string>> => {
  const bag: Record<string, Array<string>> = {}
  for (const [name, value] of new URLSearchParams(query)) (bag[name] ??= []).push(value)
  return bag
}

const quietly = async <A>(run: () => Promise<A>): Promise<A> => {
  try {
    return await run()
  } catch {
    throw new TypeError("SigV4: the request could not be signed")
  }
}

type Data = string | ArrayBuffer | ArrayBufferView

/** SHA-256, or HMAC-SHA-256 with a key, as the library wants them. */
class Sha256 {
  readonly #key: Uint8Array<ArrayBuffer> | undefined
  readonly #parts: Array<Uint8Array<ArrayBuffer>> = []

  constructor(key?: Data) {
    this.#key = key === undefined ? undefined : bytesOf(key)
  }

  update(data: Data): void {
    this.#parts.push(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    const data = await new Blob(this.#parts).arrayBuffer()
    if (this.#key === undefined) return new Uint8Array(await crypto.subtle.digest("SHA-256", data))
    const algorithm = { name: "HMAC", hash: "SHA-256" }
    const key = await crypto.subtle.importKey("raw", this.#key, algorithm, false, ["sign"])
    return new Uint8Array(await crypto.subtle.sign("HMAC", key, data))
  }
}

const bytesOf = (data: Data): Uint8Array<ArrayBuffer> =>
  typeof data === "string"
    ? new TextEncoder().encode(data)
    : data instanceof ArrayBuffer
      ? new Uint8Array(data)
      : new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer)
