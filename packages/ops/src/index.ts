/**
 * What operates an integration, generated from its contract.
 *
 * @stability experimental
 * @since 0.1.0
 */
export type * as Alert from "./Alert.ts"
export * as AlertManager from "./AlertManager.ts"
export * as AlertManagerFile from "./AlertManagerFile.ts"
export * as AlertRules from "./AlertRules.ts"
export * as Amplification from "./Amplification.ts"
export * as Catalog from "./Catalog.ts"
export * as Dashboard from "./Dashboard.ts"
export * as Dossier from "./Dossier.ts"
export * as Lint from "./Lint.ts"
export * as Ops from "./Ops.ts"
export * as Options from "./Options.ts"
export * as Query from "./Query.ts"
export * as QueueSignal from "./QueueSignal.ts"
export * as Receivers from "./Receivers.ts"
export * as ReceiverSecret from "./ReceiverSecret.ts"
export * as RecordingRules from "./RecordingRules.ts"
export * as RuleTests from "./RuleTests.ts"
export * as Runbook from "./Runbook.ts"
export * as RunbookNotes from "./RunbookNotes.ts"
export * as Slo from "./Slo.ts"
export * as Yaml from "./Yaml.ts"
