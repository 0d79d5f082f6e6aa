/**
 * What the exchange log shows in place of a secret: enough to see that two attempts
 * carried the same one, too little to use it.
 *
 * Effect's `Digest` is an effect; a log entry is made while a request is being
 * answered, in one synchronous step.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { createHash } from "node:crypto"

/**
 * `sha256:` and the first 12 hexadecimal digits of the digest.
 *
 * @category conversions
 * @since 0.1.0
 */
export const fromSecret = (secret: string): string =>
  `sha256:${createHash("sha256").update(secret).digest("hex").slice(0, 12)}`

/**
 * Header names that carry a credential wherever they occur.
 *
 * @category models
 * @since 0.1.0
 */
export const credentialHeaders: ReadonlyArray<string> = [
  "authorization",
  "proxy-authorization",
  "cookie",
  "x-api-key",
  "api-key"
]

/**
 * The same headers, with the values of the named ones replaced by fingerprints.
 *
 * @category conversions
 * @since 0.1.0
 */
export const redact = (
  headers: Readonly<Record<string, string>>,
  secretNames: ReadonlySet<string>
): Readonly<Record<string, string>> => {
  const shown: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    shown[name] = secretNames.has(name) ? fromSecret(value) : value
  }
  return shown
}
