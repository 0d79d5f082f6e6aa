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
import * as Redacted from "effect/Redacted"
import * as oauth from "oauth4webapi"
import * as Credential from "surety/Credential"
import type { PrivateKey } from "./PrivateKey.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type ClientAuth =
  | { readonly _tag: "SecretBasic"; readonly secret: Redacted.Redacted<string> }
  | { readonly _tag: "SecretPost"; readonly secret: Redacted.Redacted<string> }
  | { readonly _tag: "PrivateKeyJwt"; readonly key: PrivateKey }
  | { readonly _tag: "None" }

/**
 * The secret in the `authorization` header.
 *
 * **Failures**   `RangeError` for a secret that ends in a line break, is empty, or cannot be sent; it is not quoted.
 *
 * @category constructors
 * @since 0.1.0
 */
export const secretBasic = (secret: Redacted.Redacted<string>): ClientAuth => ({
  _tag: "SecretBasic",
  secret: checked("secretBasic", secret)
})

/**
 * The secret in the form.
 *
 * **When to use**   For a server that takes it nowhere else.
 *
 * @category constructors
 * @since 0.1.0
 */
export const secretPost = (secret: Redacted.Redacted<string>): ClientAuth => ({
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
 * As the library wants it; made for each request, so that no secret is kept outside its `Redacted`.
 *
 * @internal
 */
export const toLibrary = (auth: ClientAuth): oauth.ClientAuth => {
  switch (auth._tag) {
    case "SecretBasic":
      return oauth.ClientSecretBasic(Redacted.value(auth.secret))
    case "SecretPost":
      return oauth.ClientSecretPost(Redacted.value(auth.secret))
    case "PrivateKeyJwt": {
      const { key, keyId } = auth.key
      return oauth.PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId })
    }
    case "None":
      return oauth.None()
  }
}

const checked = (name: string, secret: Redacted.Redacted<string>): Redacted.Redacted<string> => {
  const defect = Credential.defectOf(Redacted.value(secret))
  if (defect !== undefined) throw new RangeError(`ClientAuth.${name}: ${defect}`)
  return secret
}
