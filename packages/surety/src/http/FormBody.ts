/**
 * `application/x-www-form-urlencoded` with brackets for nested members:
 * `metadata[order_id]=7`, `expand[0]=customer`.
 *
 * `URLSearchParams` and Effect's `UrlParams` write flat pairs only.
 *
 * Neighbours: `HttpCodec` uses it for `format: "form"`. Pure.
 *
 * @source Stripe API reference, request bodies
 * @stability experimental
 * @since 0.1.0
 */

/**
 * Writes a value. `undefined` members are left out; `null` is written as an empty value.
 *
 * **Example** (A nested member and a list)
 *
 * ```ts import.meta.vitest
 * import * as FormBody from "surety/http/FormBody"
 *
 * FormBody.encode({ amount: 5, metadata: { order_id: "a b" }, expand: ["x"] }) // => "amount=5&metadata[order_id]=a%20b&expand[0]=x"
 * ```
 *
 * @category encoders
 * @since 0.1.0
 */
export const encode = (value: unknown): string => {
  const parts: Array<string> = []
  if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) write(parts, escape(key), member)
  }
  return parts.join("&")
}

const write = (parts: Array<string>, name: string, value: unknown): void => {
  if (value === undefined) return
  if (value === null) parts.push(`${name}=`)
  else if (Array.isArray(value)) value.forEach((member, index) => write(parts, `${name}[${index}]`, member))
  else if (typeof value === "object") {
    for (const [key, member] of Object.entries(value)) write(parts, `${name}[${escape(key)}]`, member)
  } else parts.push(`${name}=${escape(String(value))}`)
}

const escape = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
