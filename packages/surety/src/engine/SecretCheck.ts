/**
 * A credential at the engine's door: is the secret usable, was enough granted; and the source is told of each use.
 *
 * Neighbours: `Admission` asks before each attempt; `Rejection` follows when the provider refuses.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Credential from "../Credential.ts"
import * as Refusal from "../Refusal.ts"
import type { Call } from "./Call.ts"
import { quietly } from "./Quietly.ts"

/** Each secret a source gives is checked once, before it may reach a header. */
const checked = new WeakSet<Redacted.Redacted<string>>()

/**
 * Why the call cannot go on with this secret, or `undefined`.
 *
 * @category rules
 * @since 0.1.0
 */
export const unusable = (call: Call, secret: Redacted.Redacted<string>): Refusal.Refusal | undefined => {
  const { op } = call
  const { credential } = op.environment
  if (credential === undefined) return undefined
  const { declared, source } = credential
  if (!checked.has(secret)) {
    // a source that is written without types may give anything
    const why = Redacted.isRedacted(secret) ? defectOf(secret) : "the source gave no secret"
    if (why !== undefined) return quietly(() => new Refusal.CredentialUnavailable({ credential: declared.name, why }))
    checked.add(secret)
  }
  const granted = op.scopes.length === 0 ? undefined : source.granted?.(secret)
  if (granted === undefined) return undefined
  const missing = op.scopes.filter((scope) => !granted.includes(scope))
  if (missing.length === 0) return undefined
  return quietly(() => new Refusal.ScopeMissing({ credential: declared.name, missing, granted }))
}

const defectOf = (secret: Redacted.Redacted<string>): string | undefined => {
  let text: string
  try {
    text = Redacted.value(secret)
  } catch {
    return "the secret was wiped"
  }
  return Credential.defectOf(text)
}

/**
 * Why a source gave nothing. An error of another type, from a source that is written without types, is not shown.
 *
 * @category conversions
 * @since 0.1.0
 */
export const refusalOf = (call: Call, error: Refusal.CredentialUnavailable): Refusal.CredentialUnavailable => {
  if (error instanceof Refusal.CredentialUnavailable) return error
  const name = call.op.environment.credential?.declared.name ?? ""
  const why = "its source failed with an error of its own; nothing of that is shown here"
  return quietly(() => new Refusal.CredentialUnavailable({ credential: name, why }))
}

/**
 * Tells the source that its secret is used. What it throws is its own affair.
 *
 * @category running
 * @since 0.1.0
 */
export const used = (call: Call): void => {
  const { op, secret } = call
  const tell = op.environment.credential?.source.used
  if (tell === undefined || secret === undefined) return
  try {
    tell(secret, op.name, call.span?.traceId)
  } catch {}
}
