/**
 * Where the files of several providers go: a folder for each, named after it, so that two of them need two names.
 *
 * Neighbours: `Generators` makes the paths.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Contract from "surety/Contract"
import { CommandError } from "./CommandError.ts"
import * as Generators from "./Generators.ts"
import type { Found } from "./Providers.ts"

/**
 * The contracts, when their files have a place each.
 *
 * **Details**   Without a folder there is one provider to print.
 *
 * **Failures**   `which-provider`.
 *
 * @category rules
 * @since 0.1.0
 */
export const check = (
  found: ReadonlyArray<Found>,
  out: Option.Option<string>
): Effect.Effect<ReadonlyArray<Contract.Any>, CommandError> =>
  Effect.gen(function* () {
    const contracts = found.map(({ contract }) => contract)
    const [first] = contracts
    if (first === undefined || contracts.length === 1) return contracts
    const ids = contracts.map(({ id }) => id).join(", ")
    if (Option.isNone(out)) {
      return yield* new CommandError({
        code: "which-provider",
        message: `there are ${contracts.length} providers: ${ids}`,
        hint: `Choose one: --provider ${first.id}; or write all of them: --out ops`
      })
    }
    const folders = yield* Effect.forEach(contracts, (contract) => Effect.promise(() => Generators.folderOf(contract)))
    const same = folders.findIndex((folder, at) => folders.indexOf(folder) !== at)
    const [name, one, other] = [folders[same], found[folders.indexOf(folders[same] ?? "")], found[same]]
    if (name === undefined || one === undefined || other === undefined) return contracts
    return yield* new CommandError({
      code: "which-provider",
      message: `${one.name} (${one.contract.id}) and ${other.name} (${other.contract.id}) would both be written to ${name}`,
      hint: `Choose one by the name of its export: --provider ${one.name}`
    })
  })
