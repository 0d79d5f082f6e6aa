/**
 * The names of headers and query parameters under which credentials are written in this process: what contracts declare,
 * collected when their layers are built.
 *
 * It is apart from `RedactedNames`, so that a program that never loads Effect's HTTP modules does not ship them.
 *
 * Neighbours: the HTTP ring adds what a contract declares; `RedactedNames` follows.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Credential from "../Credential.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Kind = "header" | "query"

const known = new Set<string>()
const followers = new Set<(kind: Kind, name: string) => void>()

/**
 * Adds a name; one that is there already changes nothing.
 *
 * @category running
 * @since 0.1.0
 */
export const add = (kind: Kind, name: string): void => {
  const entry = `${kind} ${name.toLowerCase()}`
  if (known.has(entry)) return
  known.add(entry)
  for (const follower of followers) tell(follower, entry)
}

/**
 * Adds what a credential is written under.
 *
 * @category running
 * @since 0.1.0
 */
export const addScheme = (scheme: Credential.Scheme): void => {
  for (const header of Credential.headersOf(scheme)) add("header", header)
  if (scheme._tag === "Query") add("query", scheme.parameter)
}

/**
 * Tells a follower every name, those that are there and those that will be, in lower case. Returns what ends it.
 *
 * @category running
 * @since 0.1.0
 */
export const follow = (follower: (kind: Kind, name: string) => void): (() => void) => {
  followers.add(follower)
  for (const entry of known) tell(follower, entry)
  return () => void followers.delete(follower)
}

const tell = (follower: (kind: Kind, name: string) => void, entry: string): void =>
  entry.startsWith("header ") ? follower("header", entry.slice(7)) : follower("query", entry.slice(6))
