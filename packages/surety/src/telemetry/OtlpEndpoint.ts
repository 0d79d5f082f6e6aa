/**
 * The address of an OTLP collector, and what is sent to it with every delivery.
 *
 * Neighbours: `OtlpExport` and `@surety/opentelemetry` read it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"

/**
 * Headers of a delivery; a key is `Redacted`.
 *
 * @category models
 * @since 0.1.0
 */
export type Headers = Readonly<Record<string, string | Redacted.Redacted>>

/**
 * The address without a slash at its end.
 *
 * **Failures**   `RangeError` when it is none, or holds a user, a password, a query or a fragment. The message does not repeat it.
 *
 * **Example** (A slash too many)
 *
 * ```ts import.meta.vitest
 * import { OtlpEndpoint } from "surety/telemetry"
 *
 * OtlpEndpoint.of("http://localhost:4318/") // => "http://localhost:4318"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (endpoint: string): string => {
  const url = URL.parse(endpoint)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new RangeError("the endpoint of an OTLP collector is an http or https address")
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new RangeError(
      "the endpoint of an OTLP collector is an address only: a secret belongs in headers, as Redacted"
    )
  }
  return url.href.replace(/\/+$/, "")
}

/**
 * The headers as they are sent.
 *
 * @category conversions
 * @since 0.1.0
 */
export const unsealed = (headers: Headers = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Redacted.isRedacted(value) ? Redacted.value(value) : value])
  )
