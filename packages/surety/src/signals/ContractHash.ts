/**
 * A short name for what a contract says: two processes with the same hash keep the same promises, and rules, dashboards and
 * dossiers that were generated from it say which contract they belong to.
 *
 * It is not made for security: whoever can change a contract can choose its hash.
 *
 * Neighbours: `ProviderSeries` puts it on `integration.contract.info`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "../Contract.ts"
import type * as Operation from "../Operation.ts"
import * as Wire from "../Wire.ts"
import * as HttpExchange from "./HttpExchange.ts"

/**
 * The hash of a contract: 14 hexadecimal digits.
 *
 * **Details**   Everything that is declared as data counts: operations, endpoints, failures, rules, times, limits, objective,
 * owner. Where the provider is does not (`baseUrl`): a sandbox keeps the same contract. Functions and schemas do not either.
 * The order in which members are written does not matter, that of lists does.
 *
 * @category getters
 * @since 0.1.0
 */
export const of = (contract: Contract.Any): string => {
  const operations = Object.values(contract.operations)
    .map(said)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return ofText(JSON.stringify({ ...contract, baseUrl: "", operations }, inOrder))
}

/**
 * The hash of a text.
 *
 * **Example** (14 digits, the same everywhere)
 *
 * ```ts import.meta.vitest
 * import * as ContractHash from "surety/signals/ContractHash"
 *
 * ContractHash.ofText("a") // => "1c2ba782c97901"
 * ```
 *
 * @source cyrb53, a public-domain hash of 53 bits
 * @category getters
 * @since 0.1.0
 */
export const ofText = (text: string): string => {
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(16).padStart(14, "0")
}

const said = (operation: Operation.Any) => {
  const { failures, fallback, idempotency: plan, pages } = operation
  return {
    ...operation,
    binding: HttpExchange.endpointOf(operation),
    failures: failures.map((failure) => {
      const { credential, disposition, fault, health, idempotency, outcome, tag } = failure
      const statuses = Wire.isWire(failure) ? failure.statuses : []
      return { credential, disposition, fault, health, idempotency, outcome, statuses, tag }
    }),
    fallback: fallback?._tag,
    // what carries code out of the engine is not declared
    mutating: undefined,
    hedge: undefined,
    pages: pages === undefined ? undefined : { ...pages, walk: undefined },
    idempotency: plan?._tag === "Reconcile" ? { ...plan, via: plan.via.name } : plan
  }
}

/** A function is a fact, whatever it does. */
const inOrder = (_: string, value: unknown): unknown => {
  if (typeof value === "function") return "function"
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
