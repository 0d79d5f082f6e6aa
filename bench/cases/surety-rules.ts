/** Entry: the rules without HTTP, the engine or Schema. */
export * as Backoff from "surety/Backoff"
export * as CircuitBreaker from "surety/CircuitBreaker"
export * as Idempotency from "surety/Idempotency"
export * as RateLimit from "surety/RateLimit"
export * as RetryBudget from "surety/RetryBudget"
export * as RetryMatrix from "surety/RetryMatrix"
export * as TimeAlgebra from "surety/TimeAlgebra"
export * as TimeBudget from "surety/TimeBudget"
