/**
 * Credentials with a life: where a secret comes from, when it is renewed, who may see it and what is kept of it.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as Audit from "./Audit.ts"
export * as Auditor from "./Auditor.ts"
export * as ConfigSource from "./ConfigSource.ts"
export * as FileSource from "./FileSource.ts"
export * as GrantStore from "./GrantStore.ts"
export * as HmacSignature from "./HmacSignature.ts"
export * as Issued from "./Issued.ts"
export * as LiveSecrets from "./LiveSecrets.ts"
export * as LogAudit from "./LogAudit.ts"
export * as MemoryGrantStore from "./MemoryGrantStore.ts"
export * as OtlpAudit from "./OtlpAudit.ts"
export * as OwnSecret from "./OwnSecret.ts"
export * as SealedGrantStore from "./SealedGrantStore.ts"
export * as SecretNet from "./SecretNet.ts"
export * as SecretStore from "./SecretStore.ts"
export * as SecretStoreAws from "./SecretStoreAws.ts"
export * as SecretStoreAzure from "./SecretStoreAzure.ts"
export * as SecretStoreGcp from "./SecretStoreGcp.ts"
export * as SecretStoreVault from "./SecretStoreVault.ts"
export * as SharedGrant from "./SharedGrant.ts"
export * as Source from "./Source.ts"
export * as SourceRequest from "./SourceRequest.ts"
export * as StaticSource from "./StaticSource.ts"
export * as Tokens from "./Tokens.ts"
export * as UsageTally from "./UsageTally.ts"
export * as VersionPair from "./VersionPair.ts"
