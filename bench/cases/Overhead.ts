/**
 * A guarded call around an operation that does nothing but resolve on a microtask. What remains is the guard.
 */
export interface Overhead {
  /** Makes `calls` calls, `concurrency` of them in flight at any time. */
  readonly run: (calls: number, concurrency: number) => Promise<void>
}

/** The guarded operation, the same for every case. */
export const operation = (input: number): Promise<number> => Promise.resolve(input)
