/**
 * Contracts for third-party APIs, and the engine that keeps them.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as Backoff from "./Backoff.ts"
export * as CallError from "./CallError.ts"
export * as CallErrorCodec from "./CallErrorCodec.ts"
export * as CircuitBreaker from "./CircuitBreaker.ts"
export * as Contract from "./Contract.ts"
export * as Credential from "./Credential.ts"
export * as Degradation from "./Degradation.ts"
export * as Explain from "./Explain.ts"
export * as Failure from "./Failure.ts"
export * as Hedge from "./Hedge.ts"
export * as Idempotency from "./Idempotency.ts"
export * as Operation from "./Operation.ts"
export * as Paging from "./Paging.ts"
export * as Provider from "./Provider.ts"
export * as RateLimit from "./RateLimit.ts"
export * as Refusal from "./Refusal.ts"
export * as RetryBudget from "./RetryBudget.ts"
export * as RetryMatrix from "./RetryMatrix.ts"
export * as Sdk from "./Sdk.ts"
export * as ServerHint from "./ServerHint.ts"
export * as StreamOperation from "./StreamOperation.ts"
export * as TransportFailure from "./TransportFailure.ts"
