/**
 * Takes our own secret out of what a provider answers when it refuses, before a failure is
 * made of it: some providers quote the key that they refuse.
 *
 * Neighbours: `HttpAttempt` and `HttpStream` scrub before they decode. Of an answer that the contract declares a success only
 * the id of the request is: the rest goes to the caller, not into an error, a log or a span.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as SecretParts from "../credential/SecretParts.ts"
import type { WireHeaders } from "./Transport.ts"

const hidden = "<redacted>"

/** A part shorter than this is in every other text. */
const shortestPart = 8

/**
 * The forms in which a refusal may quote the secret, each of the two parts that a secret of `Basic` has, and the members of
 * one that is a JSON object: as it is, as a query writes it, and as base64 writes it, alone or inside of something longer
 * (`Basic` of a key and an empty password).
 */
const formsOf = (secret: Redacted.Redacted<string> | undefined): ReadonlyArray<string> | "wiped" => {
  if (secret === undefined) return none
  let value: string
  try {
    value = Redacted.value(secret)
  } catch {
    // the credential's scope was closed under the call: nobody can say any more what in the answer is the secret
    return "wiped"
  }
  if (value === "") return none
  const members = SecretParts.of(value)
  const colon = value.indexOf(":")
  const parts = members.length > 0 ? members : colon < 0 ? [] : [value.slice(0, colon), value.slice(colon + 1)]
  const forms = new Set<string>()
  for (const text of [value, ...parts.filter((part) => part.length >= shortestPart)]) {
    const base64 = text.length < shortestPart ? [btoa(text)] : [0, 1, 2].map((offset) => base64At(text, offset))
    for (const form of [text, ...base64, ...base64.map((one) => one.replaceAll("+", "-").replaceAll("/", "_"))]) {
      const percent = encodeURIComponent(form)
      forms
        .add(form)
        .add(percent)
        .add(percent.replace(/%../g, (pair) => pair.toLowerCase()))
    }
  }
  // a form may be the beginning of another one
  return [...forms].sort((one, other) => other.length - one.length)
}

const none: ReadonlyArray<string> = []

/** What base64 makes of a text that begins so many bytes into a group, without what its neighbours have a part in. */
const base64At = (text: string, offset: number): string => {
  const whole = btoa("\0".repeat(offset) + text).replace(/=+$/, "")
  return whole.slice(offset === 0 ? 0 : offset + 1, (offset + text.length) % 3 === 0 ? undefined : -1)
}

const without = (forms: ReadonlyArray<string>, given: string): string =>
  forms.reduce((left, form) => (left.includes(form) ? left.replaceAll(form, hidden) : left), given)

/**
 * The body of a refusal without the secret; empty when the secret was wiped meanwhile.
 *
 * @category running
 * @since 0.1.0
 */
export const text = (secret: Redacted.Redacted<string> | undefined, body: string): string => {
  const forms = formsOf(secret)
  if (forms === "wiped") return ""
  const plain = without(forms, body)
  return forms.length === 0 || !plain.includes("\\") ? plain : unescaped(forms, plain)
}

/** The longest body in characters that is taken apart. */
const longest = 262_144

/** JSON may write any character as an escape (`\/`, `\u002b`): what it means is what a failure would carry. */
const unescaped = (forms: ReadonlyArray<string>, body: string): string => {
  // the usual answer, and one of millions of texts that is meant to keep us busy, are searched in one pass
  const flat = body.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code?: string, one?: string) =>
    code === undefined ? (one ?? "") : String.fromCharCode(Number.parseInt(code, 16))
  )
  if (!forms.some((form) => flat.includes(form))) return body
  // nobody refuses a call at such length: it is not shown
  if (body.length > longest) return ""
  let found = false
  const clean = (text: string): string => {
    const left = without(forms, text)
    found ||= left !== text
    return left
  }
  try {
    const cleaned: unknown = JSON.parse(body, (_, value: unknown) =>
      typeof value === "string"
        ? clean(value)
        : typeof value === "object" && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).map(([name, held]) => [clean(name), held]))
          : value
    )
    return found ? JSON.stringify(cleaned) : body
  } catch (cause) {
    // not JSON; or nested so deeply that it cannot be searched, and is not shown either
    return cause instanceof SyntaxError ? body : ""
  }
}

/** What a provider says with numbers, dates and names that are not its own. */
const harmless = new Set(["content-length", "content-type", "date", "retry-after"])

/**
 * The headers of a refusal without the secret; few are left when the secret was wiped meanwhile.
 *
 * @category running
 * @since 0.1.0
 */
export const headers = (secret: Redacted.Redacted<string> | undefined, received: WireHeaders): WireHeaders => {
  const forms = formsOf(secret)
  if (forms === "wiped") return Object.fromEntries(Object.entries(received).filter(([name]) => harmless.has(name)))
  if (forms.length === 0) return received
  if (!Object.values(received).some((header) => forms.some((form) => header.includes(form)))) return received
  return Object.fromEntries(Object.entries(received).map(([name, header]) => [name, without(forms, header)]))
}

/**
 * The headers of a success: the provider's id of the request, which spans and logs carry, without the secret.
 *
 * @category running
 * @since 0.1.0
 */
export const requestId = (
  secret: Redacted.Redacted<string> | undefined,
  name: string | undefined,
  received: WireHeaders
): WireHeaders => {
  const id = name === undefined ? undefined : received[name]
  if (name === undefined || id === undefined || secret === undefined || isShorter(id, secret)) return received
  return { ...received, [name]: headers(secret, { [name]: id })[name] ?? "" }
}

/** Nearly every id: no form is shorter than the secret, but where it has parts. */
const isShorter = (id: string, secret: Redacted.Redacted<string>): boolean => {
  try {
    const value = Redacted.value(secret)
    return id.length < value.length && !value.includes(":")
  } catch {
    return false
  }
}
