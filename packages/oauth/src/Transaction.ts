/**
 * What has to be remembered between sending a person to the server and their coming back.
 *
 * Keep it where only this person's browser can bring it back: a server-side session, or an encrypted cookie that only
 * this site gets. That ties the answer to the browser that asked, so that nobody can be logged in to somebody else's
 * account.
 *
 * Neighbours: `AuthorizationCode.begin` makes it, `complete` checks against it, `TransactionStore` remembers that it is
 * over.
 *
 * @source RFC 9700, sections 2.1 and 4.7.1; RFC 7636, section 4.1
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { OAuthFailure } from "./OAuthFailure.ts"

/**
 * **Details**   `flow`, `issuer`, `redirectUri`: what the answer must belong to; the address is the one that was really
 * sent. `verifier`: PKCE; it goes to the token endpoint only. `startedAtMillis`: wall clock, because another process may
 * complete it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Transaction {
  readonly flow: string
  readonly issuer: string
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string | undefined
  readonly verifier: Redacted.Redacted<string>
  readonly startedAtMillis: number
}

/**
 * As a text for the session. Seal it wherever the session is not trusted.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toText = (transaction: Transaction): Redacted.Redacted<string> =>
  Redacted.make(JSON.stringify({ ...transaction, verifier: Redacted.value(transaction.verifier) }))

/**
 * **Failures**   `callback-rejected`; the text is never quoted.
 *
 * @category conversions
 * @since 0.1.0
 */
export const fromText = (text: Redacted.Redacted<string>): Effect.Effect<Transaction, OAuthFailure> =>
  Effect.mapBoth(
    Effect.suspend(() => read(Redacted.value(text))),
    {
      onSuccess: ({ nonce, verifier, ...rest }) => ({ ...rest, nonce, verifier: Redacted.make(verifier) }),
      onFailure: () =>
        new OAuthFailure({ reason: "callback-rejected", at: "callback", detail: "the transaction cannot be read" })
    }
  )

const Stored = Schema.Struct({
  flow: Schema.String,
  issuer: Schema.String,
  redirectUri: Schema.String,
  state: Schema.String,
  nonce: Schema.optional(Schema.String),
  verifier: Schema.String,
  startedAtMillis: Schema.Number
})

const read = Schema.decodeUnknownEffect(Schema.fromJsonString(Stored))
