/**
 * What a generated file says of where it comes from, in its first lines.
 *
 * Neighbours: `Ops` and `Catalog` write it; `surety` reads it, and writes over nothing that is of another contract.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as ContractHash from "surety/signals/ContractHash"

/**
 * **Details**   `command`: what generates the file again. It stands in the file, so it names nothing of a machine.
 *
 * @category models
 * @since 0.1.0
 */
export interface Origin {
  readonly command?: string
}

/**
 * The lines: which contracts, with their hash, and the command that generates the file again when there is one.
 *
 * **Example** (Two lines)
 *
 * ```ts import.meta.vitest
 * import * as Origin from "@surety/ops/Origin"
 * import { Stripe } from "@surety/stripe"
 *
 * const [first, second] = Origin.header([Stripe.contract], { command: "surety alerts src/Pay.ts --out DIR" }).split("\n")
 * first?.startsWith("Generated from the contract surety/Stripe, ") // => true
 * second // => "Again: surety alerts src/Pay.ts --out DIR"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const header = (contracts: ReadonlyArray<Contract.Any>, { command }: Origin): string => {
  const hashes = contracts.map(ContractHash.of)
  const [hash = ""] = hashes.length === 1 ? hashes : [ContractHash.ofText(hashes.join(" "))]
  // one line, whatever a name holds
  const ids = contracts.map(({ id }) => id.replace(/[\s\p{Cc}]+/gu, " ")).join(", ")
  const what = contracts.length === 1 ? "contract" : "contracts"
  return [
    `Generated from the ${what} ${ids}, ${hash}. Change the ${what}, not this file.`,
    ...(command === undefined ? [] : [`Again: ${command}`])
  ].join("\n")
}
