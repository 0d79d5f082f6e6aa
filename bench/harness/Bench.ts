/**
 * A bench: a name to ask for it by, a sentence, and a run that gives rows. Benches share nothing, so each can be run
 * alone.
 */
import type { Row } from "./Row.ts"

export interface Bench {
  readonly name: string
  readonly about: string
  readonly run: () => Promise<ReadonlyArray<Row>>
}
