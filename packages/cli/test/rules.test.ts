import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Calendar from "../src/Calendar.ts"
import * as CommandLine from "../src/CommandLine.ts"
import * as Finding from "../src/Finding.ts"
import { firstDifference, sameText } from "../src/GeneratedFile.ts"
import type { Options } from "../src/Generators.ts"
import { nearest } from "../src/Nearest.ts"
import { find } from "../src/Providers.ts"

describe("a day", () => {
  it.each([
    ["2026-11-23", "2026-11-23", 0, "soon"],
    ["2026-11-24", "2026-11-23", 0, "later"],
    ["2026-12-23", "2026-11-23", 30, "soon"],
    ["2026-12-24", "2026-11-23", 30, "later"],
    ["2026-11-22", "2026-11-23", 30, "passed"],
    ["2028-03-01", "2028-02-28", 2, "soon"]
  ] as const)("%s, on %s with %i days of notice, is %s", (on, today, within, due) => {
    assert.strictEqual(Calendar.decide(on, today, within).due, due)
  })

  it.each(["2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "tomorrow", ""])("%j is none", (text) => {
    assert.isUndefined(Calendar.parse(text))
  })

  it("is as far away as it was moved, over any change of clocks and years", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: -4000, max: 4000 }), (day, days) => {
        const today = Calendar.dayOf(day * 86_400_000)
        assert.strictEqual(Calendar.decide(Calendar.plus(today, days * 86_400_000), today, 30).days, days)
      })
    )
  })

  it("is found in a sentence, when it is one", () => {
    assert.strictEqual(Calendar.findIn("ends on 2026-12-24, at noon"), "2026-12-24")
    assert.isUndefined(Calendar.findIn("ends on 2026-02-31"))
    assert.isUndefined(Calendar.findIn("when the user revokes it"))
  })
})

describe("a refused definition", () => {
  it.each([
    ["acme/Pay: slo.availability must be in (0, 1), got 2", "acme/Pay", "slo.availability"],
    ["acme/Pay: baseUrl must be https", "acme/Pay", "baseUrl"],
    ["acme/Pay: operations.charge holds an operation named 'pay': use one name", "acme/Pay", "operations.charge"],
    ["acme/Pay: the contract was made for 'x': use one name", "acme/Pay", "contract"],
    ["Backoff.exponential: maxAttempts must be an integer", "Backoff.exponential", "contract"],
    ["no colon at all", "contract", "contract"]
  ])("%j names its provider and field", (message, provider, field) => {
    const one = Finding.fromRefusal(message)
    assert.deepStrictEqual([one.provider, one.field], [provider, field])
  })

  it("is one line, whatever the message", () => {
    assert.notInclude(Finding.toText(Finding.fromRefusal("acme/Pay: two\n  lines")), "\n")
  })
})

describe("the command that stands in a file", () => {
  const day = Calendar.parse("2026-09-01")
  if (day === undefined) throw new Error("no day")
  const options: Required<Options> = {
    profile: "otel-sdk",
    runbookBaseUrl: "https://r.example",
    dashboardBaseUrl: "https://d.example",
    environment: "it's live",
    selector: { app: "a b" },
    expectedCallsPerHour: 2.5,
    queues: { settle: { maxAge: "90 minutes" }, slow: { maxAge: 1500 } },
    credential: "fixed",
    asOf: day,
    rotated: { bearer: day },
    people: { support: "a@b.example", statusPage: "https://s.example", sla: "99 %" },
    place: { lifecycle: "beta", system: "shop", dossierUrl: "https://o.example" },
    receivers: {},
    command: ""
  }
  const asked = { cwd: "/shop", modules: ["src/Pay.ts", "./src/Refund.ts", "@surety/github"], options } as const
  const all =
    "--profile otel-sdk --credential fixed --runbook-base-url https://r.example --dashboard-base-url https://d.example --environment 'it'\\''s live' --selector 'app=a b' --expected-calls-per-hour 2.5 --queue settle=90min --queue slow=1500ms"
  const modules = "src/Pay.ts src/Refund.ts @surety/github"

  it.each([
    ["alerts", "--receivers told.yml"],
    ["dashboards", ""],
    ["runbooks", "--support a@b.example --status-page https://s.example --sla '99 %'"],
    ["dossier", "--as-of 2026-09-01 --rotated bearer=2026-09-01"],
    [
      "catalog",
      "--support a@b.example --status-page https://s.example --sla '99 %' --lifecycle beta --system shop --dossier-url https://o.example"
    ]
  ] as const)("of %s has every flag that it takes", (kind, own) => {
    const receivers = "/shop/told.yml"
    assert.strictEqual(CommandLine.of(kind, { ...asked, receivers }), `surety ${kind} ${modules} ${all} ${own}`.trim())
  })

  it("is the same for a path that is absolute, and names no folder that is elsewhere", () => {
    const of = (module: string) => CommandLine.of("catalog", { cwd: "/shop/api", modules: [module], options: {} })
    assert.deepStrictEqual(
      ["/shop/api/src/Pay.ts", "./src/Pay.ts", "../lib/Pay.ts", "/home/me/Pay.ts"].map(of),
      ["src/Pay.ts", "src/Pay.ts", "../lib/Pay.ts", "'…/Pay.ts'"].map((path) => `surety catalog ${path}`)
    )
  })
})

describe("the nearest name", () => {
  it("is the name itself, in any case", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{3,12}$/), { minLength: 1 }), (names) => {
        const [one = ""] = names
        assert.strictEqual(nearest(one.toUpperCase(), [one]), one)
      })
    )
  })

  it("is none when all are far", () => {
    assert.isUndefined(nearest("delete", ["createCharge", "refund"]))
    assert.isUndefined(nearest("x", []))
  })
})

describe("two texts", () => {
  it("are the same but for line ends, or differ in a line that is named", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-c]{0,3}$/)), fc.array(fc.stringMatching(/^[a-c]{0,3}$/)), (a, b) => {
        const [one, other] = [a.join("\n"), b.join("\r\n")]
        assert.strictEqual(firstDifference(one, other) === undefined, sameText(one, other))
      })
    )
  })
})

describe("the contracts of a module", () => {
  it("are found among values of any kind", () => {
    assert.deepStrictEqual(find({ a: null, b: undefined, c: 1, d: "x", e: {}, f: () => 1, g: { contract: null } }), [])
  })
})
