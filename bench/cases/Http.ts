/**
 * One GET of a small JSON resource after the other over keep-alive connections; the response is read, parsed and, where
 * the case says so, decoded.
 */
export interface Http {
  /** Makes `requests` requests, `concurrency` of them in flight, and notes how long each took. */
  readonly run: (requests: number, concurrency: number, note: (millis: number) => void) => Promise<void>
  /** A call that must fail when what was decoded is not a charge: proof that the case does the work it claims. */
  readonly one: () => Promise<{ readonly id: string; readonly amount: number }>
}

export type OpenHttp = (baseUrl: string) => Promise<Http>

/** As many connections as our own transport opens by default; beyond it, requests wait in the pool. */
export const connections = 64
