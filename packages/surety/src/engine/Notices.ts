/**
 * What follows when a response announces the end of an operation: it is counted, its date is kept for whoever looks, and one
 * event a day says so. Links are reported and never followed.
 *
 * Neighbours: `Notice` reads the headers; the HTTP adapter calls this for each response that has any.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Deprecation } from "../CallMetadata.ts"
import * as SignalName from "../signals/SignalName.ts"
import type { Call } from "./Call.ts"

const dayMillis = 86_400_000

/**
 * @category running
 * @since 0.1.0
 */
export const observe = (call: Call, notice: Deprecation): void => {
  const { environment, name, signals } = call.op
  const { notices } = signals.series
  const { deprecated, deprecatedAt, links, sunsetAt, warned } = notice
  if (!deprecated && sunsetAt === undefined && warned !== true) return
  if (deprecated) notices.deprecation.value++
  if (warned === true) notices.warning.value++
  if (sunsetAt !== undefined) {
    notices.sunset.value++
    signals.sunsetAt = sunsetAt
  }
  environment.guards.events.say(
    {
      name: SignalName.events.deprecationObserved,
      level: "warning",
      operation: name,
      once: "",
      everyMillis: dayMillis,
      attributes: {
        kind: deprecated ? "deprecation" : sunsetAt === undefined ? "warning" : "sunset",
        ...dated("deprecated.at", deprecatedAt),
        ...dated("sunset.at", sunsetAt),
        // RFC 8594 wants the end after the deprecation: one of the two dates is wrong
        ...(deprecatedAt !== undefined && sunsetAt !== undefined && sunsetAt < deprecatedAt
          ? { "sunset.before_deprecation": true }
          : undefined),
        ...Object.fromEntries(links.map(({ href, rel }) => [`link.${rel}`, href]))
      }
    },
    call.time.now()
  )
}

/** Years that no calendar has are no dates. */
const dated = (name: string, epochMillis: number | undefined): Readonly<Record<string, string>> | undefined =>
  epochMillis === undefined || Math.abs(epochMillis) > 8.64e15
    ? undefined
    : { [name]: new Date(epochMillis).toISOString() }
