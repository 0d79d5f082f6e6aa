/**
 * The numbers used where a contract names none, with their sources. The tables in the
 * guide are generated from these constants.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * Base of the wait after a transient failure.
 *
 * @source AWS SDKs and Tools, retry behaviour, standard mode (2026-11-10)
 * @category retry
 * @since 0.1.0
 */
export const transientBase = "50 millis"

/**
 * Base of the wait after a throttled attempt.
 *
 * @source AWS SDKs and Tools, retry behaviour, standard mode (2026-11-10)
 * @category retry
 * @since 0.1.0
 */
export const throttlingBase = "1 second"

/**
 * Longest single wait.
 *
 * @source AWS SDKs and Tools, retry behaviour, standard mode (2026-11-10)
 * @category retry
 * @since 0.1.0
 */
export const backoffCap = "20 seconds"

/**
 * Attempts in all.
 *
 * @source AWS SDKs and Tools, retry behaviour, standard mode (2026-11-10)
 * @category retry
 * @since 0.1.0
 */
export const maxAttempts = 3

/**
 * Tokens of the retry budget.
 *
 * @source AWS SDKs and Tools, retry behaviour, standard mode (2026-11-10)
 * @category retry budget
 * @since 0.1.0
 */
export const budgetCapacity = 500

/**
 * Tokens a retry after an outage costs.
 *
 * @source AWS SDKs and Tools, retry behaviour, standard mode (2026-11-10)
 * @category retry budget
 * @since 0.1.0
 */
export const budgetOutageCost = 14

/**
 * Tokens a retry after throttling costs.
 *
 * @source AWS SDKs and Tools, retry behaviour, standard mode (2026-11-10)
 * @category retry budget
 * @since 0.1.0
 */
export const budgetThrottledCost = 5

/**
 * Outages in a row that open the circuit of a provider that names no breaker.
 *
 * @category breaker
 * @since 0.1.0
 */
export const breakerFailures = 5

/**
 * First open time of a circuit.
 *
 * @category breaker
 * @since 0.1.0
 */
export const breakerOpenMin = "100 millis"

/**
 * Longest open time of a circuit.
 *
 * @category breaker
 * @since 0.1.0
 */
export const breakerOpenMax = "300 millis"

/**
 * Time over which admission grows after a circuit closed.
 *
 * @category breaker
 * @since 0.1.0
 */
export const breakerRamp = "150 millis"

/**
 * Largest response body that is read, in bytes.
 *
 * @category http
 * @since 0.1.0
 */
export const maxBodyBytes = 8 * 1024 * 1024

/**
 * Connections per origin. More lowers throughput: 64 connections carried twice the
 * requests of an unlimited pool at 500 concurrent calls.
 *
 * @category http
 * @since 0.1.0
 */
export const connections = 64
