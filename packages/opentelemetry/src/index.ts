/**
 * Surety's signals through the OpenTelemetry SDK.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as Ending from "./Ending.ts"
export * as Gate from "./Gate.ts"
export * as LogGate from "./LogGate.ts"
export * as MetricGate from "./MetricGate.ts"
export * as OpenTelemetry from "./OpenTelemetry.ts"
export * as SpanGate from "./SpanGate.ts"
