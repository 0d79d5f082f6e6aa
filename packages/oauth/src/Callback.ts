/**
 * What a person's browser brought back, judged before anything is sent: is it ours, from this server, for this browser,
 * now?
 *
 * Neighbours: `AuthorizationCode.complete` asks, and then makes sure that it comes once. Pure.
 *
 * @source RFC 9700, sections 4.4.2 and 4.7.1; RFC 9207, section 2.4
 * @stability experimental
 * @since 0.1.0
 */
import { type Code, codeOf } from "./OAuthFailure.ts"
import * as RedirectUri from "./RedirectUri.ts"
import type { Transaction } from "./Transaction.ts"

/**
 * **Details**   `tellsIssuer`: `always`: an answer without `iss` is somebody else's. `issuer`: as
 * the client was told; `serverIssuer`: as the server's metadata has it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Input {
  readonly address: string | URL
  readonly transaction: Transaction
  readonly flow: string
  readonly issuer: string
  readonly serverIssuer: string
  readonly tellsIssuer: "always" | "if it likes"
  readonly nowMillis: number
  readonly keptMillis: number
}

/**
 * **Details**   `Denied`: it is a true answer, and it is no. `why` quotes nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type Decision =
  | { readonly _tag: "Code"; readonly parameters: URLSearchParams }
  | { readonly _tag: "Denied"; readonly code: Code }
  | { readonly _tag: "Refused"; readonly why: string }

/**
 * @category rules
 * @since 0.1.0
 */
export const decide = (input: Input): Decision => {
  const { transaction } = input
  if (transaction.flow !== input.flow || transaction.issuer !== input.issuer) {
    return refused("the transaction belongs to another flow or server")
  }
  const age = input.nowMillis - transaction.startedAtMillis
  // another process, with another clock, may have begun it
  if (!(age >= -60_000 && age <= input.keptMillis)) return refused(`it took longer than ${input.keptMillis} ms`)
  const url = URL.parse(String(input.address))
  if (url === null || !RedirectUri.isAt(transaction.redirectUri, url)) {
    return refused("it came to another address than the transaction's")
  }
  const parameters = url.searchParams
  for (const name of ["code", "state", "iss", "error"]) {
    if (parameters.getAll(name).length > 1) return refused(`${name} is there more than once`)
  }
  if (transaction.state === "" || !equal(parameters.get("state") ?? "", transaction.state)) {
    return refused("the state is missing, or another transaction's")
  }
  const issuer = parameters.get("iss")
  if (issuer === null && input.tellsIssuer === "always") return refused("the server did not tell who it is (iss)")
  if (issuer !== null && issuer !== input.serverIssuer) return refused("it is another server's answer (iss)")
  // an answer in the way of the implicit grant is not looked at
  if (parameters.has("access_token") || parameters.has("id_token")) return refused("it holds a token")
  const error = parameters.get("error")
  if (error !== null) return { _tag: "Denied", code: codeOf(error) }
  return parameters.get("code") ? { _tag: "Code", parameters } : refused("there is no code in it")
}

const refused = (why: string): Decision => ({ _tag: "Refused", why })

/** Takes as long for any two texts of one length. */
const equal = (left: string, right: string): boolean => {
  let differences = left.length ^ right.length
  for (let at = 0; at < left.length; at++) differences |= left.charCodeAt(at) ^ (right.charCodeAt(at) || 0)
  return differences === 0
}
