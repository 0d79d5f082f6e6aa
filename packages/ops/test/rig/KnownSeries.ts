/** Every name that a query may use: what the contract registers, what its credential and its queues do, what is recorded. */
import type { Contract } from "surety"
import { type Options, RecordingRules } from "@surety/ops"
import * as Query from "@surety/ops/Query"
import * as QueueSignal from "@surety/ops/QueueSignal"
import * as CredentialSeries from "surety/signals/CredentialSeries"
import * as ExportProfile from "surety/signals/ExportProfile"
import * as SeriesCatalog from "surety/signals/SeriesCatalog"

export const of = (contract: Contract.Any, options: Options.Options): ReadonlySet<string> => {
  const profile = options.profile ?? "effect"
  const credential =
    contract.credentials._tag === "NoCredential" ? [] : CredentialSeries.of(contract.id, contract.credentials.name)
  const queues = options.queues === undefined ? [] : [QueueSignal.depth, QueueSignal.oldestAge, QueueSignal.messages]
  return new Set([
    ...[...SeriesCatalog.of(contract), ...credential, ...queues].flatMap((one) => ExportProfile.scraped(profile, one)),
    ...RecordingRules.make(contract, options).flatMap(({ rules }) => rules.map(({ record }) => record))
  ])
}

export const missing = (expr: string, known: ReadonlySet<string>): ReadonlyArray<string> =>
  [...Query.metricsOf(expr)].filter((name) => !known.has(name))
