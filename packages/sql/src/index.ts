/**
 * Surety's stores in SQL.
 *
 * @stability experimental
 * @since 0.1.0
 */
export { MigrationFailure } from "./MigrationFailure.ts"
export * as NodeSqlite from "./NodeSqlite.ts"
export * as SqlAudit from "./SqlAudit.ts"
export * as SqlGrantStore from "./SqlGrantStore.ts"
