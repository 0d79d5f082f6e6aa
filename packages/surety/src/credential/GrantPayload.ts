/**
 * The tokens of a shared grant with the name of the grant and their place in it, and how they are written into the
 * payload of a record.
 *
 * Neighbours: `GrantRule` decides over it, `SharedGrant` is the source. A version made of a name and a serial is the same
 * in every process and never comes back with other tokens: a person's new grant has a new name, and each refresh the
 * next serial. It holds no part of a secret.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { GrantRecord } from "./GrantStore.ts"
import type { Issued } from "./Issued.ts"
import { Stored, type Tokens } from "./Tokens.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface GrantPayload {
  readonly grant: string
  readonly serial: number
  readonly tokens: Tokens
}

/**
 * The version of the tokens, as it is audited and logged.
 *
 * @category rules
 * @since 0.1.0
 */
export const versionOf = (payload: { readonly grant: string; readonly serial: number }): string =>
  `${payload.grant}.${payload.serial}`

/**
 * What a `Lifecycle` is given of it.
 *
 * @category rules
 * @since 0.1.0
 */
export const toIssued = (payload: GrantPayload): Issued => ({
  secret: payload.tokens.accessToken,
  version: versionOf(payload),
  scopes: payload.tokens.scopes,
  issuedAtMillis: payload.tokens.issuedAtMillis,
  expiresAtMillis: payload.tokens.expiresAtMillis
})

/**
 * The payload that follows a refresh.
 *
 * **Details**   What the answer did not have is kept from before: the refresh token, the scopes, every `extra`.
 *
 * @source RFC 6749, sections 5.1 and 6: an answer without `scope` means the same scope, one without `refresh_token` the
 * same refresh token
 * @category rules
 * @since 0.1.0
 */
export const successor = (before: GrantPayload, answer: Tokens): GrantPayload => {
  const tokens = readable(answer)
  return {
    grant: before.grant,
    serial: before.serial + 1,
    tokens: {
      ...tokens,
      refreshToken: tokens.refreshToken ?? before.tokens.refreshToken,
      scopes: tokens.scopes ?? before.tokens.scopes,
      extra: { ...before.tokens.extra, ...tokens.extra }
    }
  }
}

/**
 * Tokens that can be read again when they were stored: what gave them may be written without types, and the server gives them
 * once.
 *
 * **Details**   An end that is no number is over; one that is infinite, or `null`, is none.
 */
const readable = (tokens: Tokens): Tokens => {
  const { accessToken, expiresAtMillis, extra, issuedAtMillis, refreshToken, scopes } = tokens
  const isOpen = expiresAtMillis === undefined || expiresAtMillis === null || expiresAtMillis === Infinity
  const startMillis = Number.isFinite(issuedAtMillis) ? issuedAtMillis : 0
  return {
    accessToken: redacted(accessToken),
    refreshToken: refreshToken === undefined || refreshToken === null ? undefined : redacted(refreshToken),
    scopes: Array.isArray(scopes) && scopes.every((scope) => typeof scope === "string") ? scopes : undefined,
    issuedAtMillis: startMillis,
    expiresAtMillis: isOpen ? undefined : Number.isFinite(expiresAtMillis) ? expiresAtMillis : startMillis,
    extra: Object.fromEntries(Object.entries(extra ?? {}).filter(([, text]) => typeof text === "string"))
  }
}

const redacted = (token: Redacted.Redacted<string>): Redacted.Redacted<string> =>
  Redacted.isRedacted(token) ? token : Redacted.make(String(token))

/**
 * @category rules
 * @since 0.1.0
 */
export const encode = ({ grant, serial, tokens: given }: GrantPayload): Redacted.Redacted<string> => {
  const tokens = readable(given)
  return Redacted.make(
    JSON.stringify({
      grant,
      serial,
      accessToken: Redacted.value(tokens.accessToken),
      refreshToken: tokens.refreshToken === undefined ? undefined : Redacted.value(tokens.refreshToken),
      scopes: tokens.scopes,
      issuedAtMillis: tokens.issuedAtMillis,
      expiresAtMillis: tokens.expiresAtMillis,
      extra: tokens.extra
    } satisfies typeof Stored.Encoded)
  )
}

/**
 * The payload of a record, or `undefined` when it cannot be read; why is not told, a parser would quote it.
 *
 * @category rules
 * @since 0.1.0
 */
export const decode = (record: GrantRecord): GrantPayload | undefined => {
  const stored = Option.getOrUndefined(read(Redacted.value(record.payload)))
  if (stored === undefined) return undefined
  return {
    grant: stored.grant ?? `r${record.version}`,
    serial: stored.serial ?? 1,
    tokens: {
      accessToken: Redacted.make(stored.accessToken),
      refreshToken: stored.refreshToken === undefined ? undefined : Redacted.make(stored.refreshToken),
      scopes: stored.scopes,
      issuedAtMillis: stored.issuedAtMillis,
      expiresAtMillis: stored.expiresAtMillis,
      extra: stored.extra
    }
  }
}

const read = Schema.decodeUnknownOption(Schema.fromJsonString(Stored))
