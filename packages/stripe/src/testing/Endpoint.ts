/**
 * One endpoint of the fake: which requests it answers, which parameters it takes, and
 * what it does once they passed.
 *
 * The two halves are apart on purpose. `prepare` checks and has no effect; what it
 * returns executes. Only an answer that was executed is stored under a key.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Account } from "./Account.ts"
import type { Permission } from "./ApiKey.ts"
import type { Card } from "./Card.ts"
import type { ErrorEnvelope } from "./ErrorEnvelope.ts"
import type { FormRecord } from "./Form.ts"
import type { Identifiers } from "./Identifier.ts"
import type { LedgerWriter } from "./Ledger.ts"
import * as Parameter from "./Parameter.ts"

/**
 * What an endpoint executes in.
 *
 * @category models
 * @since 0.1.0
 */
export interface Execution {
  readonly account: Account
  readonly ledger: LedgerWriter
  readonly identifiers: Identifiers
  readonly atMillis: number
  readonly idempotencyKey: string | undefined
  readonly cardOf: (paymentMethod: string) => Card | undefined
}

/**
 * A resource, or an error that the execution ended with.
 *
 * @category models
 * @since 0.1.0
 */
export type Execute = (execution: Execution) => Result.Result<object, ErrorEnvelope>

/**
 * @category models
 * @since 0.1.0
 */
export interface Endpoint {
  readonly method: "GET" | "POST"
  readonly permission: Permission
  /** The identifier in the path (empty where there is none), or `undefined` for another path. */
  readonly match: (path: string) => string | undefined
  readonly prepare: (id: string, form: FormRecord) => Result.Result<Execute, ErrorEnvelope>
}

/**
 * **Details**   `path` has at most one `:id`, which matches one segment.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <const P extends Parameter.Parameters>(
  method: "GET" | "POST",
  path: string,
  options: {
    readonly permission: Permission
    readonly parameters: P
    readonly execute: (
      values: Parameter.Values<P>,
      id: string,
      execution: Execution
    ) => Result.Result<object, ErrorEnvelope>
  }
): Endpoint => {
  const pattern = new RegExp(`^${path.replace(":id", "([^/]+)")}$`)
  return {
    method,
    permission: options.permission,
    match: (actual) => {
      const found = pattern.exec(actual)
      return found === null ? undefined : decodeURIComponent(found[1] ?? "")
    },
    prepare: (id, form) =>
      Result.map(
        Parameter.decide(options.parameters, form),
        (values): Execute =>
          (execution) =>
            options.execute(values, id, execution)
      )
  }
}
