/** The figures of a run as one object, and as lines and tables for a person. */
import type { Found } from "./Credentials.ts"

/** **Details**   The first ten are those that are promised; the rest says how they came about. */
export interface Figures {
  readonly processes: number
  readonly fibers: number
  readonly rounds: number
  readonly expiries: number
  readonly refreshesSeenByServer: number
  readonly invalidGrant: number
  readonly failedCalls: number
  /** Grants that ended where they had to live, or in any other way than told to everybody and audited once. */
  readonly deadGrants: number
  readonly rotationFailedCalls: number
  readonly leaks: number
  readonly details: Found
}

export const figures = (found: Found): Figures => {
  const { crashes, flips, leaks, storm } = found
  return {
    processes: storm?.processes ?? 0,
    fibers: storm?.fibers ?? 0,
    rounds: storm?.rounds ?? 0,
    expiries: storm?.expiries ?? 0,
    refreshesSeenByServer: storm?.refreshesSeenByServer ?? 0,
    invalidGrant: storm?.invalidGrant ?? 0,
    failedCalls:
      (storm?.failedCalls ?? 0) + sum(crashes?.map((one) => (one.end === "reauthorize" ? 0 : one.failedCalls))),
    deadGrants: (storm?.deadGrants ?? 0) + (crashes?.filter(({ verdict }) => verdict === "broken").length ?? 0),
    rotationFailedCalls: sum(flips?.map((flip) => flip.failedCalls)),
    leaks: leaks.length,
    details: found
  }
}

export const text = (found: Found): string => {
  const { crashes, flips, leaks, searched, seconds, storm } = found
  const lines: Array<string> = [""]
  if (storm !== undefined) {
    lines.push(
      `Expiry storm on ${storm.store}: ${storm.processes} processes x ${storm.fibers} fibers, ${storm.expiries} expiries (${seconds.storm} s)`,
      `  refreshes that the server saw   ${storm.refreshesSeenByServer} (at most ${storm.mostInARound} in a round), audited ${storm.refreshesAudited} of ${storm.refreshesGranted}`,
      `  refused with invalid_grant      ${storm.invalidGrant}`,
      `  under traffic for ${storm.traffic.seconds} s`.padEnd(34) +
        `${storm.traffic.refreshes} refreshes, ${storm.traffic.soonestMillis} ms apart at least, ${storm.traffic.calls} calls, failed ${storm.traffic.failedCalls}`,
      `  calls                           ${storm.calls}, failed ${storm.failedCalls}${named(storm.failures)}`,
      `  a round took                    ${storm.roundMillis.median} ms in the middle, ${storm.roundMillis.worst} ms at worst`,
      ""
    )
  }
  if (crashes !== undefined) {
    lines.push(`Kill -9 of the process that holds the lease (${seconds.crash} s)`)
    lines.push(
      ...table(
        [
          "server",
          "killed when",
          "token",
          "failed before its end",
          "end",
          "refreshes",
          "after",
          "audited",
          "failed calls",
          "recovered ms",
          ""
        ],
        crashes.map((one) => [
          one.server,
          one.place,
          one.token,
          one.token === "good" ? `${one.before.failed} of ${one.before.calls}` : "",
          one.end,
          one.refreshes,
          one.refreshesAfter,
          one.auditEvents,
          `${one.failedCalls}${named(one.failures)}`,
          one.recoveredMillis,
          one.revived ?? "",
          one.verdict
        ])
      ),
      ""
    )
  }
  if (flips !== undefined) {
    lines.push(`Static key flipped in mid-traffic (${seconds.flip} s)`)
    lines.push(
      ...table(
        [
          "through",
          "cut",
          "flips",
          "calls/s",
          "calls",
          "failed",
          "in flight",
          "answered",
          "401s",
          "p99 ms",
          "worst ms"
        ],
        flips.map((one) => [
          one.how,
          one.cut,
          one.flips,
          one.perSecond,
          one.calls,
          `${one.failedCalls}${named(one.failures)}`,
          one.inFlight,
          one.inFlightAnswered,
          one.unauthorized,
          one.p99Millis,
          one.worstMillis
        ])
      ),
      ""
    )
  }
  lines.push(
    `Leaks: ${leaks.length} (${searched.secrets} secrets, looked for in ${searched.sinks} sinks with ${searched.characters} characters)`
  )
  for (const { form, kind, sink } of leaks) lines.push(`  ${kind}, ${form}, in ${sink}`)
  return lines.join("\n")
}

const named = (failures: Readonly<Record<string, number>>): string => {
  const names = Object.entries(failures).map(([name, count]) => `${count} ${name}`)
  return names.length === 0 ? "" : ` (${names.join(", ")})`
}

const table = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string | number>>
): ReadonlyArray<string> => {
  const all = [head, ...rows.map((row) => row.map(String))]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
}

const sum = (numbers: ReadonlyArray<number> = []): number => numbers.reduce((all, one) => all + one, 0)
