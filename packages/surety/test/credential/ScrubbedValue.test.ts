import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll } from "vitest"
import { inspect, types } from "node:util"
import * as LiveSecrets from "../../src/credential/LiveSecrets.ts"
import * as ScrubbedValue from "../../src/credential/ScrubbedValue.ts"

const value = "CANARY-scrubbed-0001"
const secret = Redacted.make(value)
beforeAll(() => LiveSecrets.hold(secret))
afterAll(() => LiveSecrets.release(secret))

class Tagged extends Data.TaggedError("Tagged")<{
  readonly header: string
  readonly inner: { readonly url: string }
}> {}
class Declared extends Schema.TaggedError<Declared>()("Declared", { header: Schema.String }) {
  override get message(): string {
    return `refused ${this.header}`
  }
}

/** Everything that a logger, an error tracker or a person with a debugger could print of it. */
const printed = (of: unknown): string => {
  const texts = [inspect(of, { depth: 20, showHidden: true }), String(of)]
  try {
    texts.push(JSON.stringify(of) ?? "")
  } catch {
    // a cycle
  }
  if (of instanceof Error) texts.push(of.message, of.stack ?? "", JSON.stringify(Object.getOwnPropertyDescriptors(of)))
  if (Cause.isCause(of)) texts.push(Cause.pretty(of))
  return texts.join("\n")
}

const shapes: Readonly<Record<string, () => unknown>> = {
  text: () => `Bearer ${value}`,
  list: () => ["a", [value]],
  object: () => ({ a: { b: { c: [`x${value}`] } } }),
  "name of a field": () => ({ [value]: 1 }),
  map: () => new Map([["key", { value }]]),
  "key of a map": () => new Map([[value, 1]]),
  set: () => new Set([value]),
  error: () => new Error(`refused ${value}`),
  "cause of an error": () => new Error("refused", { cause: new Error(value) }),
  "field of an error": () => Object.assign(new Error("refused"), { response: { headers: { authorization: value } } }),
  "hidden field of an error": () => Object.defineProperty(new Error("refused"), "request", { value: { value } }),
  "errors of an aggregate": () => new AggregateError([new Error(value)], "two"),
  "tagged error": () => new Tagged({ header: value, inner: { url: `https://api/?k=${value}` } }),
  "error whose message is made of its fields": () => new Declared({ header: value }),
  "cause of Effect": () => Cause.combine(Cause.fail(new Error(value)), Cause.die({ value })),
  "text as a failure": () => Cause.fail(value),
  headers: () => new Headers({ "x-vendor-token": value }),
  request: () => new Request("https://api.example/", { headers: { "x-vendor-token": value } }),
  "address of a request": () => new Request(`https://api.example/?key=${value}`),
  url: () => new URL(`https://api.example/?key=${value}`),
  "query of a url": () => new URLSearchParams({ key: value }),
  "class with a field": () =>
    new (class Box {
      readonly inner = { value }
    })(),
  "class that prints what is private to it": () =>
    new (class Box {
      readonly #value = value
      toJSON() {
        return { value: this.#value }
      }
      toString() {
        return this.#value
      }
    })(),
  "error that prints what is private to it": () =>
    new (class Private extends Error {
      readonly #value = value
      override get message() {
        return this.#value
      }
    })(),
  function: () => Object.assign(() => 1, { toString: () => value }),
  symbol: () => Symbol(value),
  base64: () => ({ authorization: `Basic ${btoa(`user:${value}`)}` }),
  cycle: () => {
    const one: Record<string, unknown> = { value }
    one["self"] = one
    return { one }
  }
}

describe("ScrubbedValue", () => {
  for (const [name, make] of Object.entries(shapes)) {
    it(`B12: takes a held secret out of a ${name}`, () => {
      const leaky = make()
      const clean = ScrubbedValue.of(leaky)
      assert.notInclude(printed(clean), value)
      assert.notInclude(printed(clean), btoa(`user:${value}`).slice(8))
      assert.isTrue(/<redacted>|<not checked/.test(printed(clean)), printed(clean))
    })
  }

  it("gives back the very value when there is no secret in it, for 12 kinds of values", () => {
    const kinds: ReadonlyArray<unknown> = [
      "a text",
      7,
      undefined,
      null,
      { a: [1, { b: 2 }] },
      new Map([["a", 1]]),
      new Date(0),
      new Error("no"),
      new Tagged({ header: "x", inner: { url: "y" } }),
      Cause.fail(new Error("no")),
      new Headers({ accept: "text/plain" }),
      secret
    ]
    for (const kind of kinds) assert.strictEqual(ScrubbedValue.of(kind), kind)
  })

  it("leaves an error an error of its class, with its other fields, its name and its place", () => {
    const tagged = ScrubbedValue.of(new Tagged({ header: value, inner: { url: "https://api" } }))
    assert.isTrue(tagged instanceof Tagged)
    assert.isTrue(types.isNativeError(tagged))
    assert.deepStrictEqual([tagged._tag, tagged.header, tagged.inner], ["Tagged", "<redacted>", { url: "https://api" }])
    const plain = ScrubbedValue.of(new RangeError(`over ${value}`))
    assert.deepStrictEqual([plain.name, plain.message], ["RangeError", "over <redacted>"])
    assert.include(plain.stack, "ScrubbedValue.test.ts")
    const declared = ScrubbedValue.of(new Declared({ header: value }))
    assert.deepStrictEqual([declared._tag, declared.message], ["Declared", "refused <redacted>"])
  })

  it("leaves the failures of a cause apart, and keeps an interruption", () => {
    const cause = ScrubbedValue.cause(
      Cause.combine(Cause.combine(Cause.fail(value), Cause.interrupt(7)), Cause.die(new Error("no")))
    )
    assert.deepStrictEqual(
      cause.reasons.map(({ _tag }) => _tag),
      ["Fail", "Interrupt", "Die"]
    )
    assert.notInclude(Cause.pretty(cause), value)
  })

  it("never throws, and hides what it cannot look into: a hostile getter, a proxy, a list without end, a deep one", () => {
    const hostile = {
      get a() {
        throw new Error(value)
      }
    }
    const proxy = new Proxy(
      { a: 1 },
      {
        ownKeys: () => {
          throw new Error(value)
        }
      }
    )
    let deep: unknown = value
    for (let i = 0; i < 100_000; i++) deep = [deep]
    const long = Array.from({ length: 20_000 }, (_, i) => ({ i, value }))
    for (const one of [hostile, proxy, deep, long, { in: { it: hostile } }]) {
      const clean = ScrubbedValue.of(one)
      assert.notInclude(inspect(clean, { depth: 5, maxArrayLength: null }), value)
      assert.include(inspect(clean, { depth: 5, maxArrayLength: null }), ScrubbedValue.unchecked)
    }
    assert.include(Cause.pretty(ScrubbedValue.cause(Cause.fail(hostile))), ScrubbedValue.unchecked)
  })

  it("changes nothing of what it was given", () => {
    const error = new Error(`refused ${value}`, { cause: { value } })
    const given = { list: [value], error }
    ScrubbedValue.of(given)
    assert.deepStrictEqual(given.list, [value])
    assert.strictEqual(given.error, error)
    assert.strictEqual(error.message, `refused ${value}`)
    assert.deepStrictEqual(error.cause, { value })
  })
})
