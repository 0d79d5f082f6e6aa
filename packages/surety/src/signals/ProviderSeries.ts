/**
 * The series that all operations of a provider share, declared into a sink, each exactly once.
 *
 * Neighbours: `OperationSeries` has those of one operation, `CredentialSeries` those of a credential.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "../Contract.ts"
import type { RateLimit } from "../RateLimit.ts"
import * as ContractHash from "./ContractHash.ts"
import { byValue } from "./OperationSeries.ts"
import { durationBounds, type Sink } from "./Series.ts"
import * as SignalName from "./SignalName.ts"

/**
 * A bucket that fills over an hour or more is a quota: what matters of it is whether it lasts.
 *
 * @category constants
 * @since 0.1.0
 */
export const quotaFromMillis = 3_600_000

/**
 * @category models
 * @since 0.1.0
 */
export interface BucketSeries<out G> {
  readonly limit: G
  readonly remaining: G
  readonly resetTime: G
  readonly quota: { readonly used: G; readonly limit: G; readonly resetTime: G } | undefined
}

/**
 * **Details**   `transitions`: by `from to`.
 *
 * @category models
 * @since 0.1.0
 */
export interface ProviderSeries<out C, out G, out H> {
  readonly info: G
  readonly states: Readonly<Record<(typeof SignalName.circuitStates)[number], G>>
  readonly transitions: ReadonlyMap<string, C>
  readonly circuitRejections: C
  readonly concurrencyRejections: C
  readonly inFlight: G
  readonly concurrency: G
  readonly queued: G
  readonly budget: G
  readonly retryDelay: H
  readonly rateRejections: Readonly<Record<(typeof SignalName.limitSources)[number], C>>
  readonly storeErrors: C
  /** A provider without buckets has no waits. */
  readonly rateWaits: ReadonlyMap<string, H>
  readonly buckets: ReadonlyMap<string, BucketSeries<G>>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = <C, G, H>(sink: Sink<C, G, H>, contract: Contract.Any): ProviderSeries<C, G, H> => {
  const gauge = (signal: SignalName.Signal<"gauge">): G => sink.gauge(signal, {})
  const counter = (signal: SignalName.Signal<"counter">): C => sink.counter(signal, {})
  const transitions = new Map<string, C>()
  for (const from of SignalName.circuitStates) {
    for (const to of SignalName.circuitStates) {
      if (from !== to) transitions.set(`${from} ${to}`, sink.counter(SignalName.circuitTransitions, { from, to }))
    }
  }
  const buckets = Object.entries(contract.limits.buckets)
  return {
    info: sink.gauge(SignalName.contractInfo, infoOf(contract)),
    states: byValue(SignalName.circuitStates, (state) => sink.gauge(SignalName.circuitState, { state })),
    transitions,
    circuitRejections: counter(SignalName.circuitRejections),
    concurrencyRejections: counter(SignalName.concurrencyRejections),
    inFlight: gauge(SignalName.concurrencyInFlight),
    concurrency: gauge(SignalName.concurrencyLimit),
    queued: gauge(SignalName.concurrencyQueued),
    budget: gauge(SignalName.retryBudget),
    retryDelay: sink.histogram(SignalName.retryDelay, {}, durationBounds),
    rateRejections: byValue(SignalName.limitSources, (source) => sink.counter(SignalName.rateRejections, { source })),
    storeErrors: counter(SignalName.storeErrors),
    rateWaits: new Map(
      buckets.map(([name]) => [
        name,
        sink.histogram(SignalName.rateWait, { [SignalName.limitName]: name }, durationBounds)
      ])
    ),
    buckets: new Map(buckets.map(([name, bucket]) => [name, bucketOf(sink, name, bucket)]))
  }
}

/**
 * The attributes of `integration.contract.info`, which other series are joined with.
 *
 * **Details**   All are the contract's, so that they are known before anything runs. Where a process runs (`environment`,
 * `namespace`, `cluster`) is not: Prometheus gives that to every series of a target, and a collector from the resource; said
 * here as well, it could differ, and the rules for a contract could not list it.
 *
 * @category rules
 * @since 0.1.0
 */
export const infoOf = (contract: Contract.Any): Readonly<Record<string, string>> => ({
  version: "value" in contract.version ? contract.version.value : "unversioned",
  hash: ContractHash.of(contract),
  criticality: contract.criticality,
  owner: contract.owner
})

const bucketOf = <C, G, H>(sink: Sink<C, G, H>, name: string, bucket: RateLimit): BucketSeries<G> => {
  const gauge = (signal: SignalName.Signal<"gauge">): G => sink.gauge(signal, { [SignalName.limitName]: name })
  const quota = (signal: SignalName.Signal<"gauge">): G => sink.gauge(signal, { [SignalName.quotaName]: name })
  return {
    limit: gauge(SignalName.rateLimit),
    remaining: gauge(SignalName.rateRemaining),
    resetTime: gauge(SignalName.rateResetTime),
    quota:
      bucket.periodMillis < quotaFromMillis
        ? undefined
        : {
            used: quota(SignalName.quotaUsed),
            limit: quota(SignalName.quotaLimit),
            resetTime: quota(SignalName.quotaResetTime)
          }
  }
}
