/**
 * Builds errors without a stack: the engine's own failures are values, their place of
 * birth is always the engine, and a stack costs two microseconds.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category running
 * @since 0.1.0
 */
export const quietly = <A>(make: () => A): A => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit
  }
}
