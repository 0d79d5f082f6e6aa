/** What every failure of a source must pass: the marker secret is in none of the forms in which it may be shown. */
import { assert } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { inspect } from "node:util"
import type { Ask, Source } from "../../src/credential/Source.ts"

/** The marker: unlike anything else in a test. */
export const marker = "CANARY7f3a91dd0e"

export const ask = (options: { readonly rejected?: ReadonlyArray<string> } = {}): Ask => ({
  because: options.rejected === undefined ? "start" : "rejected",
  previous: undefined,
  rejected: new Set(options.rejected)
})

/** All the texts that a failure may end up as. */
const formsOf = (failure: unknown): ReadonlyArray<string> => [
  JSON.stringify(failure),
  String(failure),
  String((failure as Error).message),
  String((failure as Error).stack),
  inspect(failure, { depth: 20, showHidden: true }),
  inspect(failure, { depth: 20, showHidden: true, customInspect: false, getters: true }),
  Cause.pretty(Cause.fail(failure))
]

export const assertSilent = (failure: unknown): void => {
  const forms = [marker, btoa(marker), encodeURIComponent(marker), marker.slice(0, 8)]
  for (const text of formsOf(failure)) {
    for (const form of forms) assert.notInclude(text, form)
  }
}

/** Why a source gives nothing, in words that say nothing of a secret. */
export const refused = (source: Source, asked: Ask = ask()): Effect.Effect<string> =>
  source.issue(asked).pipe(
    Effect.flip,
    Effect.catch((issued) => Effect.die(new Error(`it gave version ${issued.version}`))),
    Effect.map((failure) => {
      assertSilent(failure)
      return `${failure.reason}: ${failure.detail}`
    })
  )
