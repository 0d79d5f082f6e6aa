/**
 * What operates an integration, generated from its contract.
 *
 * @stability experimental
 * @since 0.1.0
 */
export {}
