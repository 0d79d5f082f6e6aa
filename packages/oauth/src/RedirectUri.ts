/**
 * The address that a person comes back to: one, written down, and compared letter by letter.
 *
 * Neighbours: `AuthorizationCode` takes one per flow.
 *
 * @source RFC 9700, sections 2.1 and 4.1; RFC 8252, sections 7.1 and 7.3
 * @stability experimental
 * @since 0.1.0
 */
import * as ServerMetadata from "./ServerMetadata.ts"

/**
 * Why an address cannot be registered, or `undefined`.
 *
 * **Details**   https; http on loopback; or a scheme of the app's own, with a dot in it. No pattern, no fragment.
 *
 * **Example** (Exact, or nothing)
 *
 * ```ts import.meta.vitest
 * import * as RedirectUri from "@surety/oauth/RedirectUri"
 *
 * RedirectUri.defectOf("https://app.example/cb") // => undefined
 * RedirectUri.defectOf("https://*.app.example/cb") // => "is a pattern: write the address itself"
 * RedirectUri.defectOf("http://app.example/cb") // => "is neither https, nor http on loopback, nor a scheme of the app's own"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const defectOf = (redirectUri: string): string | undefined => {
  if (/[*{}\s\\]/.test(redirectUri)) return "is a pattern: write the address itself"
  const url = URL.parse(redirectUri)
  if (url === null) return "is not an address"
  if (url.hash !== "" || redirectUri.includes("#")) return "holds a fragment"
  if (url.username !== "" || url.password !== "") return "holds a user or a password"
  if (ServerMetadata.isSafe(url) || /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol)) return undefined
  return "is neither https, nor http on loopback, nor a scheme of the app's own"
}

/**
 * On loopback, the port is chosen when the program listens; nothing else of an address ever varies.
 *
 * @category rules
 * @since 0.1.0
 */
export const withPort = (redirectUri: string, port: number): string => {
  const url = new URL(redirectUri)
  if (!isLoopback(url)) throw new RangeError("AuthorizationCode: only an address on loopback may have another port")
  url.port = String(port)
  return url.href
}

/**
 * The same address for whoever is to tell two flows apart by it.
 *
 * @internal
 */
export const identityOf = (redirectUri: string): string => {
  const url = new URL(redirectUri)
  if (isLoopback(url)) url.port = ""
  return url.href
}

/**
 * Did the answer come to this address? The query holds the answer; what the address had there itself must be in it.
 *
 * @category rules
 * @since 0.1.0
 */
export const isAt = (redirectUri: string, callback: URL): boolean => {
  const expected = new URL(redirectUri)
  for (const [name, value] of expected.searchParams) if (callback.searchParams.get(name) !== value) return false
  const bare = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`
  return callback.hash === "" && bare(expected) === bare(callback)
}

const isLoopback = (url: URL): boolean => url.protocol === "http:" && ServerMetadata.isLoopback(url.hostname)
