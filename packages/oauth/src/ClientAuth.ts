/**
 * How a client proves to the server who it is.
 *
 * Neighbours: `Client` holds one; `PrivateKey` reads keys.
 *
 * @source RFC 6749, section 2.3; RFC 7523; OpenID Connect Core 1.0, section 9; RFC 9700, section 2.5: private_key_jwt is
 * recommended
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as oauth from "oauth4webapi"
import * as Credential from "surety/Credential"
import type { Issued } from "surety/credential/Issued"
import * as LiveSecrets from "surety/credential/LiveSecrets"
import type { OwnSecret } from "surety/credential/OwnSecret"
import type { Because, SourceFailure } from "surety/credential/Source"
import { OAuthFailure } from "./OAuthFailure.ts"
import type { PrivateKey } from "./PrivateKey.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type ClientAuth =
  | { readonly _tag: "SecretBasic"; readonly secret: OwnSecret; readonly written: "form-encoded" | "as it is" }
  | { readonly _tag: "SecretPost"; readonly secret: OwnSecret }
  | { readonly _tag: "PrivateKeyJwt"; readonly key: PrivateKey }
  | { readonly _tag: "None" }

/**
 * The secret in the `authorization` header.
 *
 * **Details**   A `Source` gives a secret that is rotated while the program runs: when the server refuses one version and
 * the source has another, the request is sent once more with that.
 *
 * **Failures**   `RangeError` for a secret that ends in a line break, is empty, or cannot be sent; it is not quoted.
 *
 * @category constructors
 * @since 0.1.0
 */
export const secretBasic = (secret: OwnSecret): ClientAuth => ({
  _tag: "SecretBasic",
  secret: checked("secretBasic", secret),
  written: "form-encoded"
})

/**
 * `secretBasic` without the encoding that the standard puts around id and secret.
 *
 * **When to use**   For a server that answers `invalid_client` to the right secret when it holds other characters than
 * letters, digits and `*-._`: it does not decode them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const secretBasicAsItIs = (secret: OwnSecret): ClientAuth => ({
  _tag: "SecretBasic",
  secret: checked("secretBasicAsItIs", secret),
  written: "as it is"
})

/**
 * The secret in the form.
 *
 * **When to use**   For a server that takes it nowhere else.
 *
 * @category constructors
 * @since 0.1.0
 */
export const secretPost = (secret: OwnSecret): ClientAuth => ({
  _tag: "SecretPost",
  secret: checked("secretPost", secret)
})

/**
 * An assertion that is signed for each request: the server never holds what we prove ourselves with.
 *
 * **When to use**   Wherever the server offers it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const privateKeyJwt = (key: PrivateKey): ClientAuth => ({ _tag: "PrivateKeyJwt", key })

/**
 * A public client: only PKCE and the redirect address tie an answer to it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const none: ClientAuth = { _tag: "None" }

/**
 * Runs a request with the proof as the library wants it. It is made for each request, so that no secret is kept outside its
 * `Redacted`.
 *
 * @internal
 */
export const use = <A, R>(
  auth: ClientAuth,
  run: (auth: () => oauth.ClientAuth) => Effect.Effect<A, OAuthFailure, R>
): Effect.Effect<A, OAuthFailure, R> => {
  switch (auth._tag) {
    case "PrivateKeyJwt": {
      const { key, keyId } = auth.key
      return run(() => oauth.PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId }))
    }
    case "None":
      return run(() => oauth.None())
    default: {
      const prove = auth._tag === "SecretPost" ? oauth.ClientSecretPost : basic(auth.written)
      return withSecret(auth.secret, (secret) =>
        LiveSecrets.during(
          secret,
          run(() => prove(Redacted.value(secret)))
        )
      )
    }
  }
}

/**
 * The library encodes `-`, `_` and `.` too, which servers that do not decode take for a wrong secret; a form leaves them.
 *
 * @source RFC 6749, section 2.3.1 and appendix B
 */
const basic =
  (written: "form-encoded" | "as it is") =>
  (secret: string): oauth.ClientAuth =>
  (_, client, __, headers) => {
    const write = (text: string): string =>
      written === "as it is" ? text : new URLSearchParams({ "": text }).toString().slice(1)
    headers.set("authorization", `Basic ${btoa(`${write(client.client_id)}:${write(secret)}`)}`)
  }

const withSecret = <A, R>(
  own: OwnSecret,
  run: (secret: Redacted.Redacted<string>) => Effect.Effect<A, OAuthFailure, R>
): Effect.Effect<A, OAuthFailure, R> => {
  if (isFixed(own)) return run(own)
  const ask = (because: Because, previous: Issued | undefined): Effect.Effect<Issued, OAuthFailure> => {
    const rejected = new Set(previous === undefined ? [] : [previous.version])
    return Effect.flatMap(Effect.mapError(own.issue({ because, previous, rejected }), unavailable), (issued) =>
      Credential.defectOf(Redacted.value(issued.secret)) === undefined
        ? Effect.succeed(issued)
        : Effect.fail(new OAuthFailure({ reason: "misconfigured", at: "client", detail: "the secret cannot be sent" }))
    )
  }
  return Effect.flatMap(ask("start", undefined), (first) =>
    Effect.catch(run(first.secret), (failure) =>
      failure.reason !== "client-rejected"
        ? Effect.fail(failure)
        : Effect.flatMap(ask("rejected", first), (second) =>
            second.version === first.version ? Effect.fail(failure) : run(second.secret)
          )
    )
  )
}

const unavailable = ({ reason }: SourceFailure): OAuthFailure =>
  new OAuthFailure({
    reason: reason === "unavailable" ? "unreachable" : "misconfigured",
    at: "client",
    detail: `the client's own secret is not to be had (${reason})`
  })

const checked = (name: string, secret: OwnSecret): OwnSecret => {
  const defect = isFixed(secret) ? Credential.defectOf(Redacted.value(secret)) : undefined
  if (defect !== undefined) throw new RangeError(`ClientAuth.${name}: ${defect}`)
  return secret
}

const isFixed = (own: OwnSecret): own is Redacted.Redacted<string> => Redacted.isRedacted(own)
