/**
 * Everything for the servers, as texts by file name.
 *
 * Neighbours: `RecordingRules`, `AlertRules`, `RuleTests` and `AlertManager` make the values.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as Selector from "surety/signals/Selector"
import * as AlertManager from "./AlertManager.ts"
import * as AlertManagerFile from "./AlertManagerFile.ts"
import type * as Alert from "./Alert.ts"
import * as AlertRules from "./AlertRules.ts"
import * as Dashboard from "./Dashboard.ts"
import type { Options as Options_ } from "./Options.ts"
import * as Origin from "./Origin.ts"
import type * as Receivers from "./Receivers.ts"
import * as RecordingRules from "./RecordingRules.ts"
import * as RuleTests from "./RuleTests.ts"
import * as Vocabulary from "./Vocabulary.ts"
import * as Yaml from "./Yaml.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Options = Options_

/**
 * The rule files of a contract, their tests, and a configuration of Alertmanager for it.
 *
 * **Details**   The same contract and options give the same texts. `promtool test rules rules_test.yml rules_slow_test.yml` runs
 * the tests.
 *
 * **Example** (What there is)
 *
 * ```ts import.meta.vitest
 * import { Ops } from "@surety/ops"
 * import { Stripe } from "@surety/stripe"
 *
 * Object.keys(Ops.files(Stripe.contract)) // => ["rules.yml", "rules_test.yml", "rules_slow_test.yml", "alertmanager.yml"]
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const files = (contract: Contract.Any, options: RoutingOptions = {}): Files => ({
  ...ruleFiles(contract, options),
  "alertmanager.yml": alertmanager([contract], options)
})

/**
 * **Details**   `receivers`: who is told, by `AlertManager.receiverName`. Without them they are written into `alertmanager.yml`
 * by hand, between its marks.
 *
 * @category models
 * @since 0.1.0
 */
export interface RoutingOptions extends Options, Origin.Origin {
  readonly receivers?: Receivers.Receivers
}

/**
 * The rules of one provider and their tests: one folder for each, where there are several.
 *
 * @category conversions
 * @since 0.1.0
 */
export const ruleFiles = (
  contract: Contract.Any,
  options: Options & Origin.Origin = {}
): Omit<Files, "alertmanager.yml"> => {
  const alerts = AlertRules.make(contract, options)
  const tests = (pace: RuleTests.Pace): string =>
    Yaml.toYaml(
      RuleTests.toFile(alerts, { groups: groupNames(contract, options), pace, rules: "rules.yml" }),
      Origin.header([contract], options)
    )
  return {
    "rules.yml": rulesYaml(contract, options, alerts),
    "rules_test.yml": tests("fast"),
    "rules_slow_test.yml": tests("slow")
  }
}

/**
 * The one configuration of Alertmanager for any number of providers.
 *
 * @category conversions
 * @since 0.1.0
 */
export const alertmanager = (contracts: ReadonlyArray<Contract.Any>, options: RoutingOptions): string => {
  const { receivers, selector } = options
  return AlertManagerFile.toText(
    AlertManager.make(contracts, {
      ...(receivers === undefined ? {} : { receivers }),
      ...(selector === undefined ? {} : { selector })
    }),
    Origin.header(contracts, options),
    receivers === undefined ? "yours" : "given"
  )
}

/**
 * @category models
 * @since 0.1.0
 */
export type Files = Readonly<
  Record<"rules.yml" | "rules_test.yml" | "rules_slow_test.yml" | "alertmanager.yml", string>
>

/**
 * The rule file with these alerts, which are the contract's own unless somebody tests the tests.
 *
 * @category conversions
 * @since 0.1.0
 */
export const rulesYaml = (
  contract: Contract.Any,
  options: Options & Origin.Origin,
  alerts: ReadonlyArray<Alert.Alert>
): string =>
  Yaml.toYaml(
    {
      groups: [
        ...RecordingRules.make(contract, options).map(({ interval, name, rules }) => ({
          name,
          ...(interval === undefined ? {} : { interval }),
          rules
        })),
        { name: RecordingRules.groupName(contract, "alerts"), rules: AlertRules.toRules(alerts) }
      ]
    },
    Origin.header([contract], options)
  )

/**
 * Every selector, with its matchers, of every recording rule, alert and dashboard panel: what a process of this contract must
 * show on its first scrape.
 *
 * **When to use**   In the telemetry test of an application: `TelemetryContract.check(app, { contracts: [Stripe], selectors })`.
 *
 * **Details**   Without what rules record themselves, what only a process with another contract would show, what an exporter
 * counts of itself (it may be none of the application's), and the labels that Prometheus gives to a target
 * (`options.selector`).
 *
 * **Example** (The alert of the retry budget asks for a gauge)
 *
 * ```ts import.meta.vitest
 * import { Ops } from "@surety/ops"
 * import { Stripe } from "@surety/stripe"
 *
 * const selectors = Ops.selectorsOf(Stripe.contract, { profile: "otlp" })
 * selectors.includes('integration_retry_budget_available_ratio{integration_provider_name="surety/Stripe"}') // => true
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const selectorsOf = (
  contract: Contract.Any,
  { environment: _, selector: __, ...options }: Options = {}
): ReadonlyArray<string> => {
  const vocabulary = Vocabulary.make(Vocabulary.contractSeries(contract, options), [], options)
  const expressions = [
    ...RecordingRules.make(contract, options).flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ...AlertRules.make(contract, options).map(({ expr }) => expr),
    ...Dashboard.make(contract, options).expressions
  ]
  const selectors = expressions.flatMap(Selector.within).filter((one) => Vocabulary.emits(vocabulary, one))
  return [...new Set(selectors.map(({ text }) => text))].sort()
}

const groupNames = (contract: Contract.Any, options: Options): ReadonlyArray<string> => [
  ...RecordingRules.make(contract, options).map(({ name }) => name),
  RecordingRules.groupName(contract, "alerts")
]
