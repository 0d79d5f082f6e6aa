/**
 * What an integration shows of itself, metric by metric, in the order in which an operator asks: calls, requests, what is left
 * open, retries, guards, credentials, what the provider changes.
 *
 * Neighbours: `DossierMonitoring` shows it; `docs/signals.md` says the same of every metric there is.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as ExportProfile from "surety/signals/ExportProfile"
import * as SignalName from "surety/signals/SignalName"
import * as Amount from "./Amount.ts"
import type { Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import type { DossierSource } from "./DossierSource.ts"
import * as Vocabulary from "./Vocabulary.ts"

const meanings: ReadonlyArray<readonly [signal: SignalName.Signal, says: string]> = [
  [SignalName.operationDuration, "How long calls took, retries and waits included, by how they ended."],
  [SignalName.attempts, "Attempts that were made, by why."],
  [SignalName.requestDuration, "How long single requests took, answer included."],
  [SignalName.activeRequests, "Requests that are on their way."],
  [SignalName.fallbacks, "Calls that were answered by a fallback."],
  [SignalName.cacheRequests, "Answers that were kept, by what came of asking for them."],
  [SignalName.unknown, "Mutations of which nobody knows at present whether they were applied."],
  [SignalName.unknownAge, "For how long the oldest unknown outcome has been unknown."],
  [SignalName.unknownCalls, "Mutations of which nobody knew whether they were applied."],
  [SignalName.reconciled, "Unknown outcomes that were found out."],
  [SignalName.idempotencyKeys, "Idempotency keys, by what became of them."],
  [SignalName.retrySuppressed, "Retries that were not made, by why."],
  [SignalName.retryDelay, "How long calls waited before a retry."],
  [SignalName.retryBudget, "The part of the retry budget that is left."],
  [SignalName.circuitState, "1 for the state in which the circuit is."],
  [SignalName.circuitTransitions, "Changes of the circuit's state."],
  [SignalName.circuitRejections, "Calls that the open circuit refused."],
  [SignalName.concurrencyInFlight, "Attempts that hold a permit."],
  [SignalName.concurrencyQueued, "Calls that wait for a permit."],
  [SignalName.concurrencyLimit, "Attempts that may hold a permit at one time."],
  [SignalName.concurrencyRejections, "Calls that were refused because too many waited for a permit."],
  [SignalName.rateLimit, "What a rate limit allows in its period."],
  [SignalName.rateRemaining, "What is left of a rate limit."],
  [SignalName.rateResetTime, "When a rate limit is whole again, in seconds since 1970."],
  [SignalName.rateWait, "How long calls waited for a rate limit."],
  [SignalName.rateRejections, "Calls that were refused for their rate, by whom."],
  [SignalName.quotaUsed, "What is used of a quota."],
  [SignalName.quotaLimit, "What a quota allows in its period."],
  [SignalName.quotaResetTime, "When a quota is whole again, in seconds since 1970."],
  [SignalName.storeErrors, "Failures of the store that guards share."],
  [SignalName.credentialState, "1 for the state in which the credential is."],
  [
    SignalName.credentialExpiryTime,
    "When the secret in use ends, in seconds since 1970; 0 as long as no end is known."
  ],
  [SignalName.credentialRefreshes, "Renewals of a credential, by how they ended."],
  [SignalName.contractViolations, "Answers and requests that did not keep the contract."],
  [SignalName.deprecationResponses, "Answers that announced the end of an operation."],
  [SignalName.sunsetTime, "When an operation ends, in seconds since 1970; 0 when nothing was announced."],
  [SignalName.contractInfo, "1, with the version, hash, owner and criticality of the contract."]
]

/**
 * @category rules
 * @since 0.1.0
 */
export const section = ({ contract, options }: DossierSource): Section => {
  const profile = options.profile ?? "effect"
  const found = new Map<string, { readonly kind: string; count: number; readonly attributes: Set<string> }>()
  for (const { attributes, kind, name } of Vocabulary.contractSeries(contract, options)) {
    const one = found.get(name) ?? { kind, count: 0, attributes: new Set<string>() }
    one.count++
    for (const attribute of Object.keys(attributes)) {
      if (attribute !== SignalName.provider) one.attributes.add(ExportProfile.label(profile, attribute))
    }
    found.set(name, one)
  }
  const fixed =
    contract.credentials._tag === "Credential" && options.credential === "fixed"
      ? " Of the credential there is none: it is a fixed key."
      : ""
  return Doc.section("signals", "Signals", [
    Doc.paragraph(
      `Every series exists from the start, counters at 0, so that the first event is seen.${fixed} Names are those of the export profile `,
      Doc.code(profile),
      ". Each call has a span, each attempt one below it."
    ),
    Doc.table(
      `${Amount.count(
        [...found.values()].reduce((sum, one) => sum + one.count, 0),
        "series",
        "series"
      )} in ${Amount.count(found.size, "metric")}.`,
      ["Metric", "Says", "Kind", "Series #", "By"],
      meanings.flatMap(([signal, says]): ReadonlyArray<ReadonlyArray<Text>> => {
        const one = found.get(signal.name)
        if (one === undefined) return []
        const by = [...one.attributes].map(Doc.code)
        return [
          [
            [Doc.code(ExportProfile.metric(profile, signal))],
            says,
            one.kind,
            String(one.count),
            by.length === 0 ? "the provider" : Doc.join(by, ", ")
          ]
        ]
      }),
      [26, 30]
    )
  ])
}
