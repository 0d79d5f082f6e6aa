/**
 * What the engine logs: rare changes, under a fixed name, with what belongs to them as annotations. A call that goes well
 * says nothing, and what an outage would repeat for every call is said once a minute; the metrics count all of it.
 *
 * No event carries a header, a body, a message of the provider's or a credential.
 *
 * Neighbours: `Conclude`, `Guards` and `Notices` speak; the loggers are those of the last caller.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as SignalName from "../signals/SignalName.ts"

/**
 * Default of the shortest time between two events of one kind and place. Unit: milliseconds.
 *
 * @category constants
 * @since 0.1.0
 */
export const minuteMillis = 60_000

/**
 * **Details**   `once`: what the event is about; of one such thing there is one event in `everyMillis` (default: a minute).
 * Without it every event is said.
 *
 * @category models
 * @since 0.1.0
 */
export interface Event {
  readonly name: SignalName.EventName
  readonly level: "info" | "warning" | "error"
  readonly operation?: string
  readonly once?: string
  readonly everyMillis?: number
  readonly attributes: Readonly<Record<string, unknown>>
}

const levels = { info: Effect.logInfo, warning: Effect.logWarning, error: Effect.logError } as const

/**
 * @category models
 * @since 0.1.0
 */
export class Events {
  /** Of the last caller: its loggers, its span. */
  context: Context.Context<never>
  private readonly provider: string
  private readonly said = new Map<string, number>()

  constructor(context: Context.Context<never>, provider: string) {
    this.context = context
    this.provider = provider
  }

  say({ attributes, everyMillis = minuteMillis, level, name, once, operation }: Event, now: number): void {
    if (once !== undefined) {
      const key = `${name} ${operation ?? ""} ${once}`
      const last = this.said.get(key)
      if (last !== undefined && now - last < everyMillis) return
      this.said.set(key, now)
    }
    const annotations = {
      [SignalName.provider]: this.provider,
      ...(operation === undefined ? undefined : { [SignalName.operation]: operation }),
      ...attributes
    }
    // a logger that fails loses its line, not the call
    Effect.runForkWith(this.context)(Effect.ignoreCause(Effect.annotateLogs(levels[level](name), annotations)))
  }
}
