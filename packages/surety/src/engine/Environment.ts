/**
 * What is compiled once, when a provider's layer is built: the provider's environment and
 * one entry per operation. Nothing here changes afterwards.
 *
 * Neighbours: `Service` makes it; `Call` and the attempts read it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Rule } from "../Backoff.ts"
import type { Detailed } from "../CallMetadata.ts"
import type * as Contract from "../Contract.ts"
import type * as Credential from "../Credential.ts"
import type * as Degradation from "../Degradation.ts"
import type { Plan } from "../Idempotency.ts"
import type { StaleValues } from "../StaleValues.ts"
import type { Kind } from "../RetryMatrix.ts"
import type { Attempt } from "./Attempt.ts"
import type { Call } from "./Call.ts"
import type { Asking, BreakerStore, LimiterStore } from "./GuardStore.ts"
import type { Guards } from "./Guards.ts"
import type { Share } from "./Limiter.ts"
import type { Rules } from "./Mutation.ts"
import type { OperationSignals } from "./Signals.ts"
import type { AttemptSpan } from "./Spans.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Environment {
  readonly contract: Contract.Any
  readonly guards: Guards
  readonly context: Context.Context<never>
  readonly credential: { readonly declared: Credential.Credential; readonly source: Credential.Credentials } | undefined
  readonly limiterStore: LimiterStore | undefined
  readonly breakerStore: BreakerStore | undefined
  /** Carried by the stores: how they are asked. */
  readonly asking: Asking | undefined
}

/**
 * The methods of a service, as far as other operations use them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Methods {
  readonly [name: string]:
    | { readonly detailed: (request: unknown) => Effect.Effect<Detailed<unknown>, unknown> }
    | undefined
}

/**
 * An operation, ready to be called.
 *
 * **Details**   `attempt` makes the next attempt of a call. `prepare` encodes the request once per call;
 * what it throws is a failure of the request. `lookup` asks whether a lost mutation was
 * applied.
 *
 * @category models
 * @since 0.1.0
 */
export interface Compiled {
  readonly name: string
  readonly fullName: string
  readonly kind: Kind
  readonly attemptMillis: number
  readonly totalMillis: number
  readonly rules: Readonly<Record<string, Rule>>
  readonly maxAttempts: number
  readonly plan: Plan | undefined
  readonly hedgeMillis: number | undefined
  /** Sends a second copy; carried by the declaration of the hedge. */
  readonly hedge: ((call: Call) => void) | undefined
  readonly shares: ReadonlyArray<Share>
  readonly fallback: Degradation.Fallback<unknown, unknown, never> | undefined
  readonly stale: StaleValues | undefined
  readonly environment: Environment
  readonly signals: OperationSignals
  readonly attemptSpan: AttemptSpan
  readonly usesCredential: "yes" | "no"
  /** What the credential must have been granted. */
  readonly scopes: ReadonlyArray<string>
  /** Response headers that go into the metadata, in lower case. */
  readonly expose: ReadonlyArray<string>
  readonly attempt: (call: Call, number: number) => Attempt
  readonly prepare: ((request: unknown) => unknown) | undefined
  /** What a mutation adds; carried by the operation. */
  readonly mutating: Rules | undefined
  readonly lookup:
    | ((request: unknown, marker: string, reachMillis: number) => Effect.Effect<unknown, unknown>)
    | undefined
}
