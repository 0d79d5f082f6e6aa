/**
 * How a credential's life is led: every number of it, with its default, in one place.
 *
 * Neighbours: `Lifecycle` takes it; `RefreshWindow` and `NegativeCache` hold the rules that use it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * **Details**   All durations are finite and longer than zero.
 *
 * `advisoryWindow`, `mandatoryWindow`, `skew`: the caps of `RefreshWindow`; each is also a fraction of the lifetime
 * (20 %, 5 %, 10 %), whichever is smaller. `issueTimeout`: how long a source may take. `rejectedCooldown`: after the
 * provider refused a secret and its source had no better one, how long further refusals are taken as they are.
 * `retireAfter`: how long a secret that was replaced stays readable, for calls that hold it; then it is wiped; a
 * provider's layer makes it longer than the longest of its calls. `keepAliveEvery`: renews a grant that nobody uses
 * (default: never; the expiry metric tells). `onClose`: whether the issuer is told when the scope closes;
 * `revokeTimeout` bounds that. `start`: `eager` asks when the layer is built, and fails it; `lazy` at the first call.
 * `renewal`: whether an end that comes near needs a person (for the metric). Default: `manual` for a static secret,
 * `auto` for one that its source renews.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly advisoryWindow?: Duration.Input
  readonly mandatoryWindow?: Duration.Input
  readonly skew?: Duration.Input
  readonly issueTimeout?: Duration.Input
  readonly rejectedCooldown?: Duration.Input
  readonly retireAfter?: Duration.Input
  readonly keepAliveEvery?: Duration.Input
  readonly onClose?: "keep" | "revoke"
  readonly revokeTimeout?: Duration.Input
  readonly start?: "eager" | "lazy"
  readonly renewal?: "auto" | "manual"
}

/**
 * A policy without gaps, in milliseconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Policy {
  readonly advisoryMillis: number
  readonly mandatoryMillis: number
  readonly skewMillis: number
  readonly issueMillis: number
  readonly cooldownMillis: number
  readonly retireMillis: number
  readonly keepAliveMillis: number | undefined
  readonly onClose: "keep" | "revoke"
  readonly revokeMillis: number
  readonly start: "eager" | "lazy"
  readonly renewal: "auto" | "manual" | undefined
}

/**
 * What holds where an option is left out.
 *
 * **Example** (Read them)
 *
 * ```ts import.meta.vitest
 * import { Policy } from "surety/credential"
 *
 * Policy.defaults.issueTimeout // => "10 seconds"
 * ```
 *
 * @category constants
 * @since 0.1.0
 */
export const defaults = {
  advisoryWindow: "5 minutes",
  mandatoryWindow: "1 minute",
  skew: "5 seconds",
  issueTimeout: "10 seconds",
  rejectedCooldown: "30 seconds",
  retireAfter: "5 minutes",
  onClose: "keep",
  revokeTimeout: "3 seconds",
  start: "eager"
} as const satisfies Options

/**
 * Fills the defaults in.
 *
 * **Failures**   `RangeError` naming the option and what was given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Policy => ({
  advisoryMillis: read("advisoryWindow", options.advisoryWindow ?? defaults.advisoryWindow),
  mandatoryMillis: read("mandatoryWindow", options.mandatoryWindow ?? defaults.mandatoryWindow),
  skewMillis: read("skew", options.skew ?? defaults.skew),
  issueMillis: read("issueTimeout", options.issueTimeout ?? defaults.issueTimeout),
  cooldownMillis: read("rejectedCooldown", options.rejectedCooldown ?? defaults.rejectedCooldown),
  retireMillis: read("retireAfter", options.retireAfter ?? defaults.retireAfter),
  keepAliveMillis: options.keepAliveEvery === undefined ? undefined : read("keepAliveEvery", options.keepAliveEvery),
  onClose: options.onClose ?? defaults.onClose,
  revokeMillis: read("revokeTimeout", options.revokeTimeout ?? defaults.revokeTimeout),
  start: options.start ?? defaults.start,
  renewal: options.renewal
})

const read = (field: string, input: Duration.Input): number => {
  const duration = Duration.fromInput(input)
  const millis = duration._tag === "Some" ? Duration.toMillis(duration.value) : Number.NaN
  if (!(millis > 0) || !Number.isFinite(millis)) {
    throw new RangeError(`Credential policy: ${field} must be a finite duration longer than zero, got ${String(input)}`)
  }
  return millis
}
