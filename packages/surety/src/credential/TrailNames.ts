/**
 * Under which names the audit trail files what a source does by itself: those of the provider that it was made for.
 *
 * `SharedGrant` writes events of its own (`refreshed`, `reauthorize`). Without this they would stand beside the trail of
 * the credential, and not in it.
 *
 * Neighbours: `Lifecycle.layer` says it to the source that it makes; `SharedGrant` reads it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * @category models
 * @since 0.1.0
 */
export interface TrailNames {
  readonly provider: string
  readonly credential: string
}

/**
 * `undefined`: the source is made outside of a provider's layer.
 *
 * @category services
 * @since 0.1.0
 */
export const TrailNames: Context.Reference<TrailNames | undefined> = Context.Reference<TrailNames | undefined>(
  "surety/credential/TrailNames",
  { defaultValue: () => undefined }
)
