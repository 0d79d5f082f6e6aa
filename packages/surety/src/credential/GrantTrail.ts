/**
 * What the audit trail is told of a shared grant: it was refreshed, it is dead, somebody put a new one.
 *
 * Event ids are made of the key and the version, so the same fact told by two processes is one event.
 *
 * Neighbours: `GrantFlight` and `SharedGrant` write here; `Lifecycle` writes all other events.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Audit } from "./Audit.ts"
import { type GrantPayload, versionOf } from "./GrantPayload.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface GrantTrail {
  readonly audit: Audit
  readonly key: string
  readonly provider: string
  readonly credential: string
}

/**
 * @category running
 * @since 0.1.0
 */
export const record = (
  trail: GrantTrail,
  kind: "refreshed" | "reauthorize" | "administered",
  payload: GrantPayload,
  purpose: string,
  detail?: string
): Effect.Effect<void> =>
  Effect.clockWith((clock) =>
    Effect.sync(() =>
      trail.audit.record({
        id: `${trail.key}/${versionOf(payload)}/${kind}`,
        kind,
        actor: trail.audit.actor,
        purpose,
        provider: trail.provider,
        credential: trail.credential,
        version: versionOf(payload),
        fingerprint: trail.audit.fingerprint(Redacted.value(payload.tokens.accessToken)),
        wallMillis: clock.currentTimeMillisUnsafe(),
        monotonicMillis: Number(clock.monotonicTimeNanosUnsafe()) / 1e6,
        ...(detail === undefined ? {} : { detail })
      })
    )
  )
