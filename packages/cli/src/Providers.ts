/**
 * The contracts among the exports of a module, and the one that is meant.
 *
 * Neighbours: `ContractModule` loads the exports. A contract is known by its shape and not by its class, so that two copies
 * of the framework in one tree do no harm.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Contract from "surety/Contract"
import { CommandError } from "./CommandError.ts"
import { nearest } from "./Nearest.ts"

/**
 * A contract and the name that it is exported under.
 *
 * @category models
 * @since 0.1.0
 */
export interface Found {
  readonly name: string
  readonly contract: Contract.Any
}

/**
 * Every contract among the exports: of a provider class, or by itself; one that is exported twice is found once.
 *
 * @category constructors
 * @since 0.1.0
 */
export const find = (exports: Readonly<Record<string, unknown>>): ReadonlyArray<Found> => {
  const found = new Map<Contract.Any, string>()
  const names = Object.keys(exports).sort((a, b) => rank(a) - rank(b))
  for (const name of names) {
    const value = exports[name]
    const held = isObject(value) && "contract" in value ? value.contract : value
    if (isContract(held) && !found.has(held)) found.set(held, name)
  }
  return [...found].map(([contract, name]) => ({ name, contract }))
}

/**
 * The one that is meant: the only one, or the one that `wanted` names by its id or by its export.
 *
 * **Failures**   `no-provider`, `which-provider`, `unknown-provider`.
 *
 * @category rules
 * @since 0.1.0
 */
export const choose = (
  all: ReadonlyArray<Found>,
  wanted: string | undefined,
  module: string
): Effect.Effect<Found, CommandError> => {
  const [first, ...others] = all
  if (first === undefined) {
    return Effect.fail(
      new CommandError({
        code: "no-provider",
        message: `${module} exports no provider`,
        hint: "Export the class (export class Payments extends Provider.Service<Payments>()(…) {}) or the contract (export const contract = Provider.make(…))."
      })
    )
  }
  if (wanted === undefined) {
    if (others.length === 0) return Effect.succeed(first)
    return Effect.fail(
      new CommandError({
        code: "which-provider",
        message: `${module} exports ${all.length} providers: ${idsOf(all)}`,
        hint: `Choose one: --provider ${first.contract.id}`
      })
    )
  }
  const named = all.filter(({ contract, name }) => contract.id === wanted || name === wanted)
  const [one] = named
  if (one !== undefined && named.length === 1) return Effect.succeed(one)
  if (one !== undefined) {
    return Effect.fail(
      new CommandError({
        code: "which-provider",
        message: `${module} exports ${named.length} contracts with the id ${wanted}: ${named.map(({ name }) => name).join(", ")}`,
        hint: `Choose one by the name of its export: --provider ${one.name}`
      })
    )
  }
  const near = nearest(
    wanted,
    all.flatMap(({ contract, name }) => [contract.id, name])
  )
  return Effect.fail(
    new CommandError({
      code: "unknown-provider",
      message: `${module} exports no provider ${wanted}, it has ${idsOf(all)}`,
      hint: near === undefined ? `Choose one: --provider ${first.contract.id}` : `Do you mean --provider ${near}?`
    })
  )
}

const idsOf = (all: ReadonlyArray<Found>): string => all.map(({ contract }) => contract.id).join(", ")

/** A class has a capital name: it goes before the contract it is made of. */
const rank = (name: string): number => (/^[A-Z]/.test(name) ? 0 : 1)

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function"

const isContract = (value: unknown): value is Contract.Any =>
  isObject(value) &&
  "id" in value &&
  typeof value.id === "string" &&
  "baseUrl" in value &&
  typeof value.baseUrl === "string" &&
  "slo" in value &&
  "limits" in value &&
  isObject(value.limits) &&
  "buckets" in value.limits &&
  "operations" in value &&
  isObject(value.operations)
