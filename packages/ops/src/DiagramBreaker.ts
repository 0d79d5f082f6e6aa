/**
 * The picture of a provider's circuit: its four states, what leads from one to the next, and the times of its contract.
 *
 * Neighbours: `surety/CircuitBreaker` declares what is drawn; `Diagram` draws.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { CircuitBreaker } from "surety/CircuitBreaker"
import type { Explanation } from "surety/Explanation"
import * as Amount from "./Amount.ts"
import { arrow, box, type Diagram, lines, svg, words } from "./Diagram.ts"

/**
 * Draws the circuit.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = ({ limits: { breaker }, provider }: Explanation): Diagram => {
  const title = `The states of the circuit of ${provider}`
  const text = transitionsOf(breaker)
    .map(({ from, to, when }) => `${from} -> ${to}: ${when}`)
    .join("\n")
  return { title, text, wide: wide(breaker, title, text), narrow: narrow(breaker, title, text) }
}

/**
 * What leads from one state to another, in words.
 *
 * @category rules
 * @since 0.1.0
 */
export const transitionsOf = (
  breaker: CircuitBreaker
): ReadonlyArray<{ readonly from: string; readonly to: string; readonly when: string }> => [
  ...(breaker.trip._tag === "None"
    ? []
    : [
        { from: "closed", to: "open", when: tripOf(breaker).join(" ") },
        { from: "open", to: "half-open", when: waitOf(breaker).join(" ") },
        {
          from: "half-open",
          to: "closed",
          when: `a probe was answered; admission grows over ${Amount.time(breaker.rampMillis)}`
        },
        { from: "half-open", to: "open", when: "a probe met an outage; the next wait is twice as long" }
      ]),
  { from: "any", to: "isolated", when: "isolate(), by hand; every call is refused" },
  { from: "isolated", to: "closed", when: "close(), by hand, without a ramp" }
]

const tripOf = ({ trip }: CircuitBreaker): ReadonlyArray<string> => {
  switch (trip._tag) {
    case "None":
      return ["never"]
    case "Consecutive":
      return [Amount.count(trip.failures, "outage"), trip.failures === 1 ? "is enough" : "in a row"]
    case "FailureRate":
      return [`${Amount.percent(trip.threshold)} outages`, `of the last ${trip.size}`, `(${trip.minimumCalls} known)`]
  }
}

const waitOf = ({ openMaxMillis, openMinMillis }: CircuitBreaker): ReadonlyArray<string> =>
  openMinMillis === openMaxMillis
    ? [`after ${Amount.time(openMinMillis)}`]
    : [`after ${Amount.time(openMinMillis)},`, "doubling, at most", Amount.time(openMaxMillis)]

const wide = (breaker: CircuitBreaker, title: string, text: string): string => {
  const trips = breaker.trip._tag !== "None"
  return svg({
    id: "breaker",
    form: "wide",
    width: 920,
    height: 300,
    title,
    text,
    shapes: [
      box("good", 12, 96, 170, 64),
      words("name", 97, 124, "closed"),
      words("fact", 97, 144, "calls pass"),
      box("far", 12, 234, 170, 56),
      words("name", 97, 258, "isolated"),
      words("fact", 97, 277, "by hand only"),
      arrow("M66 160V232"),
      words("fact", 58, 201, "isolate()", "end"),
      arrow("M128 234V162"),
      words("fact", 138, 201, "close()", "start"),
      ...(trips
        ? [
            box("bad", 366, 96, 170, 64),
            words("name", 451, 124, "open"),
            words("fact", 451, 144, "nothing is sent"),
            box("warn", 738, 96, 170, 64),
            words("name", 823, 124, "half-open"),
            words("fact", 823, 144, `${Amount.count(breaker.probes, "probe")} at a time`),
            arrow("M182 128H364"),
            lines(273, 116 - 16 * (tripOf(breaker).length - 1), tripOf(breaker)),
            arrow("M536 118H736"),
            lines(636, 106 - 16 * (waitOf(breaker).length - 1), waitOf(breaker)),
            arrow("M738 142H538"),
            lines(637, 162, ["a probe met an outage"]),
            arrow("M823 96V40H97V94"),
            words("fact", 460, 28, `a probe was answered: calls come back over ${Amount.time(breaker.rampMillis)}`)
          ]
        : [words("fact", 220, 132, "it never opens by itself", "start")])
    ]
  })
}

const narrow = (breaker: CircuitBreaker, title: string, text: string): string => {
  const trips = breaker.trip._tag !== "None"
  const isolated = trips ? 388 : 150
  return svg({
    id: "breaker",
    form: "narrow",
    width: 344,
    height: isolated + 62,
    title,
    text,
    shapes: [
      box("good", 60, 4, 150, 54),
      words("name", 135, 27, "closed"),
      words("fact", 135, 46, "calls pass"),
      box("far", 60, isolated, 150, 54),
      words("name", 135, isolated + 23, "isolated"),
      words("fact", 135, isolated + 42, "by hand only"),
      ...(trips
        ? [
            box("bad", 60, 126, 150, 54),
            words("name", 135, 149, "open"),
            words("fact", 135, 168, "nothing is sent"),
            box("warn", 60, 250, 150, 54),
            words("name", 135, 273, "half-open"),
            words("fact", 135, 292, `${Amount.count(breaker.probes, "probe")} at a time`),
            arrow("M135 58V124"),
            lines(145, 96 - 8 * (tripOf(breaker).length - 1), tripOf(breaker), "start"),
            arrow("M158 180V248"),
            lines(168, 219 - 8 * (waitOf(breaker).length - 1), waitOf(breaker), "start"),
            arrow("M106 250V182"),
            lines(96, 211, ["probe met", "an outage"], "end"),
            arrow("M210 277H300V31H212"),
            lines(290, 328, ["a probe was answered:", `back over ${Amount.time(breaker.rampMillis)}`], "end"),
            arrow(`M60 31H16V${isolated + 20}H58`),
            lines(24, 362, ["isolate(), from any state"], "start"),
            arrow(`M210 ${isolated + 27}H330V18H212`),
            words("fact", 322, isolated + 44, "close()", "end")
          ]
        : [
            arrow(`M110 58V${isolated - 2}`),
            words("fact", 102, 108, "isolate()", "end"),
            arrow(`M160 ${isolated}V60`),
            words("fact", 168, 108, "close()", "start")
          ])
    ]
  })
}
