/**
 * What a generator is told besides the contract: how signals reach Prometheus, where pages and dashboards are, and what of the
 * deployment no contract can know.
 *
 * Neighbours: every generator of this package takes it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Contract from "surety/Contract"
import * as ContractHash from "surety/signals/ContractHash"
import type { ExportProfile } from "surety/signals/ExportProfile"

/**
 * A queue of ours in front of a provider.
 *
 * **Details**   `maxAge`: how old its oldest item may be. `maxDepth`: items that may be ready, default no limit.
 *
 * @category models
 * @since 0.1.0
 */
export interface Queue {
  readonly maxAge: Duration.Input
  readonly maxDepth?: number
}

/**
 * **Details**   `profile`: how signals are spelled, default `effect`. `runbookBaseUrl`: where runbook pages are; by default the
 * contract's own runbook. `dashboardBaseUrl`: what a dashboard's uid is appended to, such as `https://grafana.example/d`.
 * `environment`: a label on everything generated. `selector`: labels of your targets that every query is narrowed to, such as
 * `{ namespace: "prod" }`; needed where one Prometheus scrapes several environments. `expectedCallsPerHour`: of the whole
 * provider; where it is low, fewer failures are enough to alert. `queues`: by name; those alerts exist only for them.
 * `credential`: `managed` (default) when the secret has a `Lifecycle` of `surety/credential`, which exports its life; `fixed`
 * when it is given as it is: nothing of its life is exported, so there is no alert of that and no panel, and `surety check
 * --rotated` watches it; what the provider refuses is seen in its answers.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly profile?: ExportProfile
  readonly runbookBaseUrl?: string
  readonly dashboardBaseUrl?: string
  readonly environment?: string
  readonly selector?: Readonly<Record<string, string>>
  readonly expectedCallsPerHour?: number
  readonly queues?: Readonly<Record<string, Queue>>
  readonly credential?: "managed" | "fixed"
}

/**
 * The name of the credential whose life is exported, when there is one.
 *
 * @category getters
 * @since 0.1.0
 */
export const watchedCredential = (
  { credentials }: Contract.Any,
  { credential = "managed" }: Options
): string | undefined => (credentials._tag === "NoCredential" || credential === "fixed" ? undefined : credentials.name)

/**
 * The name of a provider where a path or an identifier is needed.
 *
 * **Example** (Lower case, and nothing that a file system or an address minds)
 *
 * ```ts import.meta.vitest
 * import * as Options from "@surety/ops/Options"
 *
 * Options.slug("acme/Weather API") // => "acme-weather-api"
 * Options.slug("天気") === Options.slug("地図") // => false
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const slug = (provider: string): string =>
  provider
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    // of a name in another script nothing is left
    .replace(/^-|-$/g, "") || ContractHash.ofText(provider)

/**
 * The address of the runbook page of an alert: `<base>/<provider>/<alert>/`, or the contract's own runbook.
 *
 * @category links
 * @since 0.1.0
 */
export const runbookUrl = (contract: Contract.Any, options: Options, alert: string): string =>
  options.runbookBaseUrl === undefined
    ? contract.runbook
    : `${options.runbookBaseUrl.replace(/\/+$/, "")}/${slug(contract.id)}/${alert}/`

/**
 * The uid of a provider's dashboard: at most the 40 characters that Grafana allows.
 *
 * @category links
 * @since 0.1.0
 */
export const dashboardUid = (contract: Contract.Any): string => `surety-${slug(contract.id)}`.slice(0, 40)

/**
 * The address of a provider's dashboard, when it is known where dashboards are.
 *
 * @category links
 * @since 0.1.0
 */
export const dashboardUrl = (contract: Contract.Any, options: Options): string | undefined =>
  options.dashboardBaseUrl === undefined
    ? undefined
    : `${options.dashboardBaseUrl.replace(/\/+$/, "")}/${dashboardUid(contract)}`
