/**
 * What we know of an authorization server, and which of its addresses we may use.
 *
 * Neighbours: `Discovery` reads it from the server; `Client` takes it as it is written down.
 *
 * @source RFC 8414, section 2; RFC 9207, section 3; RFC 9126, section 5; RFC 9700, section 2.6
 * @stability experimental
 * @since 0.1.0
 */
import type { AuthorizationServer } from "oauth4webapi"

/**
 * **Details**   The names of the standard, so that a published document can be pasted. What is not listed is not read.
 * `authorization_response_iss_parameter_supported`: the server tells in the callback who it is.
 *
 * @category models
 * @since 0.1.0
 */
export interface ServerMetadata {
  readonly issuer: string
  readonly token_endpoint?: string
  readonly authorization_endpoint?: string
  readonly revocation_endpoint?: string
  readonly introspection_endpoint?: string
  readonly pushed_authorization_request_endpoint?: string
  readonly require_pushed_authorization_requests?: boolean
  readonly authorization_response_iss_parameter_supported?: boolean
  readonly id_token_signing_alg_values_supported?: ReadonlyArray<string>
  readonly code_challenge_methods_supported?: ReadonlyArray<string>
}

/**
 * The addresses that requests go to, or that people are sent to.
 *
 * @category models
 * @since 0.1.0
 */
export const endpoints = [
  "token_endpoint",
  "authorization_endpoint",
  "revocation_endpoint",
  "introspection_endpoint",
  "pushed_authorization_request_endpoint"
] as const

/**
 * Why an address must not be used, or `undefined`. It is not quoted.
 *
 * **Details**   https, or http on loopback; never a user, a password or a fragment. `hosts`: names with ports, as in an
 * address; `undefined`: any.
 *
 * **Example** (Transport security is not optional)
 *
 * ```ts import.meta.vitest
 * import * as ServerMetadata from "@surety/oauth/ServerMetadata"
 *
 * ServerMetadata.defectOf("https://id.example/token", new Set(["id.example"])) // => undefined
 * ServerMetadata.defectOf("http://id.example/token", undefined) // => "is not https (http is allowed on loopback only)"
 * ServerMetadata.defectOf("https://evil.example/token", new Set(["id.example"])) // => "is on a host that is not allowed (endpointHosts)"
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const defectOf = (address: unknown, hosts: ReadonlySet<string> | undefined): string | undefined => {
  const url = typeof address === "string" ? URL.parse(address) : null
  if (url === null) return "is not an address"
  if (!isSafe(url)) return "is not https (http is allowed on loopback only)"
  if (url.username !== "" || url.password !== "") return "holds a user or a password"
  if (url.hash !== "") return "holds a fragment"
  return hosts === undefined || hosts.has(url.host) ? undefined : "is on a host that is not allowed (endpointHosts)"
}

/**
 * @category rules
 * @since 0.1.0
 */
export const isSafe = (url: URL): boolean =>
  url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))

/**
 * @category rules
 * @since 0.1.0
 */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)

/**
 * Only what is known, of a document that may hold anything.
 *
 * @internal
 */
export const pick = (given: Readonly<Record<string, unknown>> & { readonly issuer: string }): AuthorizationServer => {
  const out: Record<string, unknown> = { issuer: given.issuer }
  for (const name of [...endpoints, ...flags, ...lists]) if (given[name] !== undefined) out[name] = given[name]
  // picked by name, so the compiler cannot see that issuer and every member keep their types
  return out as unknown as AuthorizationServer
}

const flags = ["require_pushed_authorization_requests", "authorization_response_iss_parameter_supported"] as const
const lists = ["id_token_signing_alg_values_supported", "code_challenge_methods_supported"] as const
