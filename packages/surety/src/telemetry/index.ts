/**
 * Where a process's signals go: a page for Prometheus, or an OTLP collector, with what is lost on the way counted.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as CallLog from "./CallLog.ts"
export * as MetricView from "./MetricView.ts"
export * as OtlpDelivery from "./OtlpDelivery.ts"
export * as OtlpEndpoint from "./OtlpEndpoint.ts"
export * as OtlpExport from "./OtlpExport.ts"
export * as OtlpRelay from "./OtlpRelay.ts"
export * as OtlpShape from "./OtlpShape.ts"
export * as Probe from "./Probe.ts"
export * as PrometheusEndpoint from "./PrometheusEndpoint.ts"
export * as PrometheusText from "./PrometheusText.ts"
export * as QueueSignals from "./QueueSignals.ts"
export * as ServiceResource from "./ServiceResource.ts"
export * as SignalHelp from "./SignalHelp.ts"
export * as TelemetryLoss from "./TelemetryLoss.ts"
