/**
 * From the words on the command line to a contract.
 *
 * Neighbours: `ContractModule` loads, `Providers` finds and chooses.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ContractModule from "./ContractModule.ts"
import type { CommandError } from "./CommandError.ts"
import * as Flags from "./Flags.ts"
import * as Providers from "./Providers.ts"
import * as Screen from "./Screen.ts"

type Needs = typeof Flags.Timeout.Identifier | typeof Flags.Json.Identifier

/**
 * Every provider of a module; the one that is wanted when one is.
 *
 * @category constructors
 * @since 0.1.0
 */
export const all = (
  module: string,
  wanted: Option.Option<string>
): Effect.Effect<ReadonlyArray<Providers.Found>, CommandError, Needs> =>
  Effect.gen(function* () {
    const timeout = yield* Flags.Timeout
    const reader = (yield* Flags.Json) ? "program" : "person"
    const exports = yield* ContractModule.load(module, { cwd: process.cwd(), reader, timeout }).pipe(
      Screen.during(`loading ${module}`)
    )
    const found = Providers.find(exports)
    if (found.length > 0 && Option.isNone(wanted)) return found
    return [yield* Providers.choose(found, Option.getOrUndefined(wanted), module)]
  })

/**
 * The one provider that is meant.
 *
 * @category constructors
 * @since 0.1.0
 */
export const one = (
  module: string,
  wanted: Option.Option<string>
): Effect.Effect<Providers.Found, CommandError, Needs> =>
  Effect.flatMap(all(module, wanted), (found) => Providers.choose(found, undefined, module))
