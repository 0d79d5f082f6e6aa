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
 * provider; where it is low, fewer failures are enough to alert, and a burn rings until the next call. `queues`: by name;
 * those alerts exist only for them. `credential`: `managed` (default) when the secret has a `Lifecycle` of `surety/credential`, which exports its life; `fixed`
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
 * The name of a provider where a path or an identifier is needed: a folder, an address, the name of an entity.
 *
 * **Details**   At most 63 characters. An ordinary id (`team/Name`, `my-team/Name`, `Name`) is its own words in lower case;
 * another one, whose words alone would be those of an ordinary id too, has a part of its hash behind them, and so has a long
 * one.
 *
 * **Gotchas**   Ids that differ in nothing but upper case are not told apart, as on a file system of Windows.
 *
 * **Example** (Lower case, and nothing that a file system or an address minds)
 *
 * ```ts import.meta.vitest
 * import * as Options from "@surety/ops/Options"
 *
 * Options.slug("acme/Weather") // => "acme-weather"
 * Options.slug("acme-Weather") // => "acme-weather-696708d7"
 * Options.slug("天気") === Options.slug("地図") // => false
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const slug = (provider: string): string => {
  const words = provider
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
  // of a name in another script nothing is left
  if (words === "") return ContractHash.ofText(provider)
  return isOrdinary(provider) && words.length <= 63 ? words : marked(words, 63, provider)
}

/** Of these no two have the same words: the last hyphen was the slash. */
const isOrdinary = (provider: string): boolean => /^([a-z0-9]+(-[a-z0-9]+)*\/)?[a-z0-9]+$/i.test(provider)

/** The beginning of a text, and what tells its provider apart. */
const marked = (words: string, length: number, provider: string): string => {
  const hash = ContractHash.ofText(provider).slice(-8)
  return `${words.slice(0, length - hash.length - 1).replace(/-$/, "")}-${hash}`
}

/**
 * The address of the runbook page of an alert: `<base>/<provider>/<alert>/`, or the contract's own runbook.
 *
 * @category links
 * @since 0.1.0
 */
export const runbookUrl = (contract: Contract.Any, options: Options, alert: string): string =>
  options.runbookBaseUrl === undefined ? contract.runbook : `${runbooksUrl(contract, options.runbookBaseUrl)}${alert}/`

/**
 * The address below which the runbook pages of a provider are.
 *
 * @category links
 * @since 0.1.0
 */
export const runbooksUrl = ({ id }: Contract.Any, runbookBaseUrl: string): string =>
  `${runbookBaseUrl.replace(/\/+$/, "")}/${slug(id)}/`

/**
 * The uid of a provider's dashboard: at most the 40 characters that Grafana allows, and another one for each provider whose
 * `slug` is another one.
 *
 * @category links
 * @since 0.1.0
 */
export const dashboardUid = ({ id }: Contract.Any): string => {
  const name = slug(id)
  return `surety-${name.length <= 33 ? name : marked(name, 33, id)}`
}

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
