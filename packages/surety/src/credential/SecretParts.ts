/**
 * The parts of a secret that is a JSON object: an identity of AWS, the key file of an account. Whoever quotes such a secret
 * quotes one of its members.
 *
 * Neighbours: `LiveSecrets` and `http/Scrub` look for each of them. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */

/** Shorter members are names of types and regions. */
const shortest = 16

/**
 * The members that may be secrets; none for a text that is no JSON object. Addresses are not among them.
 *
 * **Example** (An identity of AWS)
 *
 * ```ts import.meta.vitest
 * import * as SecretParts from "surety/credential/SecretParts"
 *
 * SecretParts.of(JSON.stringify({ secretAccessKey: "wJalrXUtnFEMI/K7MDENG", region: "eu-west-1" })) // => ["wJalrXUtnFEMI/K7MDENG"]
 * SecretParts.of("sk_live_0123456789") // => []
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const of = (secret: string): ReadonlyArray<string> => {
  if (!secret.startsWith("{")) return none
  try {
    return Object.values(JSON.parse(secret) as object).filter(isPart)
  } catch {
    // the parser's message quotes the secret
    return none
  }
}

/** What no header can carry is not quoted from one, and cannot be written as base64 either. */
const isPart = (member: unknown): member is string =>
  typeof member === "string" &&
  member.length >= shortest &&
  !member.includes("://") &&
  /^[\t\n\r\x20-\x7e]*$/.test(member)

const none: ReadonlyArray<string> = []
