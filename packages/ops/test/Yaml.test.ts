/** Texts that YAML, or a reader of it, would take for something else. */
import fc from "fast-check"
import { parse } from "yaml"
import { describe, expect, it } from "vitest"
import { Ops, Yaml } from "@surety/ops"
import { Stripe } from "@surety/stripe"
import * as Tools from "./rig/Tools.ts"

const odd: ReadonlyArray<string> = [
  "a\u0085b: c",
  "a\u2028b: c\u2029d",
  "a\u0007b\u001bc\u0000d",
  "a\u007fb\u0090c",
  "a\uffffb\ufffe\ufeff",
  "0o17",
  "-0o7",
  "yes",
  "12:30:45",
  "!!js/function 'x'",
  "<<",
  "---",
  "a\r\nb\rc",
  "a\n# surety:yours:end\nb"
]

describe("a value as YAML", () => {
  it("reads back as it was from YAML 1.1 and 1.2, as a value and as a key, for 1,000 texts", () => {
    const text = fc.oneof(
      fc.constantFrom(...odd),
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...odd, ..."\u0085\u2028 :#-'\"\\\n\r\t{}[]&*!|>%@`?,=~") })
    )
    fc.assert(
      fc.property(text, (one) => {
        const value = { a: one, list: [one], nested: { ["k" + one]: one } }
        const written = Yaml.toYaml(value, `from ${one}`)
        for (const version of ["1.1", "1.2"] as const) expect(parse(written, { version, merge: false })).toEqual(value)
        expect(written).not.toMatch(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/)
      }),
      { numRuns: 1000 }
    )
  })

  it("has no line that begins like a mark where a text of several lines has one", () => {
    const lines = Yaml.toYaml({ owner: "a\n# surety:yours:end\nb" }).split("\n")
    expect(lines.filter((line) => line.trim().startsWith("#"))).toEqual([])
  })

  it("holds half of a surrogate pair as U+FFFD, which no file could hold", () => {
    expect(parse(Yaml.toYaml({ a: "x\ud800y" }, "\udc00"))).toEqual({ a: "x\ufffdy" })
  })
})

describe.skipIf(Tools.isSkipped)(`odd names, read by ${Tools.title}`, () => {
  it("promtool and amtool read the files of 14 owners and providers with odd names", { timeout: 60_000 }, async () => {
    const files: Record<string, string> = {}
    const names: Record<"rules" | "routes", Array<string>> = { rules: [], routes: [] }
    for (const [at, name] of odd.entries()) {
      const made = Ops.files({ ...Stripe.contract, id: name, owner: name }, { command: `surety alerts '${name}'` })
      files[`${at}.yml`] = made["rules.yml"]
      files[`${at}-routes.yml`] = made["alertmanager.yml"]
      names.rules.push(`${at}.yml`)
      names.routes.push(`${at}-routes.yml`)
    }
    const rules = await Tools.run("promtool", ["check", "rules", ...names.rules], files)
    expect(rules.output).not.toMatch(/FAILED|duplicate/)
    expect(rules.output.match(/SUCCESS/g)?.length).toBe(odd.length)
    const routes = await Tools.run("amtool", ["check-config", ...names.routes], files)
    expect(routes.output.match(/SUCCESS/g)?.length).toBe(odd.length)
  })
})
