/**
 * An alert as data: its rule, why it exists, the tests that prove it fires and stays silent, and the damage to it that those
 * tests must notice. Rule files, runbooks and dossiers print it.
 *
 * Neighbours: `AlertRules` has all alerts of a contract; `RuleTests` writes the tests for `promtool`.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * `page` wakes somebody up, `ticket` waits for working hours.
 *
 * @category models
 * @since 0.1.0
 */
export type Severity = "page" | "ticket"

/**
 * One series of a test, in promtool's notation of values.
 *
 * @category models
 * @since 0.1.0
 */
export interface Input {
  readonly series: string
  readonly values: string
}

/**
 * An alert that fires, with what whoever is told reads.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fired {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/**
 * **Details**   `positive`: the alert fires. `negative`: something that looks like it happens, and it does not. Samples come
 * every minute; `atMinutes` is when somebody looks. `expect`: everything that fires under this alert's name then.
 *
 * @category models
 * @since 0.1.0
 */
export interface Test {
  readonly kind: "positive" | "negative"
  readonly title: string
  readonly atMinutes: number
  readonly inputs: ReadonlyArray<Input>
  readonly expect: ReadonlyArray<Fired>
}

/**
 * The alert with one number changed.
 *
 * **Details**   `caughtBy`: the test that then fails.
 *
 * @category models
 * @since 0.1.0
 */
export interface Mutation {
  readonly what: string
  readonly expr: string
  readonly caughtBy: string
}

/**
 * **Details**   `id` is unique in a contract; several alerts may have one `name`, and share its runbook page. `meaning`: one
 * sentence for people. `for` and `keepFiringFor` are durations of Prometheus.
 *
 * @category models
 * @since 0.1.0
 */
export interface Alert {
  readonly id: string
  readonly name: string
  readonly meaning: string
  readonly expr: string
  readonly for: string | undefined
  readonly keepFiringFor: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly tests: ReadonlyArray<Test>
  readonly mutations: ReadonlyArray<Mutation>
}

/**
 * @category getters
 * @since 0.1.0
 */
export const severityOf = ({ labels }: Alert): Severity => (labels["severity"] === "page" ? "page" : "ticket")
