/**
 * A client under a misbehaving server: one logical call, however many requests it takes. Rejects when the call failed.
 */
export interface Client {
  readonly call: () => Promise<unknown>
}

/** How every client is opened: against `baseUrl`, with one second for an attempt. */
export type Open = (baseUrl: string) => Promise<Client>

export const attemptMillis = 1_000
