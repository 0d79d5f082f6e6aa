/**
 * Every alert of a contract, and nothing that could never fire: an alert exists where the contract makes its cause possible.
 *
 * Neighbours: `Alert` is what one is; the folder `alerts` has them by subject; `Ops` puts them into a file.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as ExportProfile from "surety/signals/ExportProfile"
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "./Alert.ts"
import * as AlertDraft from "./AlertDraft.ts"
import * as AuditAlerts from "./alerts/AuditAlerts.ts"
import * as CircuitAlerts from "./alerts/CircuitAlerts.ts"
import * as ContractAlerts from "./alerts/ContractAlerts.ts"
import * as CredentialAlerts from "./alerts/CredentialAlerts.ts"
import * as FallbackAlerts from "./alerts/FallbackAlerts.ts"
import * as LimitAlerts from "./alerts/LimitAlerts.ts"
import * as LocalAlerts from "./alerts/LocalAlerts.ts"
import * as OutcomeAlerts from "./alerts/OutcomeAlerts.ts"
import * as QueueAlerts from "./alerts/QueueAlerts.ts"
import * as RetryAlerts from "./alerts/RetryAlerts.ts"
import * as SloAlerts from "./alerts/SloAlerts.ts"
import * as StoreAlerts from "./alerts/StoreAlerts.ts"
import type { Options } from "./Options.ts"
import * as Query from "./Query.ts"

/**
 * The alerts of a contract, in the order of the runbook: what callers feel, then what explains it.
 *
 * **Details**   A contract without operations has nothing that is called: what is left is its telemetry, its credential with the audit trail, and its queues.
 *
 * **Example** (Who is woken up for a provider of medium criticality: nobody)
 *
 * ```ts import.meta.vitest
 * import { AlertRules } from "@surety/ops"
 * import { Stripe } from "@surety/stripe"
 *
 * const alerts = AlertRules.make({ ...Stripe.contract, criticality: "medium" })
 * alerts.filter(({ labels }) => labels["severity"] === "page").length // => 0
 * alerts[0]?.name // => "IntegrationSloBurn"
 * alerts[0]?.tests.map(({ kind }) => kind) // => ["positive", "negative"]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (contract: Contract.Any, options: Options = {}): ReadonlyArray<Alert.Alert> => {
  const query = Query.make(contract, options)
  const isCalled = Object.keys(contract.operations).length > 0
  return [
    ...(isCalled ? [SloAlerts, FallbackAlerts, CircuitAlerts, LimitAlerts, LocalAlerts, StoreAlerts, RetryAlerts] : []),
    CredentialAlerts,
    AuditAlerts,
    OutcomeAlerts,
    ContractAlerts,
    QueueAlerts
  ]
    .flatMap((subject) => subject.make(query))
    .filter(({ expr }) => isCalled || !asksForCalls(expr, options))
}

/** Does an expression name what only an operation emits? */
const asksForCalls = (expr: string, { profile = "effect" }: Options): boolean => {
  const named = Query.metricsOf(expr)
  return ofOperations.some((signal) =>
    ["", "_count", "_bucket"].some((part) => named.has(ExportProfile.metric(profile, signal) + part))
  )
}

const ofOperations = [SignalName.operationDuration, SignalName.contractViolations, SignalName.sunsetTime]

/**
 * The names of the alerts, each once: as many runbook pages are needed.
 *
 * @category getters
 * @since 0.1.0
 */
export const names = (alerts: ReadonlyArray<Alert.Alert>): ReadonlyArray<string> => [
  ...new Set(alerts.map(({ name }) => name))
]

/**
 * Rules as Prometheus reads them.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toRules = (alerts: ReadonlyArray<Alert.Alert>): ReadonlyArray<Rule> =>
  alerts.map((alert) => ({
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for === undefined ? {} : { for: alert.for }),
    ...(alert.keepFiringFor === undefined ? {} : { keep_firing_for: alert.keepFiringFor }),
    // labels are templates to Prometheus as well, and ours have none in them
    labels: Object.fromEntries(Object.entries(alert.labels).map(([name, text]) => [name, AlertDraft.template(text)])),
    annotations: alert.annotations
  }))

/**
 * @category models
 * @since 0.1.0
 */
export interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly keep_firing_for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}
