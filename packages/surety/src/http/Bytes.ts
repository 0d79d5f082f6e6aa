/**
 * A body that arrived in several chunks, as one array.
 *
 * Neighbours: whoever reads a whole body over `Transport`: `HttpAttempt`, `HttpStream`, the sources of credentials, the
 * fake provider.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * One array out of several.
 *
 * @category conversions
 * @since 0.1.0
 */
export const joined = (chunks: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0))
  chunks.reduce((at, chunk) => {
    whole.set(chunk, at)
    return at + chunk.length
  }, 0)
  return whole
}
