/**
 * Credentials with a life: where a secret comes from, when it is renewed, who may see it and what is kept of it.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as Audit from "./Audit.ts"
export * as GrantStore from "./GrantStore.ts"
export * as Issued from "./Issued.ts"
export * as MemoryGrantStore from "./MemoryGrantStore.ts"
export * as SharedGrant from "./SharedGrant.ts"
export * as Source from "./Source.ts"
export * as Tokens from "./Tokens.ts"
