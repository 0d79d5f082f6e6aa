import * as Schema from "effect/Schema"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { CheckReport } from "../src/Report.ts"
import { type Project, project } from "./Cli.ts"
import { payments } from "./Payments.ts"

const check = (surety: Project["surety"], ...args: ReadonlyArray<string>) =>
  surety("check", "src/Pay.ts", "--today", "2026-11-23", "--out", "ops", ...args)

/** A project whose generated files are committed. */
const generated = async (kinds: ReadonlyArray<string>, ...args: ReadonlyArray<string>) => {
  const { folder, surety } = project({ "src/Pay.ts": payments() })
  for (const kind of kinds) expect((await surety(kind, "src/Pay.ts", "--out", "ops", ...args)).code).toBe(0)
  const edit = (path: string, change: (text: string) => string): void => {
    writeFileSync(join(folder, path), change(readFileSync(join(folder, path), "utf8")))
  }
  return { edit, folder, surety }
}

describe("generated files", { timeout: 120_000 }, () => {
  it("of all 5 kinds are fine right after they were generated, and with the notes of people", async () => {
    const { edit, surety } = await generated(["alerts", "dashboards", "runbooks", "dossier", "catalog"])
    edit("ops/runbooks/IntegrationSloBurn.md", (text) => text.replace(/(?<=surety:notes:begin -->\n)/, "We learned\n"))
    const ran = await check(surety)
    expect(ran).toMatchObject({ code: 0, stderr: "" })
    expect(ran.stdout).toMatch(/^acme\/Payments: fine/)
  })

  it("drift when the contract changes, each with the command that mends it", async () => {
    const { folder, surety } = await generated(["alerts", "catalog"])
    writeFileSync(join(folder, "src/Pay.ts"), payments({ availability: "0.99" }))
    const ran = await check(surety, "--json")
    expect(ran.code).toBe(1)
    const { findings } = Schema.decodeUnknownSync(CheckReport)(JSON.parse(ran.stdout))
    expect(findings.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
      "rules.yml drift-changed",
      "rules_test.yml drift-changed",
      "rules_slow_test.yml drift-changed",
      "alertmanager.yml drift-changed",
      "catalog-info.yaml drift-changed"
    ])
    expect(findings[0]?.message).toBe(
      "line 1 is not what the contract generates: run surety alerts again with the same flags"
    )
    expect((await surety("alerts", "src/Pay.ts", "--out", "ops")).code).toBe(0)
    expect((await surety("catalog", "src/Pay.ts", "--out", "ops")).code).toBe(0)
    expect((await check(surety)).code).toBe(0)
  })

  it("drift when somebody changes, removes or leaves one, and no other file is looked at", async () => {
    const { edit, folder, surety } = await generated(["alerts", "runbooks"])
    edit("ops/rules.yml", (text) => text.replace("for: 2m", "for: 20m"))
    rmSync(join(folder, "ops/rules_test.yml"))
    edit("ops/runbooks/IntegrationCircuitOpen.md", (text) => text.replace("## ", "## Mine: "))
    const page = readFileSync(join(folder, "ops/runbooks/IntegrationSloBurn.md"), "utf8")
    writeFileSync(join(folder, "ops/runbooks/IntegrationRetired.md"), page)
    writeFileSync(join(folder, "ops/runbooks/README.md"), "# ours\n")
    writeFileSync(join(folder, "ops/other.yml"), "ours\n")
    const ran = await check(surety)
    expect(ran).toMatchObject({ code: 1, stderr: "" })
    const [changed, missing, edited, left, ...rest] = ran.stdout.split("\n")
    expect(changed).toMatch(/^acme\/Payments: rules\.yml \[drift-changed\] line \d+ is not what the contract generates/)
    expect(missing).toBe(
      "acme/Payments: rules_test.yml [drift-missing] is not in ops: run surety alerts again with the same flags"
    )
    expect(edited).toMatch(
      /IntegrationCircuitOpen\.md \[drift-changed\] text outside of the notes was changed by hand: Move what was written/
    )
    expect(left).toMatch(/runbooks\/IntegrationRetired\.md \[drift-left-over\] the contract generates it no more/)
    expect(rest).toEqual([""])
  })

  it("are compared with the flags they were made with", async () => {
    const flags = ["--profile", "otlp", "--environment", "production"]
    const { surety } = await generated(["alerts"], ...flags)
    expect((await check(surety, ...flags)).code).toBe(0)
    expect((await check(surety)).code).toBe(1)
  })

  it("that are not there at all are 1 finding", async () => {
    const { surety } = project({ "src/Pay.ts": payments() })
    const ran = await check(surety)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toBe(
      "acme/Payments: ops [drift-missing] nothing generated is there: run surety alerts (dashboards, runbooks, …) with the same --out, and commit it\n"
    )
  })
})
