/**
 * HTTP operations and the port they reach the network through.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as FormBody from "./FormBody.ts"
export * as HttpOperation from "./HttpOperation.ts"
export * as Transport from "./Transport.ts"
