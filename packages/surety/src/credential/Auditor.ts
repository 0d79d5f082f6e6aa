/**
 * The auditor of a process: gives each event to every sink, each behind a buffer of its own, and makes the fingerprints.
 *
 * Live secrets are taken out of what is recorded, though nobody should have put one there.
 *
 * Neighbours: `Audit` is the port that writers see; `AuditBuffer` is what each sink is behind; `SecretNet` is the second
 * net.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Audit from "./Audit.ts"
import * as AuditBuffer from "./AuditBuffer.ts"
import * as Fingerprint from "./Fingerprint.ts"
import * as LiveSecrets from "./LiveSecrets.ts"

/**
 * A sink, or what makes one.
 *
 * @category models
 * @since 0.1.0
 */
export type Given = Audit.Sink | Effect.Effect<Audit.Sink, unknown, unknown>

/**
 * **Details**   `actor`: who acts here, in the words of those who read the trail (a service's name and instance);
 * default `process-` and 8 random characters, the same for the life of the process. `key`: the HMAC key of the
 * fingerprints, at least 16 characters; default 32 random bytes that only this process has, so that fingerprints
 * of two processes, or before and after a restart, cannot be compared. Give all processes the same key, from the
 * secret store, where they must be. `sinks`: each with a name of its own. The rest is that of `AuditBuffer`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<out S extends Given = Given> extends AuditBuffer.Options {
  readonly actor?: string
  readonly key?: Redacted.Redacted<string>
  readonly sinks: ReadonlyArray<S>
}

/**
 * Provides `Audit.Audit`: from here on, what credentials do is written down.
 *
 * **Details**   The layer's own context is the sinks': provide loggers, clients and transports to it. Its scope closes
 * the sinks' buffers, so provide it to the layers that write, and it will outlive them.
 *
 * **Failures**   `RangeError` (a defect) for a key under 16 characters, no sink, or two of one name; whatever the making
 * of a sink fails with.
 *
 * **Example** (A trail in the log)
 *
 * ```ts import.meta.vitest
 * import { Effect } from "effect"
 * import { Audit, Auditor, LogAudit } from "surety/credential"
 *
 * const trail = Auditor.layer({ actor: "checkout-7", sinks: [LogAudit.sink] })
 * const actor = Audit.Audit.pipe(Effect.map((audit) => audit.actor))
 *
 * await Effect.runPromise(Effect.provide(actor, trail)) // => "checkout-7"
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <S extends Given>(
  options: Options<S>
): Layer.Layer<never, Effect.Error<S>, Exclude<Effect.Services<S>, Scope.Scope>> =>
  Layer.effect(Audit.Audit, make(options))

/**
 * The auditor itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <S extends Given>(
  options: Options<S>
): Effect.Effect<Audit.Audit, Effect.Error<S>, Effect.Services<S> | Scope.Scope> =>
  Effect.gen(function* () {
    const fingerprint = Fingerprint.make(keyOf(options.key))
    const buffers: Array<AuditBuffer.AuditBuffer> = []
    const names = new Set<string>()
    // all buffers end at the same time: sinks that are down hold up the end once, not one after the other
    const ends = yield* Scope.make("parallel")
    yield* Effect.addFinalizer((exit) => Scope.close(ends, exit))
    // what the compiler cannot tell of a union: its effects fail and need what the union's do
    const sinks = options.sinks as ReadonlyArray<
      Audit.Sink | Effect.Effect<Audit.Sink, Effect.Error<S>, Effect.Services<S>>
    >
    for (const given of sinks) {
      const sink = Effect.isEffect(given) ? yield* given : given
      if (names.has(sink.name)) throw new RangeError(`Auditor: two sinks are called ${sink.name}`)
      names.add(sink.name)
      buffers.push(yield* Effect.provideService(AuditBuffer.make(sink, options), Scope.Scope, ends))
    }
    if (buffers.length === 0) throw new RangeError("Auditor: there is no sink")
    return {
      actor: options.actor ?? thisProcess(),
      fingerprint,
      record: (event) => {
        const clean = withoutSecrets(event)
        for (const buffer of buffers) buffer.record(clean)
      }
    }
  })

const keyOf = (key: Redacted.Redacted<string> | undefined): Uint8Array => {
  if (key === undefined) return crypto.getRandomValues(new Uint8Array(32))
  const text = Redacted.value(key)
  if (text.length < 16) throw new RangeError(`Auditor: the key has ${text.length} characters, at least 16 are needed`)
  return new TextEncoder().encode(text)
}

let processName: string | undefined

/** Made when it is first asked for: some runtimes have no randomness while modules load. */
const thisProcess = (): string => (processName ??= `process-${crypto.randomUUID().slice(0, 8)}`)

/** An event is numbers and texts. */
const withoutSecrets = (event: Audit.Event): Audit.Event => {
  let clean: Record<string, unknown> | undefined
  for (const [name, value] of Object.entries(event)) {
    if (typeof value !== "string") continue
    const scrubbed = LiveSecrets.scrub(value)
    if (scrubbed !== value) (clean ??= { ...event })[name] = scrubbed
  }
  return (clean as Audit.Event | undefined) ?? event
}
