/**
 * OAuth 2 credentials for Surety.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as AuthorizationCode from "./AuthorizationCode.ts"
export * as Client from "./Client.ts"
export * as ClientAuth from "./ClientAuth.ts"
export * as ClientCredentials from "./ClientCredentials.ts"
export * as Dpop from "./Dpop.ts"
export * as Introspection from "./Introspection.ts"
export * as MemoryTransactionStore from "./MemoryTransactionStore.ts"
export { OAuthFailure } from "./OAuthFailure.ts"
export * as PrivateKey from "./PrivateKey.ts"
export * as RefreshGrant from "./RefreshGrant.ts"
export * as ReuseProfiles from "./ReuseProfiles.ts"
export * as Revocation from "./Revocation.ts"
export * as ServerMetadata from "./ServerMetadata.ts"
export * as Transaction from "./Transaction.ts"
export * as TransactionStore from "./TransactionStore.ts"
