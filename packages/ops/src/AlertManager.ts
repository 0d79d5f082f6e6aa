/**
 * Who is told, and what is kept back because something else says it already.
 *
 * Neighbours: `AlertRules` has the labels that this routes by; the receivers themselves are yours: `Receivers` reads them from
 * a file, `AlertManagerFile` keeps them where you wrote them.
 *
 * @source Alertmanager 0.25, configuration
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import type * as Alert from "./Alert.ts"
import * as CircuitAlerts from "./alerts/CircuitAlerts.ts"
import * as CredentialAlerts from "./alerts/CredentialAlerts.ts"
import * as ContractAlerts from "./alerts/ContractAlerts.ts"
import * as FallbackAlerts from "./alerts/FallbackAlerts.ts"
import * as QueueAlerts from "./alerts/QueueAlerts.ts"
import * as RetryAlerts from "./alerts/RetryAlerts.ts"
import * as SloAlerts from "./alerts/SloAlerts.ts"
import type * as Ops from "./Options.ts"

/**
 * How long Alertmanager gathers, and when it says something again. Durations of Alertmanager.
 *
 * @category models
 * @since 0.1.0
 */
export interface Pace {
  readonly group_wait: string
  readonly group_interval: string
  readonly repeat_interval: string
}

/**
 * **Details**   `receivers`: what stands beside the name of a receiver (`receiverName`), such as
 * `{ webhook_configs: [{ url }] }`; a receiver that is not there tells nobody. `pace`: default 30 s, 5 min and 4 h for pages,
 * 5 min, 1 h and 24 h for tickets. `selector`: that of the rules, whose labels tell one deployment from another.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly receivers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly pace?: Partial<Record<Alert.Severity, Pace>>
  readonly selector?: Ops.Options["selector"]
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Config {
  readonly route: Route
  readonly receivers: ReadonlyArray<{ readonly name: string } & Readonly<Record<string, unknown>>>
  readonly inhibit_rules: ReadonlyArray<Inhibition>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Route extends Partial<Pace> {
  readonly receiver: string
  readonly matchers?: ReadonlyArray<string>
  readonly group_by?: ReadonlyArray<string>
  readonly routes?: ReadonlyArray<Route>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Inhibition {
  readonly source_matchers: ReadonlyArray<string>
  readonly target_matchers: ReadonlyArray<string>
  readonly equal: ReadonlyArray<string>
}

/**
 * The receiver of an owner's pages or tickets.
 *
 * **Example** (Two for each owner)
 *
 * ```ts import.meta.vitest
 * import { AlertManager } from "@surety/ops"
 *
 * AlertManager.receiverName("team-checkout", "page") // => "team-checkout page"
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const receiverName = (owner: string, severity: Alert.Severity): string => `${owner} ${severity}`

/** What no route takes. */
const nobody = "nobody"

const provider = "integration_provider_name"

/**
 * The labels that two alerts must have in common before one may silence the other: the provider, the environment, and those
 * of the selector. One that neither alert has counts as common.
 *
 * **Example** (An alert of staging is none of production's)
 *
 * ```ts import.meta.vitest
 * import { AlertManager } from "@surety/ops"
 *
 * AlertManager.deployment({ selector: { namespace: "shop" } }) // => ["integration_provider_name", "environment", "namespace"]
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const deployment = ({ selector }: Pick<Options, "selector">): ReadonlyArray<string> => [
  ...new Set([provider, "environment", ...Object.keys(selector ?? {})])
]

const usualPace: Readonly<Record<Alert.Severity, Pace>> = {
  page: { group_wait: "30s", group_interval: "5m", repeat_interval: "4h" },
  ticket: { group_wait: "5m", group_interval: "1h", repeat_interval: "24h" }
}

/**
 * The configuration for any number of contracts.
 *
 * **Details**   Alerts of one provider, environment, name and severity are told together. An alert whose owner is not among the contracts goes to
 * the receiver `nobody`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (contracts: ReadonlyArray<Contract.Any>, options: Options): Config => {
  const owners = ownersOf(contracts)
  return {
    route: {
      receiver: nobody,
      group_by: [...deployment(options), "alertname", "severity"],
      routes: owners.map(({ owner, severity }) => ({
        receiver: receiverName(owner, severity),
        matchers: [is("owner", owner), is("severity", severity), `${provider}!=""`],
        ...(options.pace?.[severity] ?? usualPace[severity])
      }))
    },
    receivers: [nobody, ...receiverNames(contracts)].map((name) => ({ name, ...options.receivers?.[name] })),
    inhibit_rules: inhibitions(options)
  }
}

/**
 * The receivers that the routes of these contracts lead to.
 *
 * @category getters
 * @since 0.1.0
 */
export const receiverNames = (contracts: ReadonlyArray<Contract.Any>): ReadonlyArray<string> =>
  ownersOf(contracts).map(({ owner, severity }) => receiverName(owner, severity))

const ownersOf = (contracts: ReadonlyArray<Contract.Any>) =>
  [...new Set(contracts.map(({ owner }) => owner))]
    .sort()
    .flatMap((owner) => (["page", "ticket"] as const).map((severity) => ({ owner, severity })))

const quote = (value: string): string => `"${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`

const is = (label: string, value: string): string => `${label}=${quote(value)}`

const named = (...names: ReadonlyArray<string>): string =>
  names.length === 1 ? is("alertname", names[0] ?? "") : `alertname=~${quote(names.join("|"))}`

/**
 * What is kept back while something else fires. Every rule holds for one provider in one environment only.
 *
 * **Details**   An open circuit never hides a burning budget: a cause must not hide what callers feel. A credential that
 * cannot be used does, because nothing else helps then; one that cannot be renewed does not, because calls go on. One that the
 * provider refuses hides nothing: no circuit counts that, and a quarter of the calls is enough for it, so that what burns may
 * be something else. An open circuit and a credential that cannot be used say why fallbacks are served, and hold
 * that ticket back; a circuit that somebody isolated does not, because what callers get meanwhile is what it costs.
 *
 * @category constructors
 * @since 0.1.0
 */
export const inhibitions = (options: Pick<Options, "selector">): ReadonlyArray<Inhibition> => {
  const common = deployment(options)
  return [
    {
      source_matchers: [is("alertname", SloAlerts.burn), 'long=~"1h|6h"'],
      target_matchers: [is("alertname", SloAlerts.burn), 'long=~"1d|3d"'],
      equal: [...common, "slo"]
    },
    {
      source_matchers: [named(CircuitAlerts.open)],
      target_matchers: [
        named(
          CircuitAlerts.flapping,
          FallbackAlerts.degraded,
          RetryAlerts.exhausted,
          RetryAlerts.amplified,
          SloAlerts.latency,
          QueueAlerts.backlog
        )
      ],
      equal: common
    },
    {
      source_matchers: [named(CredentialAlerts.unavailable)],
      target_matchers: [
        named(SloAlerts.burn, FallbackAlerts.degraded, CircuitAlerts.open, QueueAlerts.stale, QueueAlerts.backlog)
      ],
      equal: common
    },
    ...[CredentialAlerts.expiring, ContractAlerts.sunset].map((name) => ({
      source_matchers: [is("alertname", name), `horizon="${name === ContractAlerts.sunset ? "14d" : "3d"}"`],
      target_matchers: [is("alertname", name), `horizon="${name === ContractAlerts.sunset ? "90d" : "14d"}"`],
      equal: [...common, name === ContractAlerts.sunset ? "integration_operation_name" : "credential_name"]
    }))
  ]
}
