/**
 * The picture of what a call passes through, with the numbers of its contract and what each guard answers when it refuses.
 *
 * Neighbours: the engine is what is drawn; `Diagram` draws.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Explanation } from "surety/Explanation"
import * as Amount from "./Amount.ts"
import { arrow, box, type Diagram, lines, svg, words } from "./Diagram.ts"

/**
 * Draws the pipeline.
 *
 * **Details**   `key`: whether the secret has a `Lifecycle`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (contract: Explanation, key: "managed" | "fixed" = "managed"): Diagram => {
  const stages = stagesOf(contract, key)
  const title = `What a call of ${contract.provider} passes through`
  const text = textOf(contract, stages)
  const frame = {
    total: `Deadline of the call: ${Amount.times(contract.operations.map((one) => one.totalMillis))}`,
    loop: `Retry loop: up to ${Amount.count(mostRequests(contract), "request")}, paid from the retry budget`,
    host: new URL(contract.baseUrl).host
  }
  return { title, text, wide: wide(stages, frame, title, text), narrow: narrow(stages, frame, title, text) }
}

interface Stage {
  readonly name: string
  readonly facts: ReadonlyArray<string>
  readonly exit: string
}

interface Frame {
  readonly total: string
  readonly loop: string
  readonly host: string
}

const stagesOf = ({ credential, limits, operations }: Explanation, key: "managed" | "fixed"): ReadonlyArray<Stage> => {
  const buckets = Object.keys(limits.buckets).length
  return [
    ...(credential._tag === "NoCredential"
      ? []
      : [
          {
            name: "Credential",
            facts: key === "fixed" ? ["the fixed key"] : ["current secret,", "renewed in time"],
            exit: "CredentialUnavailable"
          }
        ]),
    ...(buckets === 0
      ? []
      : [
          { name: "Rate limit", facts: [Amount.count(buckets, "bucket"), "wait or refuse"], exit: "RateLimitSaturated" }
        ]),
    {
      name: "Concurrency",
      facts: [`${Amount.number(limits.concurrency)} at once`, `${Amount.number(limits.queue)} may queue`],
      exit: "BulkheadFull"
    },
    {
      name: "Circuit",
      facts: limits.breaker.trip._tag === "None" ? ["by hand only"] : ["opens on outages,", "probes by itself"],
      exit: "CircuitOpen"
    },
    {
      name: "Attempt",
      facts: [Amount.times(operations.map((one) => one.attemptMillis)), "send, read, decode"],
      exit: "a declared failure"
    }
  ]
}

const mostRequests = ({ operations }: Explanation): number => Math.max(1, ...operations.map((one) => one.maxRequests))

const wide = (stages: ReadonlyArray<Stage>, frame: Frame, title: string, text: string): string => {
  const [step, width, left, top] = [156, 138, 114, 92]
  const end = left + stages.length * step
  const middle = top + 44
  return svg({
    id: "pipeline",
    form: "wide",
    width: end + 158,
    height: 246,
    title,
    text,
    shapes: [
      box("far", 1, top, 72, 88),
      words("name", 37, middle - 2, "Call"),
      words("fact", 37, middle + 15, "your code"),
      box("frame", left - 26, 12, end - left + 30, 222),
      words("fact", left - 12, 34, frame.total, "start"),
      box("loop", left - 13, 46, end - left + 4, 176),
      words("fact", left, 68, frame.loop, "start"),
      arrow(`M74 ${middle}H${left - 3}`),
      ...stages.flatMap(({ exit, facts, name }, at) => {
        const x = left + at * step
        const center = x + width / 2
        return [
          box("plain", x, top, width, 88),
          words("name", center, top + 27, name),
          lines(center, top + 50, facts),
          at === stages.length - 1
            ? arrow(`M${x + width} ${middle}H${end + 27}`)
            : arrow(`M${x + width} ${middle}H${x + step - 2}`),
          arrow(`M${center} ${top + 88}V${top + 103}`, "dashed"),
          words("tag", center, top + 119, exit)
        ]
      }),
      box("far", end + 29, top, 128, 88),
      words("name", end + 93, middle - 2, "Provider"),
      words("fact", end + 93, middle + 15, shortened(frame.host, 18))
    ]
  })
}

const narrow = (stages: ReadonlyArray<Stage>, frame: Frame, title: string, text: string): string => {
  const [step, top] = [86, 118]
  const end = top + stages.length * step
  return svg({
    id: "pipeline",
    form: "narrow",
    width: 344,
    height: end + 64,
    title,
    text,
    shapes: [
      box("far", 18, 1, 148, 30),
      words("name", 92, 21, "Call: your code"),
      arrow(`M92 31V${top - 2}`),
      box("frame", 1, 44, 342, end - 44 + 4),
      words("fact", 106, 64, frame.total, "start"),
      box("loop", 10, 76, 324, end - 76 - 6),
      words("fact", 106, 97, frame.loop.slice(0, frame.loop.indexOf(",")), "start"),
      ...stages.flatMap(({ exit, facts, name }, at) => {
        const y = top + at * step
        return [
          box("plain", 18, y, 148, 64),
          words("name", 92, y + 22, name),
          lines(92, y + 40, facts),
          arrow(`M92 ${y + 64}V${at === stages.length - 1 ? end + 22 : y + step - 2}`),
          arrow(`M166 ${y + 32}H178`, "dashed"),
          words("tag", 183, y + 36, exit, "start")
        ]
      }),
      box("far", 18, end + 24, 148, 38),
      words("name", 92, end + 40, "Provider"),
      words("fact", 92, end + 56, shortened(frame.host, 24))
    ]
  })
}

const shortened = (host: string, most: number): string => (host.length <= most ? host : `${host.slice(0, most - 1)}…`)

const textOf = (contract: Explanation, stages: ReadonlyArray<Stage>): string =>
  [
    "call",
    `deadline of ${Amount.times(contract.operations.map((one) => one.totalMillis))}`,
    `retry loop of up to ${Amount.count(mostRequests(contract), "request")}`,
    ...stages.map(
      ({ exit, facts, name }) =>
        `${name.toLowerCase()}: ${facts.map((fact) => fact.replace(/,$/, "")).join(", ")}; else ${exit}`
    ),
    new URL(contract.baseUrl).host
  ].join("\n-> ")
