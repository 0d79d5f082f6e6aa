/**
 * What one process writes into the audit trail about one credential: names, versions, fingerprints, times.
 *
 * Neighbours: `Custody` says what happened; `Audit` is where it goes.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import type { Time } from "../engine/Time.ts"
import type * as Audit from "./Audit.ts"
import type { Held } from "./Held.ts"
import type { Use } from "./UsageTally.ts"

/**
 * What an event has besides its kind and purpose. `atMillis`, `wallMillis`: when it happened, if not now.
 *
 * @category models
 * @since 0.1.0
 */
export interface More {
  readonly held?: Held | undefined
  readonly detail?: string | undefined
  readonly moment?: Moment | undefined
}

/** @category models @since 0.1.0 */
export interface Moment {
  readonly wallMillis: number
  readonly monotonicMillis: number
}

/**
 * @category models
 * @since 0.1.0
 */
export class Trail {
  readonly #audit: Audit.Audit
  readonly #time: Time
  readonly #provider: string
  readonly #credential: string
  readonly #id: string = globalThis.crypto.randomUUID()
  readonly #fingerprints = new WeakMap<Redacted.Redacted<string>, string>()
  readonly #versions = new Map<string, Redacted.Redacted<string>>()
  #serial = 0

  constructor(audit: Audit.Audit, time: Time, provider: string, credential: string) {
    this.#audit = audit
    this.#time = time
    this.#provider = provider
    this.#credential = credential
  }

  now(): Moment {
    return { wallMillis: this.#time.wall(), monotonicMillis: this.#time.now() }
  }

  record(kind: Audit.Kind, purpose: string, { detail, held, moment }: More = {}): void {
    this.#write(kind, purpose, {
      ...(moment ?? this.now()),
      ...(held === undefined ? undefined : this.#named(held.issued.version, held.secret)),
      ...(detail === undefined ? undefined : { detail })
    })
  }

  used({ count, operation, traceId, version }: Use): void {
    const secret = this.#versions.get(version)
    this.#write("used", operation, {
      ...this.now(),
      ...(secret === undefined ? { version } : this.#named(version, secret)),
      operation,
      count,
      ...(traceId === undefined ? undefined : { traceId })
    })
  }

  /** The fingerprint is made while the secret can be read, and outlives it. */
  fingerprint(secret: Redacted.Redacted<string>): string {
    let fingerprint = this.#fingerprints.get(secret)
    if (fingerprint === undefined) {
      fingerprint = this.#audit.fingerprint(Redacted.value(secret))
      this.#fingerprints.set(secret, fingerprint)
    }
    return fingerprint
  }

  /** From here on uses of the version can be told apart by its fingerprint. */
  know(held: Held): void {
    this.fingerprint(held.secret)
    this.#versions.delete(held.issued.version)
    this.#versions.set(held.issued.version, held.secret)
    for (const version of this.#versions.keys()) {
      if (this.#versions.size <= keptVersions) break
      this.#versions.delete(version)
    }
  }

  #named(version: string, secret: Redacted.Redacted<string>) {
    const fingerprint = this.fingerprint(secret)
    return fingerprint === "" ? { version } : { version, fingerprint }
  }

  #write(
    kind: Audit.Kind,
    purpose: string,
    rest: Omit<Audit.Event, "id" | "kind" | "actor" | "purpose" | "provider" | "credential">
  ): void {
    this.#audit.record({
      id: `${this.#id}-${++this.#serial}`,
      kind,
      actor: this.#audit.actor,
      purpose,
      provider: this.#provider,
      credential: this.#credential,
      ...rest
    })
  }
}

const keptVersions = 16
