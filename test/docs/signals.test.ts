// docs/signals.md lists what is emitted: every metric, every attribute of a span, every log event, and no other.
import { describe, expect, it } from "vitest"
import { Stripe } from "@surety/stripe"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { LogEvent, ProbeSeries, QueueSeries, SignalName } from "surety/signals"
import { FakeProvider } from "surety/testing"
import { workspace } from "../../scripts/gate.ts"
import { metricNames, page, rewrite } from "../../scripts/docs-signals.ts"

const text = readFileSync(join(workspace, page), "utf8")

/** What stands under a heading of the second level. */
const section = (title: string): string => {
  const from = text.indexOf(`\n## ${title}\n`)
  const to = text.indexOf("\n## ", from + 1)
  return text.slice(from, to === -1 ? undefined : to)
}

const isSignal = (u: unknown): u is SignalName.Signal => typeof u === "object" && u !== null && "kind" in u

/** Names in backticks that look like ours or the convention's. */
const namesIn = (part: string): ReadonlyArray<string> =>
  Array.from(part.matchAll(/`((?:integration|http\.client)\.[a-z_.]+)`/g), (match) => match[1]!)

describe("docs/signals.md", () => {
  it("says what the code says: node scripts/docs-signals.ts has nothing to write", () => {
    expect(rewrite(text)).toBe(text)
  })

  it("lists every metric that has a constant, more than 40", () => {
    const made = [SignalName, QueueSeries, ProbeSeries].flatMap((module) =>
      Object.values(module).flatMap((one: unknown) => (isSignal(one) ? [one.name] : []))
    )
    expect(made.length).toBeGreaterThan(40)
    expect([...metricNames].sort()).toEqual([...new Set(made)].sort())
  })

  it("names nothing under another heading that it does not list", () => {
    const attributes = Object.values(SignalName).filter((one) => typeof one === "string")
    const known = new Set<string>([
      ...metricNames,
      ...attributes,
      ...LogEvent.all.map(({ name }) => name),
      ...namesIn(section("Spans"))
    ])
    const missing = text.split("\n").flatMap((line) => namesIn(line).filter((name) => !known.has(name)))
    // what is not emitted stands in its own table, and nowhere else
    expect(missing.filter((name) => !namesIn(section("What is not emitted, and why")).includes(name))).toEqual([])
    expect(missing.filter((name) => !name.startsWith("integration.webhook."))).toEqual([])
  })

  it("lists every attribute and event that spans of 2 calls have, and their names", async () => {
    const spans: Array<Tracer.Span> = []
    const seen = new Set<string>()
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    const program = Effect.gen(function* () {
      const stripe = yield* Stripe
      yield* Effect.exit(stripe.retrievePaymentIntent({ params: { id: "pi_1" } }))
      yield* Effect.exit(
        stripe.createPaymentIntent({ payload: { amount: 1999, currency: "eur" } }, { idempotencyKey: "order-1" })
      )
    })
    const layer = Layer.succeed(Tracer.Tracer, tracer)
    await Effect.runPromise(
      Effect.provide(program, Layer.provideMerge(Stripe.layerFake(FakeProvider.make(Stripe)), layer))
    )
    for (const { attributes } of spans) for (const name of attributes.keys()) seen.add(name)
    const listed = section("Spans")
    const absent = [...seen].filter(
      (name) => !listed.includes(`\`${name.replace(/(http\.response\.header\.).*/, "$1<name>")}\``)
    )
    expect(absent).toEqual([])
    expect(seen.size).toBeGreaterThan(12)
    expect(new Set(spans.map(({ kind }) => kind))).toEqual(new Set(["internal", "client"]))
  })
})

describe("a log event", () => {
  const sources = globSync("packages/*/src/**/*.ts", { cwd: workspace })
  const tests = globSync(["packages/*/test/**/*.test.ts", "test/**/*.test.ts"], { cwd: workspace })
    .filter((file) => !file.endsWith("docs/signals.test.ts") && !file.includes("node_modules"))
    .map((file) => readFileSync(join(workspace, file), "utf8"))

  it.each(LogEvent.all.map(({ name }) => name))("%s is seen by a test", (name) => {
    // a quote after the name: the metric of the same name has attributes there
    expect(tests.filter((test) => test.includes(`${name}"`) || test.includes(`${name}:`)).length).toBeGreaterThan(0)
  })

  it("is never written with a name that is not listed", () => {
    const literal = /log(?:Info|Warning|Error|Debug)\(\s*"(integration\.[^"]*)"/g
    const found = sources.flatMap((file) =>
      Array.from(readFileSync(join(workspace, file), "utf8").matchAll(literal), (match) => `${file}: ${match[1]}`)
    )
    expect(sources.length).toBeGreaterThan(200)
    expect(found).toEqual([])
  })

  it("has a name of its own: 18 names for 18 events", () => {
    expect(new Set(LogEvent.all.map(({ name }) => name)).size).toBe(LogEvent.all.length)
    expect(LogEvent.all.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.values(SignalName.events)))
  })
})
