/** One way to write a program of many endpoints, for the type checker. Pure text. */
export interface Dialect {
  readonly imports: string
  /** values that all endpoints share */
  readonly prelude: string
  readonly failure: (name: string, status: number) => string
  readonly endpoint: (name: string, failures: ReadonlyArray<string>) => string
  /** the client or provider over all endpoints */
  readonly group: (endpoints: ReadonlyArray<string>) => string
  /** a call that handles one failure */
  readonly call: (endpoint: string, handled: string) => string
  readonly program: (calls: ReadonlyArray<string>) => string
}

/** The parts of every request and result, the same in all dialects. */
export const params = `{ id: Schema.String }`
export const payload = `Schema.Struct({ amount: Schema.Int, currency: Schema.String })`
export const success =
  `Schema.Struct({ id: Schema.String, object: Schema.String, amount: Schema.Int, currency: Schema.String, ` +
  `captured: Schema.Boolean, created: Schema.Number })`
