/**
 * How known servers treat a refresh token that is sent twice. Everything here is their default or their documentation;
 * what your administrator has set is written with `custom`.
 *
 * Neighbours: `RefreshGrant` takes one. Choose 0 when you do not know: it never loses a grant to a second send.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type { ReuseProfile } from "surety/credential/Tokens"

/**
 * A second use ends the whole grant.
 *
 * @source https://github.com/panva/node-oidc-provider, `lib/actions/grants/refresh_token.js` (9.13.3, measured)
 * @category constants
 * @since 0.1.0
 */
export const oidcProvider: ReuseProfile = { name: "oidc-provider", graceMillis: 0, rotates: "always" }

/**
 * `grace-period` is 0 unless it is set.
 *
 * @source https://curity.io/docs/identity-server/configuration-reference/profiles/profile/settings/authorization-server/refresh-token-revocation
 * @category constants
 * @since 0.1.0
 */
export const curity: ReuseProfile = { name: "curity", graceMillis: 0, rotates: "always" }

/**
 * `leeway` is 30 seconds unless it is set (0 to 60).
 *
 * @source https://developer.okta.com/docs/guides/refresh-tokens/refresh-token-rotation/
 * @category constants
 * @since 0.1.0
 */
export const okta: ReuseProfile = { name: "okta", graceMillis: 30_000, rotates: "always" }

/**
 * `rotatedReuseGracePeriod` is 5 seconds unless it is set.
 *
 * @source https://connect2id.com/blog/connect2id-server-14-2
 * @category constants
 * @since 0.1.0
 */
export const connect2id: ReuseProfile = { name: "connect2id", graceMillis: 5000, rotates: "always" }

/**
 * The leeway of its 3LO apps is 10 minutes.
 *
 * @source https://community.developer.atlassian.com/t/updated-31-january-2022-action-required-deprecating-persistent-refresh-tokens/54172
 * @category constants
 * @since 0.1.0
 */
export const atlassian: ReuseProfile = { name: "atlassian", graceMillis: 10 * 60_000, rotates: "always" }

/**
 * `leeway` is 0 unless it is set; only the token before the current one is answered within it. An application may be
 * configured not to rotate.
 *
 * @source https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation
 * @category constants
 * @since 0.1.0
 */
export const auth0: ReuseProfile = { name: "auth0", graceMillis: 0, rotates: "sometimes" }

/**
 * Another server, or another setting of a known one.
 *
 * **Details**   `grace`: how long after its first use the same token is answered again; default: never. `rotates`: does an
 * answer bring a new refresh token; default `always`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const custom = (
  name: string,
  options: { readonly grace?: Duration.Input; readonly rotates?: ReuseProfile["rotates"] } = {}
): ReuseProfile => ({
  name,
  graceMillis: options.grace === undefined ? 0 : Duration.toMillis(Duration.fromInputUnsafe(options.grace)),
  rotates: options.rotates ?? "always"
})
