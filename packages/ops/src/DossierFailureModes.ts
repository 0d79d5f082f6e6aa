/**
 * The failure modes of an integration, as an incident begins: what somebody notices, what the integration does by itself,
 * what callers see, and which alert tells.
 *
 * Neighbours: `DossierArchitecture` shows it above the failures themselves.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as CircuitAlerts from "./alerts/CircuitAlerts.ts"
import * as ContractAlerts from "./alerts/ContractAlerts.ts"
import * as CredentialAlerts from "./alerts/CredentialAlerts.ts"
import * as FallbackAlerts from "./alerts/FallbackAlerts.ts"
import * as LimitAlerts from "./alerts/LimitAlerts.ts"
import * as LocalAlerts from "./alerts/LocalAlerts.ts"
import * as OutcomeAlerts from "./alerts/OutcomeAlerts.ts"
import * as RetryAlerts from "./alerts/RetryAlerts.ts"
import * as SloAlerts from "./alerts/SloAlerts.ts"
import * as StoreAlerts from "./alerts/StoreAlerts.ts"
import * as Amount from "./Amount.ts"
import type { Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import type { DossierSource } from "./DossierSource.ts"
import * as Options from "./Options.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const section = (source: DossierSource): Section =>
  Doc.section("failure-modes", "Failure modes and strategy", [
    Doc.table(
      "What can go wrong, and what then happens without anybody doing anything. The name of an alert leads to its runbook.",
      ["What goes wrong", "What happens", "What callers see", "Who is told"],
      modesOf(source).map(({ alerts, does, seen, what }): ReadonlyArray<Text> => {
        const known = alerts.filter((name) => source.alerts.some((alert) => alert.name === name))
        return [
          what,
          does,
          seen,
          known.length === 0
            ? "nobody: the signals show it"
            : Doc.join(
                known.map((name) => Doc.link(name, Options.runbookUrl(source.contract, source.options, name))),
                ", "
              )
        ]
      }),
      [17, 30, 25]
    )
  ])

interface Mode {
  readonly what: string
  readonly does: string
  readonly seen: string
  readonly alerts: ReadonlyArray<string>
}

const modesOf = ({ contract, explanation, options }: DossierSource): ReadonlyArray<Mode> => {
  const { limits, operations } = explanation
  const total = Amount.times(operations.map((one) => one.totalMillis))
  const degraded = operations.some((one) => one.fallback !== "none")
  const keyed = operations.some((one) => one.plan._tag === "Key")
  return [
    {
      what: "It is down or unreachable",
      does: `${retries(operations.map((one) => one.maxRequests))}, then ${
        limits.breaker.trip._tag === "None"
          ? "fails; the circuit never opens by itself"
          : "opens the circuit and probes until it is back"
      }`,
      seen: degraded
        ? "a declared fallback, marked as degraded, else an error"
        : `RetriesExhausted${operations.some((one) => one.kind === "mutation") ? " (of mutations: OutcomeUnknown)" : ""}, then NotAttempted (CircuitOpen) at once`,
      alerts: [SloAlerts.burn, CircuitAlerts.open, FallbackAlerts.degraded]
    },
    {
      what: "It is slow",
      does: `ends each attempt after ${Amount.times(operations.map((one) => one.attemptMillis))}; ${Amount.number(limits.concurrency)} calls run at once, ${Amount.number(limits.queue)} wait, the rest are refused`,
      seen: `an error after ${total}, by operation`,
      alerts: [SloAlerts.latency, SloAlerts.burn, LocalAlerts.fault]
    },
    {
      what: "It throttles us",
      does: `waits as long as it says, within the deadline; ${limits.onThrottled === "pause" ? "pauses every caller meanwhile" : "pauses only the call that was told"}`,
      seen: "a slower answer, or NotAttempted (RateLimitSaturated)",
      alerts: [LimitAlerts.limited, LimitAlerts.saturation, LimitAlerts.queueing]
    },
    {
      what: "An answer to a mutation is lost",
      does: keyed
        ? "sends it again under the same key, so that it is applied once"
        : "sends it again only where a repeat is safe",
      seen: "the answer, or OutcomeUnknown with the way to reconcile it",
      alerts: [OutcomeAlerts.unknown]
    },
    ...(contract.credentials._tag === "NoCredential"
      ? []
      : [
          {
            what: "It refuses our credential",
            ...(options.credential === "fixed"
              ? {
                  does: "has no other than the fixed key, and asks again with it on the next call; the circuit does not count it",
                  seen: "the declared failure, or NotAttempted (CredentialRejected)"
                }
              : {
                  does: "asks for a new secret once, and sends the request once more; the circuit does not count it",
                  seen: "nothing, or what the operation declares, else NotAttempted (CredentialRejected)"
                }),
            alerts: [
              CredentialAlerts.refused,
              CredentialAlerts.refreshFailing,
              CredentialAlerts.unavailable,
              CredentialAlerts.expiring
            ]
          }
        ]),
    {
      what: "It answers what the contract does not know",
      does: "reads nothing into it: an undeclared status or a body that does not decode is drift, and counted",
      seen: "UndeclaredStatus or ContractViolation, without the body",
      alerts: [ContractAlerts.drift]
    },
    {
      what: "It announces the end of an operation",
      does: "reads the notice from the answer and shows the days that are left",
      seen: "nothing",
      alerts: [ContractAlerts.sunset]
    },
    {
      what: "We send too much",
      does: "keeps to the declared limits, bounds the queue and stops retrying when the retry budget is spent",
      seen: "NotAttempted (BulkheadFull, RateLimitSaturated)",
      alerts: [LocalAlerts.fault, RetryAlerts.exhausted, RetryAlerts.amplified]
    },
    {
      what: "A shared store of limits or circuit is down",
      does:
        limits.onStoreError === "open"
          ? "goes on with what this process knows"
          : "refuses calls until the store is back",
      seen: limits.onStoreError === "open" ? "nothing" : "NotAttempted (StoreUnavailable)",
      // without the store each process goes on by itself, and no call fails for it
      alerts: [...(limits.onStoreError === "open" ? [] : [LocalAlerts.fault]), StoreAlerts.failing]
    },
    {
      what: "The caller is wrong or gives up",
      does: "sends nothing a second time; an interrupted call gives back its permits",
      seen: "the declared failure by its tag",
      alerts: []
    }
  ]
}

const retries = (requests: ReadonlyArray<number>): string => {
  const most = Math.max(1, ...requests)
  return most === 1 ? "tries once" : `sends a call up to ${most} times in all, with jittered waits`
}
