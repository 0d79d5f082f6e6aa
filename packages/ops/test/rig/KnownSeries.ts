/** Every name that a query may use: what the contract's processes emit, and what is recorded. */
import type { Contract } from "surety"
import { type Options, RecordingRules } from "@surety/ops"
import * as Query from "@surety/ops/Query"
import * as Vocabulary from "@surety/ops/Vocabulary"

export const of = (contract: Contract.Any, options: Options.Options): ReadonlySet<string> => {
  const groups = RecordingRules.make(contract, options)
  return new Set(Vocabulary.make(Vocabulary.seriesOf(contract, options), groups, options).metrics.keys())
}

export const missing = (expr: string, known: ReadonlySet<string>): ReadonlyArray<string> =>
  [...Query.metricsOf(expr)].filter((name) => !known.has(name))
