/**
 * Alerts about the circuit: open, opening and closing in turn, forgotten by whoever opened it.
 *
 * Neighbours: `LimitAlerts` has the other guards.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SignalName from "surety/signals/SignalName"
import type * as Alert from "../Alert.ts"
import * as AlertDraft from "../AlertDraft.ts"
import type * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"
import * as Demand from "./Demand.ts"

/** @category names @since 0.1.0 */
export const open = "IntegrationCircuitOpen"

/** @category names @since 0.1.0 */
export const flapping = "IntegrationCircuitFlapping"

/** @category names @since 0.1.0 */
export const isolated = "IntegrationCircuitIsolated"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (query: Query.Query): ReadonlyArray<Alert.Alert> =>
  [
    // a circuit that never opens can still be isolated
    ...(query.contract.limits.breaker.trip._tag === "None" ? [] : [openDraft(query), flappingDraft(query)]),
    isolatedDraft(query)
  ].flatMap((draft) => AlertDraft.make(query, draft))

type State = (typeof SignalName.circuitStates)[number]

const is = (query: Query.Query, state: State): string => query.series(SignalName.circuitState, [["state", "=", state]])

const sample = (query: Query.Query, state: State): string => query.sample(SignalName.circuitState, { state })

const openDraft = (query: Query.Query): AlertDraft.Draft => {
  const ofProcess = (state: State, instance: string): string =>
    query.sample(SignalName.circuitState, { state, instance })
  const calls = Samples.failing(query)
  const fires = "fires when the circuit was open for five minutes at one call a minute, also while it probes"
  const isolated = "stays silent when somebody isolated the circuit"
  const hidden = "fires for a process whose circuit is open while another one is isolated"
  const over = "stays silent when nobody calls any more, though the circuit stays open"
  const minutes = Demand.minutes(query.options)
  return {
    name: open,
    summary: "the circuit is open, and calls are refused",
    meaning: `For two minutes no process had its circuit closed, not even between two probes, and somebody calls: the provider does not work for any of them. A process whose circuit somebody isolated by hand does not count. It ends when a circuit closes, or ${minutes} minutes after the last call: nothing but a call closes a circuit.`,
    expr: `max ${query.by()} (\n  max_over_time(${is(query, "closed")}[2m])\n  unless ignoring (state) max_over_time(${is(query, "isolated")}[2m]) == 1\n) == 0\nand ${Demand.calls(query)} > 0`,
    severity: "page",
    trials: [
      {
        title: fires,
        atMinutes: 10,
        inputs: [
          Samples.steps(sample(query, "closed"), [
            [1, 5],
            [0, 1]
          ]),
          Samples.repeating(sample(query, "half-open"), [0, 1]),
          Samples.constant(sample(query, "isolated"), 0),
          calls
        ],
        labels: {}
      },
      {
        title: hidden,
        atMinutes: 10,
        inputs: [
          Samples.constant(ofProcess("closed", "a"), 0),
          Samples.constant(ofProcess("isolated", "a"), 1),
          Samples.constant(ofProcess("closed", "b"), 0),
          Samples.constant(ofProcess("isolated", "b"), 0),
          calls
        ],
        labels: {}
      },
      {
        title: "stays silent when the circuit closes again every other minute",
        atMinutes: 20,
        inputs: [
          Samples.repeating(sample(query, "closed"), [0, 1]),
          Samples.repeating(sample(query, "open"), [1, 0]),
          Samples.constant(sample(query, "isolated"), 0),
          calls
        ]
      },
      {
        title: "stays silent when one of two processes reaches the provider",
        atMinutes: 10,
        inputs: [Samples.constant(ofProcess("closed", "a"), 0), Samples.constant(ofProcess("closed", "b"), 1), calls]
      },
      {
        title: isolated,
        atMinutes: 10,
        inputs: [Samples.constant(sample(query, "closed"), 0), Samples.constant(sample(query, "isolated"), 1), calls]
      },
      {
        title: over,
        atMinutes: minutes + 10,
        inputs: [
          Samples.constant(sample(query, "closed"), 0),
          Samples.constant(sample(query, "isolated"), 0),
          Samples.failing(query, 8)
        ]
      }
    ],
    damage: [
      { from: "[2m]", to: "[20m]", caughtBy: fires },
      { from: "== 1", to: "== 2", caughtBy: isolated },
      { from: "ignoring (state)", to: "on ()", caughtBy: hidden },
      { from: "> 0", to: ">= 0", caughtBy: over },
      // a call a minute is enough
      { from: "> 0", to: "> 15", caughtBy: fires },
      {
        from: "max_over_time",
        to: "min_over_time",
        caughtBy: "stays silent when the circuit closes again every other minute"
      }
    ]
  }
}

const flappingDraft = (query: Query.Query): AlertDraft.Draft => {
  const transition = (from: State, to: State): string => query.sample(SignalName.circuitTransitions, { from, to })
  const opened = query.series(SignalName.circuitTransitions, [
    ["from", "=", "closed"],
    ["to", "=", "open"]
  ])
  const title = "fires when a circuit opened six times in half an hour"
  return {
    name: flapping,
    summary: "the circuit opens and closes in turn",
    meaning:
      "The circuit of one process opened at least four times in 30 minutes, each time after it had closed: the provider is not down and not well, or the breaker is too nervous for it. Probes that failed are not counted.",
    expr: `max ${query.by()} (increase(${opened}[30m])) >= 4`,
    severity: "ticket",
    trials: [
      {
        title,
        atMinutes: 40,
        inputs: [Samples.growing(transition("closed", "open"), 1 / 5)],
        labels: {}
      },
      {
        title: "stays silent when it opened once and every probe failed",
        atMinutes: 40,
        inputs: [
          Samples.steps(transition("closed", "open"), [
            [0, 5],
            [1, 1]
          ]),
          Samples.growing(transition("half-open", "open"), 10)
        ]
      }
    ],
    damage: [
      { from: ">= 4", to: ">= 40", caughtBy: title },
      {
        from: 'from="closed"',
        to: 'from!="open"',
        caughtBy: "stays silent when it opened once and every probe failed"
      }
    ]
  }
}

const isolatedDraft = (query: Query.Query): AlertDraft.Draft => {
  const title = "fires when a circuit was isolated for half an hour"
  return {
    name: isolated,
    summary: "the circuit was isolated by hand, and still is",
    meaning:
      "Somebody has kept every call away from the provider for more than half an hour. When the reason is gone, close the circuit.",
    expr: `max ${query.by()} (${is(query, "isolated")}) == 1`,
    forMinutes: 30,
    severity: "ticket",
    trials: [
      { title, atMinutes: 40, inputs: [Samples.constant(sample(query, "isolated"), 1)], labels: {} },
      {
        title: "stays silent when it was closed again after ten minutes",
        atMinutes: 40,
        inputs: [
          Samples.steps(sample(query, "isolated"), [
            [1, 10],
            [0, 1]
          ])
        ]
      }
    ],
    damage: [{ from: "== 1", to: "== 2", caughtBy: title }]
  }
}
