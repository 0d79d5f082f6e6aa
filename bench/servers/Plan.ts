/**
 * What a misbehaving server is told to do, and what it saw. Times are milliseconds since the epoch: client and server
 * run on one machine and read the same clock.
 */

export interface Plan {
  readonly beginsAt: number
  readonly endsAt: number
}

export interface Seen {
  /** when each request came in */
  readonly arrivals: ReadonlyArray<number>
  /** requests that were worked on to the end although their client had gone */
  readonly wasted: number
}

/** Now, on the clock that both sides share, with fractions of a millisecond. */
export const now = (): number => performance.timeOrigin + performance.now()
