import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { CheckReport, ErrorReport } from "../src/Report.ts"
import { project } from "./Cli.ts"
import { module, payments } from "./Payments.ts"

const decode = Schema.decodeUnknownSync(CheckReport, { onExcessProperty: "error" })
const today = ["--today", "2026-11-23"] as const

describe("surety check", { timeout: 60_000 }, () => {
  it("documents its 3 exit codes in --help, and so does the command", async () => {
    const { surety } = project({})
    expect((await surety("check", "--help")).stdout).toMatch(/0 when all is fine, 1 when something was found, 2 when/)
    expect((await surety("--help")).stdout).toMatch(/0 when all is fine, 1 when a check failed, 2 when/)
  })

  it("ends with 0 and names the next day when all is fine", async () => {
    const { surety } = project({ "src/Pay.ts": payments() })
    const ran = await surety("check", "src/Pay.ts", ...today)
    expect(ran).toMatchObject({ code: 0, stderr: "" })
    expect(ran.stdout).toMatch(
      /^acme\/Payments: fine \(\d+ of 1000 histogram series, next version\.reviewBy: 2027-04-01 is in 129 days\)\n$/
    )
    const json = await surety("check", "src/Pay.ts", ...today, "--json")
    const report = decode(JSON.parse(json.stdout))
    expect(report).toMatchObject({ ok: true, today: "2026-11-23", withinDays: 30, findings: [] })
    expect(report.providers).toMatchObject([{ provider: "acme/Payments", series: { atMost: 1000 } }])
    expect(report.calendar).toEqual([
      { provider: "acme/Payments", field: "version.reviewBy", on: "2027-04-01", days: 129, due: "later" }
    ])
  })

  it.each([
    ["2027-03-01", 0, /: fine/],
    ["2027-03-02", 1, /^acme\/Payments: version\.reviewBy \[review-due\] 2027-04-01 is in 30 days: .*\n$/],
    ["2027-04-01", 1, /2027-04-01 is today: /],
    ["2027-04-13", 1, /2027-04-01 was 12 days ago: read the provider's changelog/]
  ])("on %s, with 30 days of notice, ends with %i", async (day, code, said) => {
    const { surety } = project({ "src/Pay.ts": payments() })
    const ran = await surety("check", "src/Pay.ts", "--today", day)
    expect(ran).toMatchObject({ code, stderr: "" })
    expect(ran.stdout).toMatch(said)
  })

  it("says of a provider without operations that it has none, and nothing of what would be generated", async () => {
    const { surety } = project({
      "src/Pay.ts": payments().replace(/ {2}operations: \{[^]*\n {2}\}\n\}\) /, "  operations: {}\n}) ")
    })
    expect(await surety("check", "src/Pay.ts", ...today)).toMatchObject({
      code: 1,
      stderr: "",
      stdout:
        "acme/Payments: operations [definition] there is none: declare at least one with HttpOperation or Operation\n"
    })
  })

  it("writes nothing, and says so of --out", async () => {
    const { stdout } = await project({}).surety("check", "--help")
    expect(stdout).toContain("--out, -o folder")
    expect(stdout).toContain("without it no file is looked at")
    expect(stdout).not.toContain("to write into")
  })

  it("takes another notice with --within", async () => {
    const { surety } = project({ "src/Pay.ts": payments() })
    expect((await surety("check", "src/Pay.ts", "--today", "2027-04-01", "--within", "0 days")).code).toBe(1)
    expect((await surety("check", "src/Pay.ts", "--today", "2027-03-31", "--within", "0 days")).code).toBe(0)
    expect((await surety("check", "src/Pay.ts", ...today, "--within", "20 weeks")).code).toBe(1)
  })

  it("finds the end of an operation that its contract declares, 8 days before", async () => {
    const { surety } = project({ "src/Pay.ts": payments({ sunset: "2026-12-01" }) })
    const ran = await surety("check", "src/Pay.ts", ...today)
    expect(ran).toMatchObject({ code: 1, stderr: "" })
    expect(ran.stdout).toContain("operations.getCharge [sunset-due] 2026-12-01 is in 8 days")
    expect((await surety("check", "src/Pay.ts", ...today, "--within", "7 days")).code).toBe(0)
  })

  it("counts the next rotation from --rotated, and the end of an operation from --sunset", async () => {
    const { surety } = project({ "src/Pay.ts": payments() })
    const args = ["check", "src/Pay.ts", ...today, "--rotated", "bearer=2026-08-27", "--sunset", "getCharge=2026-12-01"]
    const ran = await surety(...args)
    expect(ran).toMatchObject({ code: 1, stderr: "" })
    expect(ran.stdout).toBe(
      [
        "acme/Payments: credentials.bearer [rotation-due] 2026-11-25 is in 2 days: team-checkout rotates it, then give the new day to --rotated bearer=",
        "acme/Payments: operations.getCharge [sunset-due] 2026-12-01 is in 8 days: the provider answers no more from then on: move its callers",
        ""
      ].join("\n")
    )
    const report = decode(JSON.parse((await surety(...args, "--json")).stdout))
    expect(report.findings.map(({ rule }) => rule)).toEqual(["rotation-due", "sunset-due"])
    expect(report.calendar.map(({ field }) => field)).toEqual([
      "credentials.bearer",
      "operations.getCharge",
      "version.reviewBy"
    ])
  })

  it("notes that nothing watches the rotation of a fixed key until it is told its day, and ends with 0", async () => {
    const { surety } = project({ "src/Pay.ts": payments() })
    const args = ["check", "src/Pay.ts", ...today, "--credential", "fixed"]
    const ran = await surety(...args)
    expect(ran).toMatchObject({ code: 0, stderr: "" })
    expect(ran.stdout).toContain(
      "note: acme/Payments: credentials.bearer is a fixed key, so nothing says when it was last rotated: give the day with --rotated bearer=YYYY-MM-DD"
    )
    const report = decode(JSON.parse((await surety(...args, "--json")).stdout))
    expect(report.notes.map(({ rule }) => rule)).toContain("rotation-not-watched")
    expect((await surety(...args, "--rotated", "bearer=2026-11-01")).stdout).not.toContain("a fixed key")
    expect((await surety("check", "src/Pay.ts", ...today)).stdout).not.toContain("a fixed key")
  })

  it("reads the day in the words of how a credential ends", async () => {
    const credentials = `Credential.bearer({ scopes: [], expires: "the certificate ends on 2026-12-24", owner: "team-keys" })`
    const { surety } = project({ "src/Pay.ts": payments({ credentials }) })
    const ran = await surety("check", "src/Pay.ts", "--today", "2026-12-01")
    expect(ran.code).toBe(1)
    expect(ran.stdout).toBe(
      "acme/Payments: credentials.bearer [expiry-due] 2026-12-24 is in 23 days: team-keys renews it (the certificate ends on 2026-12-24)\n"
    )
  })

  it.each([
    [payments({ availability: "2" }), "acme/Payments", "slo.availability", /must be in \(0, 1\), got 2/],
    [payments({ reviewBy: "2027-02-30" }), "acme/Payments", "version.reviewBy", /must be an ISO date/],
    [payments({ attempt: "5 seconds" }), "getCharge", /^timeout|contract/, /5000|4000/],
    [
      payments({ credentials: `Credential.bearer({ scopes: [], rotateEvery: "90 days", expires: "soon" })` }),
      "Credential bearer",
      "contract",
      /declare rotateEvery or expires, not both/
    ]
  ])("gives a refused definition as a finding, with code 1", async (text, provider, field, message) => {
    const { surety } = project({ "src/Pay.ts": text })
    const report = await surety("check", "src/Pay.ts", "--json", ...today)
    expect(report.code).toBe(1)
    const { findings, ok } = decode(JSON.parse(report.stdout))
    expect(ok).toBe(false)
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({ provider, rule: "definition" })
    expect(findings[0]?.field).toMatch(field)
    expect(findings[0]?.message).toMatch(message)
    const human = await surety("check", "src/Pay.ts", ...today)
    expect(human).toMatchObject({ code: 1, stderr: "" })
    expect(human.stdout.split("\n")).toHaveLength(2)
    const other = await surety("explain", "src/Pay.ts")
    expect(other).toMatchObject({ code: 1, stdout: "" })
    expect(other.stderr).toMatch(/\[contract-broken\]\n {2}Change the declaration \(src\/Pay\.ts:\d+\)/)
  })

  it("finds more histogram series than the contract allows itself", async () => {
    const { surety } = project({ "src/Pay.ts": payments({ more: " signals: { maxHistogramSeries: 2 }," }) })
    const ran = await surety("check", "src/Pay.ts", ...today)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toMatch(
      /^acme\/Payments: signals\.maxHistogramSeries \[cardinality\] 1 operations? needs? \d+ histogram series, .*is 2: /
    )
  })

  it("checks every provider of a module", async () => {
    const { surety } = project({
      "src/Pay.ts": module({}, { id: "acme/Refunds", name: "Refunds", reviewBy: "2026-11-01" })
    })
    const ran = await surety("check", "src/Pay.ts", ...today)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toMatch(/^acme\/Refunds: version\.reviewBy .*22 days ago.*\nacme\/Payments: fine .*\n$/)
    expect((await surety("check", "src/Pay.ts", ...today, "--provider", "Payments")).code).toBe(0)
  })

  it.each([
    [["--today", "tomorrow"], /--today.*Expected: a day \(YYYY-MM-DD\), got 'tomorrow'/],
    [["--today", "2027-02-29"], /Expected: a day/],
    [["--within", "a while"], /Expected: a duration such as '30 days' or '90s'/],
    [["--rotated", "bearer"], /--rotated.*Expected: name=YYYY-MM-DD, got 'bearer'/],
    [
      ["--rotated", "baerer=2026-01-01"],
      /--rotated baerer: no provider of the module has that\. .*\n {2}It has bearer/
    ],
    [["--sunset", "getCharg=2026-01-01"], /--sunset getCharg: .*\n {2}It has getCharge/],
    [["--witin", "1 day"], /--witin/]
  ])("refuses %j with code 2, as text and as JSON", async (args, message) => {
    const { surety } = project({ "src/Pay.ts": payments() })
    const ran = await surety("check", "src/Pay.ts", ...args)
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(message)
    const json = await surety("check", "src/Pay.ts", ...args, "--json")
    expect(json).toMatchObject({ code: 2, stderr: "" })
    expect(Schema.decodeUnknownSync(ErrorReport)(JSON.parse(json.stdout)).error.code).toBe("wrong-use")
  })
})
