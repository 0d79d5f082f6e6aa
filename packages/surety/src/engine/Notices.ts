/**
 * What follows when a response announces the end of an operation: it is counted, its date is kept for whoever looks, and one
 * event a day says so. Links are reported and never followed. An end is withdrawn by a day of good answers that do not name
 * it: less would let a fleet that answers now one way, now the other, open and close an alert.
 *
 * Neighbours: `Notice` reads the headers; the HTTP adapter calls this for each response of the provider.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Deprecation } from "../CallMetadata.ts"
import * as SignalName from "../signals/SignalName.ts"
import type { Call } from "./Call.ts"
import * as Spans from "./Spans.ts"

const dayMillis = 86_400_000

/**
 * @category running
 * @since 0.1.0
 */
export const observe = (call: Call, notice: Deprecation | undefined, status: number): void => {
  if (notice?.sunsetAt === undefined && status < 300) unsaid(call)
  if (notice === undefined) return
  const { environment, name, signals } = call.op
  const { notices } = signals.series
  const { deprecated, deprecatedAt, links, sunsetAt, warned } = notice
  if (!deprecated && sunsetAt === undefined && !warned) return
  if (deprecated) notices.deprecation.value++
  if (warned) notices.warning.value++
  if (sunsetAt !== undefined) {
    notices.sunset.value++
    signals.sunsetAt = sunsetAt
    signals.sunsetSeenAt = call.time.now()
  }
  environment.guards.events.say(
    {
      name: SignalName.events.deprecationObserved,
      level: "warning",
      operation: name,
      once: "",
      everyMillis: dayMillis,
      attributes: () => ({
        kind: deprecated ? "deprecation" : sunsetAt === undefined ? "warning" : "sunset",
        ...dated("deprecated.at", deprecatedAt),
        ...dated("sunset.at", sunsetAt),
        // RFC 8594 wants the end after the deprecation: one of the two dates is wrong
        ...(deprecatedAt !== undefined && sunsetAt !== undefined && sunsetAt < deprecatedAt
          ? { "sunset.before_deprecation": true }
          : undefined),
        ...Object.fromEntries(links.map(({ href, rel }) => [`link.${rel}`, shown(href)]))
      })
    },
    call.time.now()
  )
}

/** What a provider repeats of our address may hold our key, and a line has an end. */
const shown = (href: string): string =>
  Spans.withoutQuery(href.replace(/[^!-~]|(?<=^https:\/+)[^/?#]*@/g, "")).slice(0, 500)

/** A good answer names no end. */
const unsaid = ({ op: { signals }, time }: Call): void => {
  if (signals.sunsetSeenAt === Infinity || time.now() - signals.sunsetSeenAt < dayMillis) return
  signals.sunsetSeenAt = Infinity
  signals.sunsetAt = signals.declaredSunsetAt
}

/** Years that no calendar has are no dates, which JSON has nothing for. */
const dated = (name: string, epochMillis = NaN): Readonly<Record<string, string>> | undefined => {
  const date: string | null = new Date(epochMillis).toJSON()
  return date === null ? undefined : { [name]: date }
}
