/**
 * The provider's bad day: what goes wrong and when, fixed by a seed.
 *
 * Read by the provider's process, which plays it, and by the order service's, which shows what is going on and knows
 * when the outage was.
 */
import { Draw, Fault, FaultScript, RetryAfterForm } from "surety/testing"

export interface Span {
  readonly from: number
  readonly to: number
}

export interface BadDay {
  readonly lengthMillis: number
  readonly script: FaultScript.FaultScript
  readonly outage: Span
  readonly events: ReadonlyArray<Span & Weather>
}

/** What a person is told of the provider. */
export interface Weather {
  readonly name: "well" | "outage" | "overloaded" | "slow" | "flaky"
  readonly says: string
}

export const make = (seed: number, lengthMillis: number): BadDay => {
  /** A span in percent of the day, moved by up to 2 percent either way. */
  const span = (name: string, from: number, to: number): Span => {
    const moved = (Draw.uniform(seed, name) - 0.5) * 4
    return { from: ((from + moved) / 100) * lengthMillis, to: ((to + moved) / 100) * lengthMillis }
  }
  const during = ({ from, to }: Span, fault: Fault.Fault | FaultScript.FaultScript): FaultScript.FaultScript =>
    FaultScript.window({ from, to }, fault)
  // by request: the same orders are hit in whatever order their requests arrive
  const some = (name: string, rate: number, fault: Fault.Fault): FaultScript.FaultScript =>
    FaultScript.sometimes({ seed: Math.floor(Draw.uniform(seed, name) * 2 ** 32), rate, by: "request" }, fault)

  const outage = span("outage", 46, 68)
  const firstBurst = span("first burst", 11, 19)
  const secondBurst = span("second burst", 87, 95)
  const slow = span("slow", 24, 36)
  const busy = Fault.tooManyRequests(RetryAfterForm.seconds("1 second"))
  // Around the bursts and the outage the network is bad too. After the outage it is left in peace for a while, so that
  // the time to recover is about the outage and nothing else.
  const network = FaultScript.all(
    some("reset", 0.03, Fault.resetAfter),
    some("stall", 0.01, Fault.stallHead("3 seconds"))
  )
  const rough = [
    { from: 0.04 * lengthMillis, to: outage.from },
    { from: 0.86 * lengthMillis, to: 10 * lengthMillis }
  ] as const

  return {
    lengthMillis,
    outage,
    script: FaultScript.all(
      during(outage, Fault.unavailable()),
      during(firstBurst, busy),
      during(secondBurst, busy),
      ...rough.map((part) => during(part, network)),
      during(slow, some("slow", 0.25, Fault.latency("300 millis", "800 millis"))),
      Fault.latency("6 millis", "22 millis")
    ),
    events: [
      { ...outage, name: "outage", says: "outage: answers 503 to everything" },
      { ...firstBurst, name: "overloaded", says: "overloaded: answers 429, retry after 1 s" },
      { ...secondBurst, name: "overloaded", says: "overloaded: answers 429, retry after 1 s" },
      { ...slow, name: "slow", says: "slow: a quarter of its answers take up to 0.8 s" },
      ...rough.map((part) => ({
        ...part,
        name: "flaky" as const,
        says: "flaky: charges, then drops or stalls 4 % of the answers"
      }))
    ]
  }
}

/** What goes on at a moment, the worst first. */
export const weatherAt = (day: BadDay, atMillis: number): Weather =>
  day.events.find(({ from, to }) => atMillis >= from && atMillis < to) ?? { name: "well", says: "well" }
