import * as Schema from "effect/Schema"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { CheckReport } from "../src/Report.ts"
import { type Project, project } from "./Cli.ts"
import { module, payments } from "./Payments.ts"

const told = ["page", "ticket"]
  .map((severity) => `team-checkout ${severity}: { webhook_configs: [{ url_file: /run/hook }] }\n`)
  .join("")
const receivers = ["--receivers", "told.yml"]

const check = (surety: Project["surety"], ...args: ReadonlyArray<string>) =>
  surety("check", "src/Pay.ts", "--today", "2026-11-23", "--out", "ops", ...args)

/** A project whose generated files are committed. */
const generated = async (kinds: ReadonlyArray<string>, ...args: ReadonlyArray<string>) => {
  const { folder, surety } = project({ "src/Pay.ts": payments(), "told.yml": told })
  for (const kind of kinds) {
    const said = kind === "alerts" ? receivers : []
    const ran = await surety(kind, "src/Pay.ts", "--out", "ops", ...said, ...args)
    expect(ran).toMatchObject({ code: 0, stderr: "" })
  }
  const edit = (path: string, change: (text: string) => string): void => {
    writeFileSync(join(folder, path), change(readFileSync(join(folder, path), "utf8")))
  }
  return { edit, folder, surety }
}

const findingsOf = (ran: { readonly stdout: string }): CheckReport["findings"] =>
  Schema.decodeUnknownSync(CheckReport)(JSON.parse(ran.stdout)).findings

const hashChanged = `reviewBy: "2027-04-02"`

describe("generated files", { timeout: 120_000 }, () => {
  it("of all 5 kinds are fine right after they were generated, and with the notes of people", async () => {
    const { edit, surety } = await generated(["alerts", "dashboards", "runbooks", "dossier", "catalog"])
    edit("ops/runbooks/IntegrationSloBurn.md", (text) => text.replace(/(?<=surety:notes:begin -->\n)/, "We learned\n"))
    const ran = await check(surety, ...receivers)
    expect(ran).toMatchObject({ code: 0, stderr: "" })
    expect(ran.stdout).toMatch(/^acme\/Payments: fine/)
  })

  it("drift when the contract changes: a finding for each with the line and the command that mends it", async () => {
    const { folder, surety } = await generated(["alerts", "catalog"])
    writeFileSync(join(folder, "src/Pay.ts"), payments({ availability: "0.99" }))
    const ran = await check(surety, ...receivers, "--json")
    expect(ran.code).toBe(1)
    const findings = findingsOf(ran)
    expect(findings.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
      "rules.yml drift-changed",
      "rules_test.yml drift-changed",
      "rules_slow_test.yml drift-changed",
      "ops drift-hash"
    ])
    expect(findings[0]?.message).toMatch(
      /^line \d\d+ is not what the contract generates: run surety alerts src\/Pay\.ts --receivers told\.yml --out ops$/
    )
    expect(findings[3]?.message).toBe(
      "the contract changed since 2 files were generated, and nothing in them but its hash: run surety alerts src/Pay.ts --receivers told.yml --out ops; surety catalog src/Pay.ts --out ops"
    )
    expect((await surety("alerts", "src/Pay.ts", ...receivers, "--out", "ops")).code).toBe(0)
    expect((await surety("catalog", "src/Pay.ts", "--out", "ops")).code).toBe(0)
    expect((await check(surety, ...receivers)).code).toBe(0)
  })

  it("that differ in nothing but the contract's hash are 1 finding, of 3 kinds and 20 files", async () => {
    const { folder, surety } = await generated(["alerts", "runbooks", "catalog"])
    const changed = payments().replace(/reviewBy: "[^"]*"/, hashChanged)
    writeFileSync(join(folder, "src/Pay.ts"), changed)
    const findings = findingsOf(await check(surety, ...receivers, "--json"))
    expect(findings.map(({ field, rule }) => `${field} ${rule}`)).toEqual(["ops drift-hash"])
    expect(findings[0]?.message).toMatch(
      /^the contract changed since \d\d files were generated.*: run surety alerts .* --out ops; surety runbooks src\/Pay\.ts --out ops; surety catalog src\/Pay\.ts --out ops$/
    )
  })

  it("name the command they were made with, the same from any folder, and no place of a machine", async () => {
    const { edit, folder, surety } = await generated(["alerts"], "--environment", "live one")
    const rules = () => readFileSync(join(folder, "ops/rules.yml"), "utf8")
    const before = rules()
    expect(before.split("\n")[1]).toBe(
      "# Again: surety alerts src/Pay.ts --environment 'live one' --receivers told.yml --out DIR"
    )
    const again = ["--environment", "live one", "--receivers", join(folder, "told.yml"), "--out", join(folder, "ops")]
    expect((await surety("alerts", join(folder, "src/Pay.ts"), ...again)).stdout).not.toMatch(/^(changed|created)/m)
    expect(rules()).toBe(before)
    edit("ops/rules.yml", (text) => text.replace("alerts src/Pay.ts", "alerts ../elsewhere/src/Pay.ts"))
    expect((await check(surety, "--environment", "live one", ...receivers)).code).toBe(0)
  })

  it("whose receivers are empty say so by name, and are no drift; what people write there is none either", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments() })
    const ran = await surety("alerts", "src/Pay.ts", "--out", "ops")
    expect(ran.code).toBe(0)
    expect(ran.stderr).toBe(
      [
        "",
        "WARNING: alerts that tell nobody.",
        "  ops/alertmanager.yml: the receiver 'team-checkout page' tells nobody: write its integrations between the marks of alertmanager.yml",
        "  ops/alertmanager.yml: the receiver 'team-checkout ticket' tells nobody: write its integrations between the marks of alertmanager.yml",
        ""
      ].join("\n")
    )
    const found = findingsOf(await check(surety, "--json"))
    expect(found.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
      "alertmanager.yml receiver-empty",
      "alertmanager.yml receiver-empty"
    ])
    const path = join(folder, "ops/alertmanager.yml")
    const hook = "\n    webhook_configs:\n      - url: http://127.0.0.1:9/"
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(" # tells nobody yet", hook))
    const filled = readFileSync(path, "utf8")
    expect((await check(surety)).code).toBe(0)
    expect(await surety("alerts", "src/Pay.ts", "--out", "ops")).toMatchObject({ code: 0, stderr: "" })
    expect(readFileSync(path, "utf8")).toBe(filled)
    // and above the marks nothing is anybody's
    writeFileSync(path, filled.replace("group_wait: 30s", "group_wait: 3s"))
    expect(findingsOf(await check(surety, "--json")).map(({ rule }) => rule)).toEqual(["drift-changed"])
  })

  it("whose receivers hold a secret say so by field and never by value, when they are written and when they are checked", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments() })
    await surety("alerts", "src/Pay.ts", "--out", "ops")
    const path = join(folder, "ops/alertmanager.yml")
    const key = "\n    opsgenie_configs:\n      - api_key: s3cretCANARY7f3a"
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(" # tells nobody yet", key))
    const said = ["page", "ticket"].map(
      (severity) =>
        `a secret stands in team-checkout ${severity}.opsgenie_configs[0].api_key: write api_key_file, and make a new secret if this one was committed`
    )
    const again = await surety("alerts", "src/Pay.ts", "--out", "ops")
    expect(again.code).toBe(0)
    expect(again.stderr).toBe(
      `\nWARNING: secrets in a file that is committed.\n${said.map((one) => `  ops/alertmanager.yml: ${one}\n`).join("")}`
    )
    const checked = await check(surety, "--json")
    expect(checked.code).toBe(1)
    expect(findingsOf(checked).map(({ field, message, rule }) => [field, rule, message])).toEqual(
      said.map((one) => ["alertmanager.yml", "receiver-secret", one])
    )
    expect(again.stdout + again.stderr + checked.stdout + checked.stderr).not.toContain("CANARY")
    writeFileSync(
      path,
      readFileSync(path, "utf8").replaceAll("api_key: s3cretCANARY7f3a", "api_key_file: /run/secrets/pager")
    )
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
    const ran = await check(surety, ...receivers)
    expect(ran).toMatchObject({ code: 1, stderr: "" })
    const [changed, missing, edited, left, ...rest] = ran.stdout.split("\n")
    expect(changed).toMatch(/^acme\/Payments: rules\.yml \[drift-changed\] line \d+ is not what the contract generates/)
    expect(missing).toBe(
      "acme/Payments: rules_test.yml [drift-missing] is not in ops: run surety alerts src/Pay.ts --receivers told.yml --out ops"
    )
    expect(edited).toMatch(
      /IntegrationCircuitOpen\.md \[drift-changed\] text outside of the notes was changed by hand\. Move what was written/
    )
    expect(left).toMatch(/runbooks\/IntegrationRetired\.md \[drift-left-over\] the contract generates it no more/)
    expect(rest).toEqual([""])
  })

  it("are compared with the flags they were made with; other flags are 1 finding for each kind", async () => {
    const flags = ["--profile", "otlp", "--environment", "production"]
    const { surety } = await generated(["alerts"], ...flags)
    expect((await check(surety, ...flags, ...receivers)).code).toBe(0)
    const ran = await check(surety)
    expect(ran.code).toBe(1)
    expect(ran.stdout.split("\n").filter((line) => line !== "" && !line.startsWith("note"))).toEqual([
      "acme/Payments: rules.yml [drift-flags] was generated with --profile otlp --environment production --receivers told.yml, and is checked with no flags: check with the same, or run surety alerts src/Pay.ts --out ops"
    ])
  })

  it("of 2 modules are checked together: a folder each, 1 alertmanager.yml, and what is left of before there were 2", async () => {
    const { folder, surety } = await generated(["alerts"])
    writeFileSync(join(folder, "src/Refund.ts"), module({ id: "acme/Refunds", name: "Refunds" }))
    const both = ["src/Pay.ts", "src/Refund.ts", ...receivers, "--out", "ops"]
    const ran = await surety("alerts", ...both)
    expect(ran).toMatchObject({ code: 0, stderr: "" })
    expect(ran.stdout.match(/ops\/\S+/g)).toEqual([
      ...["rules", "rules_test", "rules_slow_test"].map((name) => `ops/acme-payments/${name}.yml`),
      ...["rules", "rules_test", "rules_slow_test"].map((name) => `ops/acme-refunds/${name}.yml`),
      "ops/alertmanager.yml"
    ])
    const checked = await surety("check", ...both, "--today", "2026-11-23", "--json")
    expect(findingsOf(checked).map(({ field, rule }) => `${field} ${rule}`)).toEqual([
      "rules.yml drift-left-over",
      "rules_slow_test.yml drift-left-over",
      "rules_test.yml drift-left-over"
    ])
    for (const { field } of findingsOf(checked)) rmSync(join(folder, "ops", field))
    expect((await surety("check", ...both, "--today", "2026-11-23")).code).toBe(0)
    // one of them alone would take the other's routes away
    const alone = await surety("alerts", "src/Pay.ts", "--out", "ops")
    expect(alone).toMatchObject({ code: 2, stdout: "" })
    expect(alone.stderr).toContain(
      "ops/alertmanager.yml: it is of acme/Payments, acme/Refunds, and would become of acme/Payments; no file was written. [file-at-risk]\n  Name the modules of all of them in one run; or take acme/Refunds out of the first line"
    )
  })

  it("that are not there at all are 1 finding", async () => {
    const { surety } = project({ "src/Pay.ts": payments() })
    const ran = await check(surety)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toBe(
      "acme/Payments: ops [drift-missing] nothing generated is there: run surety alerts src/Pay.ts --out ops (and dashboards, runbooks, …), and commit it\n"
    )
  })
})
