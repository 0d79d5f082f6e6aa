/**
 * Takes our own secret out of what a provider answers when it refuses, before a failure is
 * made of it: some providers quote the key that they refuse.
 *
 * Neighbours: `HttpAttempt` and `HttpStream` scrub before they decode. A 2xx answer is not
 * touched: it goes to the caller, not into an error.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import type { WireHeaders } from "./Transport.ts"

const hidden = "<redacted>"

/** The forms in which a refusal may quote the secret: as it is, and as `Basic` writes it. */
const formsOf = (secret: Redacted.Redacted<string> | undefined, status: number): ReadonlyArray<string> => {
  if (secret === undefined || (status >= 200 && status < 300)) return []
  const value = Redacted.value(secret)
  return value === "" ? [] : [value, btoa(value)]
}

const without = (forms: ReadonlyArray<string>, given: string): string =>
  forms.reduce((left, form) => (left.includes(form) ? left.replaceAll(form, hidden) : left), given)

/**
 * The body of a refusal without the secret.
 *
 * @category running
 * @since 0.1.0
 */
export const text = (secret: Redacted.Redacted<string> | undefined, status: number, body: string): string =>
  without(formsOf(secret, status), body)

/**
 * The headers of a refusal without the secret.
 *
 * @category running
 * @since 0.1.0
 */
export const headers = (
  secret: Redacted.Redacted<string> | undefined,
  status: number,
  received: WireHeaders
): WireHeaders => {
  const forms = formsOf(secret, status)
  if (!Object.values(received).some((header) => forms.some((form) => header.includes(form)))) return received
  return Object.fromEntries(Object.entries(received).map(([name, header]) => [name, without(forms, header)]))
}
