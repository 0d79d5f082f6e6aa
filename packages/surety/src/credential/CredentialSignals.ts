/**
 * What a credential tells operators: the metrics of its life, registered at 0 when it is made.
 *
 * Neighbours: `Custody` updates them; names follow those of `engine/Signals`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Counter, Registry } from "../engine/Signals.ts"
import * as CredentialSeries from "../signals/CredentialSeries.ts"
import * as LogEvent from "../signals/LogEvent.ts"
import * as SignalName from "../signals/SignalName.ts"
import type { Failing } from "./Unavailable.ts"

/**
 * Why a refresh failed: the reasons of a `SourceFailure`, and a new secret that the provider refused.
 *
 * @category models
 * @since 0.1.0
 */
export const errorTypes = CredentialSeries.errorTypes

/**
 * How the credential is, for the gauge `integration.credential.state`: one series per state, at 1 for the one that
 * holds. `degraded`: the secret is good and the last refresh failed.
 *
 * @category models
 * @since 0.1.0
 */
export const healths = CredentialSeries.healths

/** @category models @since 0.1.0 */
export type Health = (typeof healths)[number]

/** @category models @since 0.1.0 */
export type Renewal = (typeof CredentialSeries.renewals)[number]

/**
 * @category models
 * @since 0.1.0
 */
export class CredentialSignals {
  readonly succeeded: Counter
  readonly failed: Readonly<Record<(typeof errorTypes)[number], Counter>>
  #end: { readonly atMillis: number; readonly renewal: Renewal } | undefined = undefined

  constructor(registry: Registry, name: string, health: () => Health) {
    const refreshes = (rest: Readonly<Record<string, string>>) =>
      registry.counter(SignalName.credentialRefreshes, { [SignalName.credentialName]: name, ...rest })
    const failure = (type: string) => refreshes({ outcome: "failure", "error.type": type })
    this.succeeded = refreshes({ outcome: "success" })
    this.failed = {
      unavailable: failure("unavailable"),
      rejected: failure("rejected"),
      misconfigured: failure("misconfigured"),
      reauthorize: failure("reauthorize"),
      rotation_failed: failure("rotation_failed")
    }
    for (const state of healths) {
      const gauge = registry.gauge(SignalName.credentialState, { [SignalName.credentialName]: name, state })
      gauge.read = () => (health() === state ? 1 : 0)
    }
    for (const renewal of CredentialSeries.renewals) {
      const gauge = registry.gauge(SignalName.credentialExpiryTime, { [SignalName.credentialName]: name, renewal })
      gauge.read = () => (this.#end?.renewal === renewal ? this.#end.atMillis / 1000 : 0)
    }
  }

  /** The end of the secret that is held now, where it has one; of the one before it nothing is left. */
  ends(atMillis: number | undefined, renewal: Renewal): void {
    this.#end = atMillis === undefined || !Number.isFinite(atMillis) ? undefined : { atMillis, renewal }
  }

  /** A refresh failed: an event for whoever is on duty. */
  static refreshFailed(
    provider: string,
    credential: string,
    source: string,
    { detail, failures, reason }: Failing,
    waitMillis: number,
    serving: string | undefined
  ): Effect.Effect<void> {
    return Effect.logError(LogEvent.refreshFailed).pipe(
      Effect.annotateLogs({
        "integration.provider.name": provider,
        "credential.name": credential,
        "credential.source": source,
        "error.type": reason,
        detail,
        failures,
        ask_again_seconds: Math.ceil(waitMillis / 1000),
        serving: serving === undefined ? "nothing" : `version ${serving}`
      })
    )
  }

  /** A new secret was refused, and the one before it is in use again. */
  static rotationFailed(provider: string, credential: string, refused: string, serving: string): Effect.Effect<void> {
    return Effect.logError(LogEvent.rotationFailed).pipe(
      Effect.annotateLogs({
        "integration.provider.name": provider,
        "credential.name": credential,
        refused: `version ${refused}`,
        serving: `version ${serving}`
      })
    )
  }
}
