/**
 * Numbers that look random and depend on nothing but their arguments.
 *
 * Effect's `Random` is a stateful service; a fault script has to answer the same for
 * the same request in whatever order requests arrive, which takes a function of
 * (seed, what is asked about) and no state.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * A number in [0, 1) for a seed and what it is drawn for.
 *
 * **Details**   FNV-1a over the text, then the finalizer of MurmurHash3. Uniform
 * enough for rates of faults; not for cryptography.
 *
 * @category rules
 * @since 0.1.0
 */
export const uniform = (seed: number, subject: string): number => {
  let hash = 2166136261
  const text = `${seed}:${subject}`
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16777619)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296
}
