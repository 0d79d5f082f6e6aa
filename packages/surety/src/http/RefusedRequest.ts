/**
 * The refusal of a request that cannot be written: the caller's mistake, before anything is sent, and never the
 * provider's failure.
 *
 * Neighbours: `HttpCodec` throws it while it prepares a request; the engine turns it into the error of the call.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { quietly } from "../engine/Quietly.ts"
import { ContractViolation } from "../TransportFailure.ts"

/**
 * The refusal, with what is wrong and where; never with the value.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (detail: string, path?: string): ContractViolation =>
  quietly(
    () => new ContractViolation({ violation: "request", acted: "no", detail, ...(path === undefined ? {} : { path }) })
  )

/**
 * Prepares, and refuses what cannot be percent-encoded: half of a pair of surrogates, as a text has that was cut at a
 * length.
 *
 * @category rules
 * @since 0.1.0
 */
export const instead =
  <A, B>(prepare: (request: A) => B): ((request: A) => B) =>
  (request) => {
    try {
      return prepare(request)
    } catch (cause) {
      if (cause instanceof URIError) throw make("a text holds half a character (a lone surrogate)")
      throw cause
    }
  }
