/**
 * What a storm says about a client: how much it sent, how soon all was good again, how hard it hit the provider when it
 * came back. Pure.
 */

export interface Call {
  /** milliseconds since the provider began to misbehave */
  readonly began: number
  readonly ended: number
  readonly ok: boolean
}

export interface Weather {
  /** requests on the wire during the misbehaviour, per logical call begun in it */
  readonly requestsPerCall: number
  /** from the end of the misbehaviour to the beginning of the last call that failed; Infinity if they never stop */
  readonly recoveryMillis: number
  /**
   * the fullest 100 ms from the end until two seconds after all was good again, against the normal load, or against the
   * calls begun just then where the machine held the caller up and let go of several at once
   */
  readonly peak: number
  /** calls begun after the end that failed */
  readonly failedAfter: number
  readonly failedDuring: number
}

const bucketMillis = 100

/** Events per bucket between `from` and `to`. */
const buckets = (times: ReadonlyArray<number>, from: number, to: number): ReadonlyArray<number> => {
  const counts = Array.from<number>({ length: Math.floor((to - from) / bucketMillis) }).fill(0)
  for (const at of times) {
    const bucket = Math.floor((at - from) / bucketMillis)
    if (at >= from && bucket < counts.length) counts[bucket]!++
  }
  return counts
}

export const weather = (
  storm: { readonly calls: ReadonlyArray<Call>; readonly arrivals: ReadonlyArray<number> },
  during: number,
  callsPerSecond: number
): Weather => {
  const begunDuring = storm.calls.filter(({ began }) => began >= 0 && began < during)
  const begunAfter = storm.calls.filter(({ began }) => began >= during)
  const failedAfter = begunAfter.filter(({ ok }) => !ok)
  const lastFailure = failedAfter.at(-1)
  const observedUntil = storm.calls.at(-1)?.began ?? during
  const recoveryMillis =
    lastFailure === undefined ? 0 : observedUntil - lastFailure.began < 1_000 ? Infinity : lastFailure.began - during
  const peakUntil = Math.min(observedUntil, during + recoveryMillis + 2_000)
  const normal = (callsPerSecond * bucketMillis) / 1_000
  const begun = buckets(
    storm.calls.map(({ began }) => began),
    during - bucketMillis,
    peakUntil
  )
  const loads = buckets(storm.arrivals, during, peakUntil).map(
    (count, bucket) => count / Math.max(normal, begun[bucket]!, begun[bucket + 1]!)
  )
  return {
    requestsPerCall: storm.arrivals.filter((at) => at >= 0 && at < during).length / begunDuring.length,
    recoveryMillis,
    peak: Math.max(...loads),
    failedAfter: failedAfter.length,
    failedDuring: begunDuring.filter(({ ok }) => !ok).length
  }
}
