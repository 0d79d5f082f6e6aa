/**
 * Collects the metadata of a finished call; only when the caller asked for it.
 *
 * Neighbours: `Service` uses it for `detailed`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Exit from "effect/Exit"
import type { CallMetadata } from "../CallMetadata.ts"
import * as Notice from "../Notice.ts"
import type { Call } from "./Call.ts"

/**
 * @category running
 * @since 0.1.0
 */
export const detailed = (call: Call, value: unknown): Exit.Exit<unknown> => Exit.succeed({ value, metadata: of(call) })

/**
 * @category running
 * @since 0.1.0
 */
export const none = (operation: string): CallMetadata => ({
  operation,
  attempts: 0,
  elapsedMillis: 0,
  idempotencyKey: undefined,
  reconciled: false,
  degraded: undefined,
  status: undefined,
  requestId: undefined,
  deprecation: undefined,
  headers: {}
})

const of = (call: Call): CallMetadata => {
  const { contract } = call.op.environment
  const headers = call.answered?.responseHeaders
  return {
    operation: call.op.name,
    attempts: call.attempts,
    elapsedMillis: call.time.now() - call.startedAt,
    idempotencyKey: call.key,
    reconciled: call.reconciled === "yes",
    degraded: call.degraded,
    status: call.answered?.status,
    requestId: contract.requestId === undefined ? undefined : headers?.[contract.requestId],
    deprecation: headers === undefined ? undefined : (contract.notices ?? Notice.fromHeaders)(headers),
    headers: expose(call.op.expose, headers)
  }
}

const expose = (
  names: ReadonlyArray<string>,
  headers: Readonly<Record<string, string>> | undefined
): Readonly<Record<string, string>> => {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = headers?.[name]
    if (value !== undefined) picked[name] = value
  }
  return picked
}
