/**
 * Idempotency keys as Stripe's v1 API keeps them: the first answer of a key, once its
 * endpoint began to execute, is the answer of that key for at least 24 hours, a stored
 * 500 included.
 *
 * The store never executes and never waits. `begin` decides; whoever was told `Fresh`
 * settles or abandons the key, exactly once.
 *
 * @source https://docs.stripe.com/api/idempotent_requests (2026-11)
 * @stability experimental
 * @since 0.1.0
 */

/**
 * What an answer is replayed from.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredAnswer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** the request that was executed */
  readonly requestId: string
}

/**
 * - `Fresh`: nobody used the key; it is now in use by you
 * - `Replay`: answer with this
 * - `Mismatch`: the key belongs to other parameters or another endpoint
 * - `InUse`: the first request with this key is still executing
 *
 * @category models
 * @since 0.1.0
 */
export type Decision =
  | { readonly _tag: "Fresh" }
  | { readonly _tag: "Replay"; readonly answer: StoredAnswer }
  | { readonly _tag: "Mismatch"; readonly firstEndpoint: string }
  | { readonly _tag: "InUse" }

/**
 * @category models
 * @since 0.1.0
 */
export interface Fingerprint {
  /** method and path */
  readonly endpoint: string
  /** the parameters, whatever their order on the wire */
  readonly parameters: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface IdempotencyStore {
  readonly begin: (key: string, fingerprint: Fingerprint, atMillis: number) => Decision
  /** The endpoint executed: keep its answer. */
  readonly settle: (key: string, answer: StoredAnswer) => void
  /** Nothing executed: forget that the key was used. */
  readonly abandon: (key: string) => void
}

/**
 * @category constants
 * @since 0.1.0
 */
export const maxKeyLength = 255

/**
 * **Details**   `retentionMillis` defaults to 24 hours. A key used again after that is
 * a new key: the danger that a client's retention limit guards against.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: { readonly retentionMillis?: number } = {}): IdempotencyStore => {
  const retentionMillis = options.retentionMillis ?? 24 * 60 * 60 * 1000
  const entries = new Map<string, Entry>()
  return {
    begin: (key, fingerprint, atMillis) => {
      const known = entries.get(key)
      const decision = decide(known, fingerprint, atMillis - retentionMillis)
      if (decision._tag === "Fresh") entries.set(key, { fingerprint, beganAtMillis: atMillis, answer: undefined })
      return decision
    },
    settle: (key, answer) => {
      const entry = entries.get(key)
      if (entry !== undefined) entries.set(key, { ...entry, answer })
    },
    abandon: (key) => {
      entries.delete(key)
    }
  }
}

interface Entry {
  readonly fingerprint: Fingerprint
  readonly beganAtMillis: number
  readonly answer: StoredAnswer | undefined
}

/** Parameters are compared before anything else: a mismatch is told even while the first request executes. */
const decide = (known: Entry | undefined, fingerprint: Fingerprint, forgottenBefore: number): Decision => {
  if (known === undefined || (known.answer !== undefined && known.beganAtMillis <= forgottenBefore)) {
    return { _tag: "Fresh" }
  }
  if (known.fingerprint.endpoint !== fingerprint.endpoint || known.fingerprint.parameters !== fingerprint.parameters) {
    return { _tag: "Mismatch", firstEndpoint: known.fingerprint.endpoint }
  }
  return known.answer === undefined ? { _tag: "InUse" } : { _tag: "Replay", answer: known.answer }
}
