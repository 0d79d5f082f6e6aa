/**
 * What a fake provider saw: one entry per request, in order of arrival, and the few
 * questions that tests ask of it.
 *
 * It holds what was sent, when and under which key, and whether the provider acted;
 * never what the client made of it, and never a credential.
 *
 * Neighbours: `FakeServer` writes it; a server in another process hands it over as
 * JSON, and `fromEntries` makes it one again.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type { FaultTag } from "./Fault.ts"

/**
 * One request that reached the fake provider.
 *
 * **Details**   `index` counts from 0, `attempt` from 1: how many requests with this
 * key so far or, without a key, with this method and path. `atMillis` counts from the
 * start of the server. `status` is absent when no response head was sent. `applied`
 * is `true` once the handler has run to its end, and stays `false` where it did nothing: a
 * refusal, a replay of a stored answer. `operation` is the name in the contract, for fakes
 * that are made from one. `note` is what the fake has to say about its answer. Credentials
 * in `requestHeaders` are fingerprints.
 *
 * **Gotchas**   An entry is added when the request has arrived and completed while it
 * is answered: a log read in between shows it unfinished. A refused connection is
 * seen by the in-memory transport only.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExchangeEntry {
  readonly index: number
  readonly atMillis: number
  readonly method: string
  readonly path: string
  readonly operation: string | undefined
  readonly key: string | undefined
  readonly attempt: number
  readonly fault: FaultTag
  readonly status: number | undefined
  readonly applied: boolean
  readonly note: string | undefined
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly bodyBytes: number
}

/**
 * The entries, live, with the questions that tests ask.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExchangeLog {
  readonly entries: ReadonlyArray<ExchangeEntry>
  /** how many requests arrived */
  readonly count: () => number
  /** the distinct keys, in order of first arrival */
  readonly keys: () => ReadonlyArray<string>
  /** the requests that carried this key, in order */
  readonly attempts: (key: string) => ReadonlyArray<ExchangeEntry>
  /** what each request was answered with, in order */
  readonly statuses: () => ReadonlyArray<number | undefined>
  /** how many requests were applied */
  readonly applied: () => number
  /** the requests that arrived from one moment until just before another */
  readonly between: (from: Duration.Input, to: Duration.Input) => ExchangeLog
  /** the requests for one operation of the contract */
  readonly of: (operation: string) => ExchangeLog
  /** the requests for which something holds */
  readonly filter: (holds: (entry: ExchangeEntry) => boolean) => ExchangeLog
  readonly toJSON: () => ReadonlyArray<ExchangeEntry>
}

/**
 * A log over entries. It reads the array when it is asked, so that it stays live.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromEntries = (entries: ReadonlyArray<ExchangeEntry>): ExchangeLog => {
  const filter = (holds: (entry: ExchangeEntry) => boolean): ExchangeLog => fromEntries(entries.filter(holds))
  return {
    entries,
    count: () => entries.length,
    keys: () => [...new Set(entries.flatMap((entry) => (entry.key === undefined ? [] : [entry.key])))],
    attempts: (key) => entries.filter((entry) => entry.key === key),
    statuses: () => entries.map((entry) => entry.status),
    applied: () => entries.filter((entry) => entry.applied).length,
    between: (from, to) => {
      const fromMillis = Duration.toMillis(Duration.fromInputUnsafe(from))
      const toMillis = Duration.toMillis(Duration.fromInputUnsafe(to))
      return filter((entry) => entry.atMillis >= fromMillis && entry.atMillis < toMillis)
    },
    of: (operation) => filter((entry) => entry.operation === operation),
    filter,
    toJSON: () => entries
  }
}
