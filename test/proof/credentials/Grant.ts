/** What a process that shares grants is told, and what it says of them. */
import type { Step } from "./Steps.ts"
import type { Address } from "./Stores.ts"

/** Where the process stands. */
export interface ProcessConfig {
  readonly name: string
  readonly store: Address
}

/** One grant, as the process is to use it. */
export interface GrantConfig {
  /** The name of the grant in the store. */
  readonly key: string
  readonly trail: string
  readonly issuer: string
  /** Whether the server tells where its token endpoint is. */
  readonly discovery: "yes" | "no"
  readonly tokenUrl: string
  readonly apiUrl: string
  readonly graceMillis: number
  /** Default: those of the source. */
  readonly lease?: { readonly leaseMillis: number; readonly timeoutMillis: number }
  /** Tell of it, and never go on. */
  readonly stopAt?: Step | undefined
}

export interface Put {
  readonly key: string
  readonly refreshToken: string
}

export interface Call {
  readonly key: string
  readonly fibers: number
  /** Each fiber makes one call after another for so long; default: one call. */
  readonly forMillis?: number
}

/** The grant as the store has it. */
export interface Stored {
  readonly state: string | undefined
}

/** Events of a grant in the database's trail; `undefined` where there is none. */
export interface Audited {
  readonly rows: number | undefined
}
