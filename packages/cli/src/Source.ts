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
import type * as Contract from "surety/Contract"
import * as ContractRules from "surety/ContractRules"
import * as ContractModule from "./ContractModule.ts"
import { CommandError } from "./CommandError.ts"
import * as Flags from "./Flags.ts"
import * as Providers from "./Providers.ts"
import * as Screen from "./Screen.ts"

type Needs = typeof Flags.Timeout.Identifier | typeof Flags.Json.Identifier

/**
 * Every provider of the modules; the one that is wanted when one is. One that several modules export is there once.
 *
 * @category constructors
 * @since 0.1.0
 */
export const all = (
  modules: ReadonlyArray<string>,
  wanted: Option.Option<string>
): Effect.Effect<ReadonlyArray<Providers.Found>, CommandError, Needs> =>
  Effect.gen(function* () {
    const timeout = yield* Flags.Timeout
    const reader = (yield* Flags.Json) ? "program" : "person"
    const found = new Map<Contract.Any, Providers.Found>()
    for (const module of modules) {
      const exports = yield* ContractModule.load(module, { cwd: process.cwd(), reader, timeout }).pipe(
        Screen.during(`loading ${module}`)
      )
      const here = Providers.find(exports)
      if (here.length === 0) yield* Providers.choose(here, undefined, module)
      for (const one of here) if (!found.has(one.contract)) found.set(one.contract, one)
    }
    const distinct = [...found.values()]
    return Option.isNone(wanted) ? distinct : [yield* Providers.choose(distinct, wanted.value, modules.join(", "))]
  })

/**
 * The same, for what is read from a contract: one that breaks a law means nothing.
 *
 * **Failures**   `contract-broken` besides, with the first law that is broken.
 *
 * @category constructors
 * @since 0.1.0
 */
export const lawful = (
  modules: ReadonlyArray<string>,
  wanted: Option.Option<string>
): Effect.Effect<ReadonlyArray<Providers.Found>, CommandError, Needs> =>
  Effect.tap(all(modules, wanted), (found) =>
    Effect.forEach(found, ({ contract }) => {
      const [first, ...others] = ContractRules.violations(contract)
      if (first === undefined) return Effect.void
      return Effect.fail(
        new CommandError({
          code: "contract-broken",
          message: `${contract.id}: ${first.field}: ${first.message}${first.law === undefined ? "" : ` (${first.law})`}`,
          hint: `${others.length === 0 ? "More" : `${others.length} more`}, with lines: surety check ${modules.join(" ")}`
        })
      )
    })
  )

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
  Effect.flatMap(lawful([module], wanted), (found) => Providers.choose(found, undefined, module))
