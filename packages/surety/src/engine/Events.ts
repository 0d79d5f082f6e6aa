/**
 * What the engine logs: rare changes, under a fixed name, with what belongs to them as annotations. A call that goes well
 * says nothing, and what an outage would repeat for every call is said once a minute; the metrics count all of it. A lost
 * mutation and a conflict of keys name a call that somebody has to look after: each is said, up to a thousand of them a
 * minute.
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

/** How many events of one kind and place are said in a minute, where each of them is about another call. */
const mostPerMinute = 1_000

/**
 * **Details**   `once`: what the event is about; of one such thing there is one event in `everyMillis` (default: a minute).
 * Without it a thousand are said in that time, and the last of them says that more are held back. The first event after
 * that time says how many were. `attributes` is called for an event that is said.
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
  readonly attributes: () => Readonly<Record<string, unknown>>
}

/** Events of one kind and place since a time, those that were held back among them. */
interface Said {
  readonly since: number
  count: number
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
  private readonly said = new Map<string, Said>()

  constructor(context: Context.Context<never>, provider: string) {
    this.context = context
    this.provider = provider
  }

  say({ attributes, everyMillis = minuteMillis, level, name, once, operation }: Event, now: number): void {
    const key = `${name} ${operation ?? ""} ${once ?? ""}`
    const most = once === undefined ? mostPerMinute : 1
    let said = this.said.get(key)
    let heldBack = 0
    if (said === undefined || now - said.since >= everyMillis) {
      heldBack = Math.max(0, (said?.count ?? 0) - most)
      said = { since: now, count: 0 }
      this.said.set(key, said)
    }
    if (++said.count > most) return
    const annotations = {
      [SignalName.provider]: this.provider,
      ...(operation === undefined ? undefined : { [SignalName.operation]: operation }),
      ...attributes(),
      ...(heldBack === 0 ? undefined : { [SignalName.heldBack]: heldBack }),
      ...(said.count < mostPerMinute ? undefined : { [SignalName.holdsBack]: true })
    }
    // a logger that fails loses its line, not the call
    Effect.runForkWith(this.context)(Effect.ignoreCause(Effect.annotateLogs(levels[level](name), annotations)))
  }
}
