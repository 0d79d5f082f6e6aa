/**
 * The tests of the alerts as files for `promtool test rules`, and the rule files that those tests must refuse.
 *
 * Neighbours: `Alert` has the tests; `Ops` puts them beside the rules.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Alert from "./Alert.ts"

/**
 * Tests that look within 20 minutes are evaluated every minute, later ones every ten: together they take seconds.
 *
 * @category models
 * @since 0.1.0
 */
export type Pace = "fast" | "slow"

const fastUntilMinutes = 20

/**
 * @category rules
 * @since 0.1.0
 */
export const paceOf = ({ atMinutes }: Alert.Test): Pace => (atMinutes <= fastUntilMinutes ? "fast" : "slow")

/**
 * The name of a test, in reports of promtool too.
 *
 * @category getters
 * @since 0.1.0
 */
export const nameOf = (alert: Alert.Alert, test: Pick<Alert.Test, "title">): string => `${alert.id} ${test.title}`

/**
 * A file of tests as promtool reads it.
 *
 * **Details**   `groups`: names of the groups of rules, in the order in which they need each other. `rules`: the path of the rule
 * file, from the test file.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toFile = (
  alerts: ReadonlyArray<Alert.Alert>,
  { groups, pace, rules }: { readonly groups: ReadonlyArray<string>; readonly pace: Pace; readonly rules: string }
): TestFile => ({
  rule_files: [rules],
  evaluation_interval: pace === "fast" ? "1m" : "10m",
  group_eval_order: groups,
  tests: alerts.flatMap((alert) =>
    alert.tests
      .filter((test) => paceOf(test) === pace)
      .map((test) => ({
        name: nameOf(alert, test),
        interval: "1m",
        input_series: test.inputs,
        alert_rule_test: [
          {
            eval_time: `${test.atMinutes}m`,
            alertname: alert.name,
            exp_alerts: test.expect.map(({ annotations, labels }) => ({
              exp_labels: labels,
              exp_annotations: annotations
            }))
          }
        ]
      }))
  )
})

/**
 * @category models
 * @since 0.1.0
 */
export interface TestFile {
  readonly rule_files: ReadonlyArray<string>
  readonly evaluation_interval: string
  readonly group_eval_order: ReadonlyArray<string>
  readonly tests: ReadonlyArray<unknown>
}

/**
 * Rule sets that each hold one damaged rule for as many alerts as do not disturb each other, with the tests that must fail.
 *
 * **Details**   Alerts of one name are never damaged together: a test of one name sees them all.
 *
 * @category mutation
 * @since 0.1.0
 */
export const mutants = (alerts: ReadonlyArray<Alert.Alert>): ReadonlyArray<Mutant> => {
  const rounds: Array<{ readonly damaged: Map<string, Alert.Mutation>; readonly names: Set<string> }> = []
  for (const alert of alerts) {
    for (const mutation of alert.mutations) {
      let round = rounds.find(({ names }) => !names.has(alert.name))
      if (round === undefined) rounds.push((round = { damaged: new Map(), names: new Set() }))
      round.names.add(alert.name)
      round.damaged.set(alert.id, mutation)
    }
  }
  return rounds.map(({ damaged }) => ({
    alerts: alerts.map((alert) => ({ ...alert, expr: damaged.get(alert.id)?.expr ?? alert.expr })),
    mustFail: alerts.flatMap((alert) => {
      const mutation = damaged.get(alert.id)
      return mutation === undefined ? [] : [{ test: nameOf(alert, { title: mutation.caughtBy }), what: mutation.what }]
    })
  }))
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Mutant {
  readonly alerts: ReadonlyArray<Alert.Alert>
  readonly mustFail: ReadonlyArray<{ readonly test: string; readonly what: string }>
}
