/**
 * Surety's signals through the OpenTelemetry SDK.
 *
 * @stability experimental
 * @since 0.1.0
 */
export {}
