/**
 * What a contract lets operators see: names, series, spelling and identity, as data.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as ContractHash from "./ContractHash.ts"
export * as CredentialSeries from "./CredentialSeries.ts"
export * as Endings from "./Endings.ts"
export * as ErrorType from "./ErrorType.ts"
export * as ExportProfile from "./ExportProfile.ts"
export * as HttpExchange from "./HttpExchange.ts"
export * as LogEvent from "./LogEvent.ts"
export * as PossibleRefusals from "./PossibleRefusals.ts"
export * as ProbeSeries from "./ProbeSeries.ts"
export * as QueueSeries from "./QueueSeries.ts"
export * as Selector from "./Selector.ts"
export type { Series } from "./Series.ts"
export * as SeriesCatalog from "./SeriesCatalog.ts"
export * as SignalName from "./SignalName.ts"
export * as TelemetrySeries from "./TelemetrySeries.ts"
