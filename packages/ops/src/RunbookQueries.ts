/**
 * The three questions of a runbook page to Prometheus, ready to paste: over the last minutes, and for one provider. They name
 * only series that the contract registers.
 *
 * Neighbours: `RunbookTopic` says which subject an alert has; `Query` spells.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as SeriesCatalog from "surety/signals/SeriesCatalog"
import * as SignalName from "surety/signals/SignalName"
import type * as Options from "./Options.ts"
import * as Query from "./Query.ts"
import * as QueueSignal from "./QueueSignal.ts"
import type { Subject } from "./RunbookTopic.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Question {
  readonly asks: string
  readonly expr: string
}

/**
 * Three questions.
 *
 * @category rules
 * @since 0.1.0
 */
export const make = (
  contract: Contract.Any,
  options: Options.Options,
  subject: Subject | undefined
): ReadonlyArray<Question> => {
  const asked = questionsOf(Query.make(contract, options), new Set(SeriesCatalog.of(contract).map(({ name }) => name)))
  const own = asked.bySubject[subject ?? "objective"]
  return [...own, ...asked.usual.filter(({ expr }) => own.every((one) => one.expr !== expr))].slice(0, 3)
}

/**
 * Which calls of any operation are open.
 *
 * @category rules
 * @since 0.1.0
 */
export const open = (contract: Contract.Any, options: Options.Options): ReadonlyArray<Question> =>
  make(contract, options, "outcome").slice(0, 1)

const questionsOf = (query: Query.Query, known: ReadonlySet<string>) => {
  const { by, series } = query
  const { circuitState, errorType, operation, operationDuration } = SignalName
  const rate = (
    signal: SignalName.Signal,
    over: string,
    matchers: ReadonlyArray<Query.Matcher> = [],
    part?: Query.Part
  ): string => `rate(${series(signal, matchers, part)}[${over}])`
  const increase = (signal: SignalName.Signal, over: string, matchers: ReadonlyArray<Query.Matcher> = []): string =>
    `increase(${series(signal, matchers)}[${over}])`
  /** Only where the contract has the series. */
  const where = (signal: SignalName.Signal, ...questions: ReadonlyArray<Question>): ReadonlyArray<Question> =>
    known.has(signal.name) ? questions : []

  const failing: Question = {
    asks: "Which operations fail, with what, whose fault is it, and how often a second?",
    expr: `sum ${by(operation, errorType, SignalName.errorFault)} (${rate(operationDuration, "5m", [[errorType, "!=", ""]], "count")}) > 0`
  }
  const share: Question = {
    asks: "Which share of the calls ends other than well, by operation? (0.01 is 1 %)",
    expr: `sum ${by(operation)} (${rate(operationDuration, "5m", [[SignalName.outcome, "!=", "success"]], "count")}) / (sum ${by(operation)} (${rate(operationDuration, "5m", [], "count")}) > 0)`
  }
  const slow: Question = {
    asks: "How long does the slowest hundredth take, by operation, in seconds?",
    expr: `histogram_quantile(0.99, sum ${by("le", operation)} (${rate(operationDuration, "10m", [], "bucket")})) >= 0`
  }
  const states: Question = {
    asks: "In which state is the circuit, and on how many processes?",
    expr: `sum ${by("state")} (${series(circuitState)}) > 0`
  }
  const attempts: Question = {
    asks: "How many attempts are there for each call?",
    expr: `sum ${by()} (${rate(SignalName.attempts, "10m")}) / (sum ${by()} (${rate(operationDuration, "10m", [], "count")}) > 0)`
  }
  const sink = query.label(SignalName.auditSink)
  const bySubject: Readonly<Record<Subject, ReadonlyArray<Question>>> = {
    objective: [failing, share, slow],
    circuit: [
      states,
      {
        asks: "How often did it change its state in the last hour, from what to what?",
        expr: `sum ${by("from", "to")} (${increase(SignalName.circuitTransitions, "1h")}) > 0`
      },
      failing
    ],
    latency: [
      slow,
      ...where(SignalName.requestDuration, {
        asks: "How long does the slowest hundredth of the attempts take, without our own waits, in seconds?",
        expr: `histogram_quantile(0.99, sum ${by("le", operation)} (${rate(SignalName.requestDuration, "10m", [], "bucket")})) >= 0`
      }),
      ...where(SignalName.rateWait, {
        asks: "How long do calls wait for each of our limits, on average, in seconds?",
        expr: `sum ${by(SignalName.limitName)} (${rate(SignalName.rateWait, "10m", [], "sum")}) / (sum ${by(SignalName.limitName)} (${rate(SignalName.rateWait, "10m", [], "count")}) > 0)`
      })
    ],
    fallback: [
      {
        asks: "Which share of the answers is a fallback, by operation? (1 is all)",
        expr: `sum ${by(operation)} (${rate(operationDuration, "5m", [[SignalName.outcome, "=", "degraded"]], "count")}) / (sum ${by(operation)} (${rate(operationDuration, "5m", [], "count")}) > 0)`
      },
      states,
      ...where(SignalName.requestDuration, {
        asks: "What does the provider answer instead, and how often a second?",
        expr: `sum ${by(operation, "http.response.status_code", errorType)} (${rate(SignalName.requestDuration, "5m", [[errorType, "!=", ""]], "count")}) > 0`
      })
    ],
    isolation: [
      states,
      {
        asks: "When did somebody isolate it: changes of state in the last day, from what to what?",
        expr: `sum ${by("from", "to")} (${increase(SignalName.circuitTransitions, "1d")}) > 0`
      },
      {
        asks: "How many calls a second are refused meanwhile?",
        expr: `sum ${by()} (${rate(SignalName.circuitRejections, "5m")})`
      }
    ],
    local: [
      {
        asks: "Which operations end by our own fault, in which way, and how often a second?",
        expr: `sum ${by(SignalName.operation, SignalName.errorType)} (${rate(SignalName.operationDuration, "5m", [[SignalName.errorFault, "=", "local"]], "count")}) > 0`
      },
      {
        asks: "Which share of the places is taken? (1 is all)",
        expr: `sum ${by()} (${series(SignalName.concurrencyInFlight)}) / sum ${by()} (${series(SignalName.concurrencyLimit)})`
      },
      {
        asks: "How often a second does the store that processes share fail?",
        expr: `sum ${by()} (${rate(SignalName.storeErrors, "5m")})`
      }
    ],
    store: [
      {
        asks: "How often a second does the store fail, on which processes? (All of them: it is the store.)",
        expr: `sum by (job, instance) (${rate(SignalName.storeErrors, "5m")}) > 0`
      },
      {
        asks: "Who refuses since, we or the provider, and how often a second?",
        expr: `sum ${by("source")} (${rate(SignalName.rateRejections, "5m")})`
      },
      states
    ],
    limits: [
      ...where(SignalName.rateRemaining, {
        asks: "Which share of each bucket was left at the worst moment of the last 10 minutes?",
        expr: `min ${by(SignalName.limitName)} (min_over_time(${series(SignalName.rateRemaining)}[10m]) / (${series(SignalName.rateLimit)} > 0))`
      }),
      {
        asks: "Who refuses, we or the provider, and how often a second?",
        expr: `sum ${by("source")} (${rate(SignalName.rateRejections, "5m")})`
      },
      {
        asks: "How many attempts a second does each operation send?",
        expr: `sum ${by(operation)} (${rate(SignalName.attempts, "5m")})`
      }
    ],
    retries: [
      {
        asks: "How much of the retry budget is left, on the worst process?",
        expr: `min ${by()} (${series(SignalName.retryBudget)})`
      },
      attempts,
      {
        asks: "Why were retries left out in the last 10 minutes?",
        expr: `sum ${by("reason")} (${increase(SignalName.retrySuppressed, "10m")}) > 0`
      }
    ],
    credential: [
      {
        asks: "How did refreshes go in the last 15 minutes, by credential and by what failed?",
        expr: `sum ${by(SignalName.credentialName, "outcome", errorType)} (${increase(SignalName.credentialRefreshes, "15m")})`
      },
      {
        asks: "How many seconds are left until each credential ends?",
        expr: `min ${by(SignalName.credentialName)} (${series(SignalName.credentialExpiryTime)} > 0) - time()`
      },
      failing
    ],
    refusal: [
      ...where(SignalName.requestDuration, {
        asks: "Which operations are answered 401, and how often a second?",
        expr: `sum ${by(operation)} (${rate(SignalName.requestDuration, "5m", [["http.response.status_code", "=", "401"]], "count")}) > 0`
      }),
      {
        asks: "On which processes? (Those that are not here call nobody, or are well.)",
        expr: `sum by (job, instance) (${
          known.has(SignalName.requestDuration.name)
            ? rate(SignalName.requestDuration, "5m", [["http.response.status_code", "=", "401"]], "count")
            : rate(operationDuration, "5m", [[SignalName.outcome, "=", "failure"]], "count")
        }) > 0`
      },
      {
        asks: "How many requests a second are sent again with a renewed secret?",
        expr: `sum ${by(operation)} (${rate(SignalName.attempts, "5m", [["attempt.type", "=", "auth_replay"]])}) > 0`
      },
      failing
    ],
    outcome: [
      ...where(
        SignalName.unknown,
        {
          asks: "Which operations have calls whose outcome is not known?",
          expr: `sum ${by(operation)} (${series(SignalName.unknown)}) > 0`
        },
        {
          asks: "How old is the oldest of them, in seconds?",
          expr: `max ${by(operation)} (${series(SignalName.unknownAge)})`
        }
      ),
      {
        asks: "How many were settled in the last hour?",
        expr: `sum ${by(operation)} (${increase(SignalName.reconciled, "1h")})`
      }
    ],
    keys: where(SignalName.idempotencyKeys, {
      asks: "Which operations met a conflict in the last hour?",
      expr: `sum ${by(operation)} (${increase(SignalName.idempotencyKeys, "1h", [["result", "=", "conflict"]])}) > 0`
    }),
    drift: [
      {
        asks: "Which operations get answers that do not fit, and how, in the last hour?",
        expr: `sum ${by(operation, "violation")} (${increase(SignalName.contractViolations, "1h")}) > 0`
      },
      failing
    ],
    sunset: [
      {
        asks: "How many days are left, by operation?",
        expr: `(min ${by(operation)} (${series(SignalName.sunsetTime)} > 0) - time()) / 86400`
      },
      {
        asks: "Which operations still get notices, by kind, in the last day?",
        expr: `sum ${by(operation, "kind")} (${increase(SignalName.deprecationResponses, "1d")}) > 0`
      },
      {
        asks: "How often is each operation still called, in the last day?",
        expr: `sum ${by(operation)} (increase(${series(operationDuration, [], "count")}[1d]))`
      }
    ],
    telemetry: [
      {
        asks: "How many processes report, and which contract? (Nothing: none does.)",
        expr: `count ${by("hash", "version")} (${series(SignalName.contractInfo)})`
      },
      {
        asks: "How many reported an hour ago?",
        expr: `count ${by("hash", "version")} (${series(SignalName.contractInfo)} offset 1h)`
      },
      {
        asks: "How many seconds ago did one report last, in the last 6 hours? (To the minute.)",
        expr: `time() - max(max_over_time(timestamp(${series(SignalName.contractInfo)})[6h:1m]))`
      }
    ],
    audit: [
      {
        asks: "How many events were lost in the last hour, by sink, on which process?",
        expr: `sum by (${sink}, job, instance) (increase(${query.process(SignalName.auditDropped)}[1h])) > 0`
      },
      {
        asks: "How many does each process keep, because the sink has not taken them yet?",
        expr: `sum by (${sink}, job, instance) (${query.process(SignalName.auditBuffered)})`
      },
      {
        asks: "How many deliveries failed in the last hour?",
        expr: `sum by (${sink}, job, instance) (increase(${query.process(SignalName.auditSinkErrors)}[1h])) > 0`
      }
    ],
    loss: [
      {
        asks: "What was given up in the last hour, by signal and reason, on all processes of this Prometheus?",
        expr: `sum by (signal, reason) (increase(${query.process(SignalName.telemetryDropped)}[1h])) > 0`
      },
      {
        asks: "On which of them?",
        expr: `sum by (job, instance) (increase(${query.process(SignalName.telemetryDropped)}[1h])) > 0`
      },
      {
        asks: "How many processes report, and which contract? (Nothing: none does.)",
        expr: `count ${by("hash", "version")} (${series(SignalName.contractInfo)})`
      }
    ],
    queue: [
      {
        asks: "How old is the oldest item of each queue, in seconds?",
        expr: `max ${by(QueueSignal.queue)} (${series(QueueSignal.oldestAge)})`
      },
      {
        asks: "How many items does each queue hold, by state?",
        expr: `sum ${by(QueueSignal.queue, "state")} (${series(QueueSignal.depth)})`
      },
      {
        asks: "What became of items in the last 15 minutes?",
        expr: `sum ${by(QueueSignal.queue, "outcome")} (${increase(QueueSignal.messages, "15m")})`
      }
    ]
  }
  return { bySubject, usual: [failing, share, states, attempts] }
}
