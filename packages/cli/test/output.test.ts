import * as Schema from "effect/Schema"
import { spawnSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { FilesReport, WrittenReport } from "../src/Report.ts"
import { exec, project } from "./Cli.ts"
import { module, payments } from "./Payments.ts"

const decode = Schema.decodeUnknownSync(WrittenReport, { onExcessProperty: "error" })
const old = "# Generated from the contract acme/Payments, 0a1b. Change the contract, not this file.\ngroups: []\n"
const notesBegin = "<!-- surety:notes:begin -->"
// a developer without the servers is not stopped; a pipeline has them
const withoutPromtool = process.env["CI"] === undefined && spawnSync("promtool", ["--version"]).error !== undefined
const alertFiles = ["rules.yml", "rules_test.yml", "rules_slow_test.yml", "alertmanager.yml"]

describe("a generator without --out", { timeout: 60_000 }, () => {
  const { folder, surety } = project({ "src/Pay.ts": payments() })

  it.skipIf(withoutPromtool)(
    "pipes its rules into promtool as --help says, also into one that reads no pipe by itself",
    async () => {
      const help = await surety("alerts", "--help")
      const [, reads] = /surety alerts src\/Payments\.ts \| (promtool .*)/.exec(help.stdout) ?? []
      const { stdout } = await surety("alerts", "src/Pay.ts")
      const ran = spawnSync("sh", ["-c", `cat | ${reads ?? "false"}`], { input: stdout, encoding: "utf8" })
      expect(ran.stdout).toMatch(/SUCCESS: \d+ rules found/)
      expect(ran.status).toBe(0)
    }
  )

  it("prints the main file, and names the others on standard error", async () => {
    const ran = await surety("alerts", "src/Pay.ts")
    expect(ran.code).toBe(0)
    expect(ran.stdout).toMatch(
      /^# Generated from the contract acme\/Payments[\s\S]*\ngroups:\n[\s\S]*alert: IntegrationSloBurn/
    )
    expect(ran.stderr).toBe(
      "This is rules.yml. --out DIR writes rules_test.yml, rules_slow_test.yml, alertmanager.yml too.\n"
    )
    expect(readdirSync(folder).sort()).toEqual(["node_modules", "package.json", "src"])
  })

  it("prints all files under --json", async () => {
    const ran = await surety("alerts", "src/Pay.ts", "--json")
    const { files, providers } = Schema.decodeUnknownSync(FilesReport, { onExcessProperty: "error" })(
      JSON.parse(ran.stdout)
    )
    expect(providers).toEqual(["acme/Payments"])
    expect(files.map(({ path }) => path)).toEqual(alertFiles)
  })

  it.each([
    ["dossier", /^# acme\/Payments\n/],
    ["dashboards", /^\{\n[\s\S]*"uid": "surety-acme-payments"[\s\S]*\}\n$/],
    ["runbooks", /^# IntegrationSloBurn\n/],
    ["catalog", /\nkind: API\n/]
  ])("%s prints a document", async (command, begins) => {
    const ran = await surety(command, "src/Pay.ts")
    expect(ran.code).toBe(0)
    expect(ran.stdout).toMatch(begins)
  })

  it("spells metrics for a profile, and takes what it is told", async () => {
    const otlp = await surety("alerts", "src/Pay.ts", "--profile", "otlp")
    expect(otlp.stdout).toContain("integration_operation_duration_seconds_count")
    expect((await surety("alerts", "src/Pay.ts")).stdout).not.toContain("_seconds_count")
    const words =
      "--environment production --selector namespace=prod --runbook-base-url https://runbooks.example --expected-calls-per-hour 60 --queue settle=15m"
    const told = await surety("alerts", "src/Pay.ts", ...words.split(" "))
    expect(told.code).toBe(0)
    expect(told.stdout).toContain("environment: production")
    expect(told.stdout).toContain('namespace="prod"')
    expect(told.stdout).toContain("https://runbooks.example/acme-payments/IntegrationSloBurn/")
    expect(told.stdout).toContain('queue="settle"')
  })

  it("asks for nothing of a key that has no Lifecycle, with --credential fixed", async () => {
    expect((await surety("alerts", "src/Pay.ts")).stdout).toContain("integration_credential_refreshes")
    const fixed = await surety("alerts", "src/Pay.ts", "--credential", "fixed")
    expect(fixed.code).toBe(0)
    expect(fixed.stdout).not.toContain("integration_credential_")
  })

  it.each([
    [["--profile", "prometheus"], /--profile/],
    [["--runbook-base-url", "runbooks.example"], /Expected: an http or https address/],
    [["--expected-calls-per-hour", "0"], /Expected: a number above 0/],
    [["--selector", "a b=c"], /a label of your targets, such as namespace=prod, got 'a b'/],
    [["--selector", "__name__=up"], /a label of your targets, .* got '__name__'/],
    [
      ["--selector", "integration_provider_name=acme/Other"],
      /a label of your targets, .* got 'integration_provider_name'/
    ],
    [["--queue", "settle"], /Expected: name=duration, got 'settle'/],
    [["--queue", "settle=old"], /Expected: a duration/],
    [["--dry-run"], /there is no --out.*\n {2}surety alerts src\/Pay\.ts --out ops --dry-run/]
  ])("refuses %j with code 2", async (args, message) => {
    const ran = await surety("alerts", "src/Pay.ts", ...args)
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(message)
  })
})

describe("a generator with --out", { timeout: 60_000 }, () => {
  it("makes the folder, writes 4 files, and writes none of them again", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments() })
    const first = await surety("alerts", "src/Pay.ts", "--out", "deploy/ops")
    expect(first.code).toBe(0)
    expect(first.stdout).toBe(alertFiles.map((path) => `created       deploy/ops/${path}\n`).join(""))
    const path = (file: string) => join(folder, "deploy/ops", file)
    const before = alertFiles.map((file) => (utimesSync(path(file), 1, 1), readFileSync(path(file), "utf8")))
    const again = decode(JSON.parse((await surety("alerts", "src/Pay.ts", "--out", "deploy/ops", "--json")).stdout))
    expect(again).toEqual({
      providers: ["acme/Payments"],
      out: "deploy/ops",
      mode: "write",
      files: alertFiles.map((file) => ({ path: file, status: "unchanged" })),
      warnings: ["page", "ticket"].map(
        (severity) =>
          `deploy/ops/alertmanager.yml: the receiver 'team-checkout ${severity}' tells nobody: write its integrations between the marks of alertmanager.yml`
      )
    })
    expect(alertFiles.map((file) => readFileSync(path(file), "utf8"))).toEqual(before)
    expect(alertFiles.map((file) => statSync(path(file)).mtimeMs)).toEqual([1000, 1000, 1000, 1000])
  })

  it("rewrites the one that changed, keeps its permissions, and leaves no draft and no other file touched", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments(), "ops/notes.txt": "mine", "ops/rules.yml": old })
    chmodSync(join(folder, "ops/rules.yml"), 0o640)
    const ran = await surety("alerts", "src/Pay.ts", "--out", "ops")
    expect(ran.stdout).toMatch(/^changed {7}ops\/rules\.yml\ncreated /)
    expect(statSync(join(folder, "ops/rules.yml")).mode & 0o777).toBe(0o640)
    expect(readFileSync(join(folder, "ops/notes.txt"), "utf8")).toBe("mine")
    expect(readdirSync(join(folder, "ops")).sort()).toEqual([...alertFiles, "notes.txt"].sort())
  })

  it("takes line ends that Git changed for the same text", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments() })
    await surety("catalog", "src/Pay.ts", "--out", "ops")
    const path = join(folder, "ops/catalog-info.yaml")
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("\n", "\r\n"))
    expect((await surety("catalog", "src/Pay.ts", "--out", "ops")).stdout).toMatch(/^unchanged/)
    expect(readFileSync(path, "utf8")).toContain("\r\n")
  })

  it("writes nothing with --dry-run", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments(), "there/rules.yml": old })
    const ran = await surety("alerts", "src/Pay.ts", "--out", "ops", "--dry-run")
    expect(ran.code).toBe(0)
    expect(ran.stdout).toMatch(/^would create {2}ops\/rules\.yml\n/)
    expect(existsSync(join(folder, "ops"))).toBe(false)
    const over = await surety("alerts", "src/Pay.ts", "--out", "there", "--dry-run", "--json")
    expect(decode(JSON.parse(over.stdout)).files[0]).toEqual({ path: "rules.yml", status: "changed" })
    expect(readFileSync(join(folder, "there/rules.yml"), "utf8")).toBe(old)
  })

  it("keeps the notes that people wrote into a runbook", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments() })
    await surety("runbooks", "src/Pay.ts", "--out", "ops")
    const page = join(folder, "ops/runbooks/IntegrationSloBurn.md")
    writeFileSync(page, readFileSync(page, "utf8").replace(notesBegin, `${notesBegin}\nIn 2026 it was the DNS`))
    writeFileSync(join(folder, "src/Pay.ts"), payments({ availability: "0.99" }))
    const ran = await surety("runbooks", "src/Pay.ts", "--out", "ops")
    expect(ran).toMatchObject({ code: 0, stderr: "" })
    expect(ran.stdout).toContain("changed       ops/runbooks/IntegrationSloBurn.md\n")
    const text = readFileSync(page, "utf8")
    expect(text).toContain("In 2026 it was the DNS")
    expect(text).toContain("99 %")
  })

  it("writes no page at all when 2 were changed outside of their notes, and names both", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments() })
    await surety("runbooks", "src/Pay.ts", "--out", "ops")
    const pages = readdirSync(join(folder, "ops/runbooks")).map((name) => join(folder, "ops/runbooks", name))
    for (const page of [pages[1] ?? "", pages.at(-1) ?? ""]) {
      writeFileSync(page, readFileSync(page, "utf8").replace("## ", "## Mine: "))
    }
    const before = pages.map((page) => readFileSync(page, "utf8"))
    writeFileSync(join(folder, "src/Pay.ts"), payments({ availability: "0.99" }))
    const ran = await surety("runbooks", "src/Pay.ts", "--out", "ops")
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(
      /^\nsurety: ops\/runbooks\/\w+\.md, ops\/runbooks\/\w+\.md: text outside of the notes was changed by hand; no file was written\. \[file-at-risk\]\n {2}Move what was written.*\n$/
    )
    expect(pages.map((page) => readFileSync(page, "utf8"))).toEqual(before)
  })

  it("does not write over a file that was not generated, not even with the others", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments(), "ops/alertmanager.yml": "route:\n  receiver: us\n" })
    const ran = await surety("alerts", "src/Pay.ts", "--out", "ops")
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toBe(
      "\nsurety: ops/alertmanager.yml: it was not generated; no file was written. [file-at-risk]\n  Name a folder that holds nothing else with --out; or move the file away, if it was generated once.\n"
    )
    expect(readdirSync(join(folder, "ops"))).toEqual(["alertmanager.yml"])
    expect(readFileSync(join(folder, "ops/alertmanager.yml"), "utf8")).toBe("route:\n  receiver: us\n")
  })

  it("does not write over the files of another provider", async () => {
    const { folder, surety } = project({ "src/Pay.ts": module({}, { id: "acme/Refunds", name: "Refunds" }) })
    for (const kind of ["alerts", "dashboards", "runbooks", "dossier", "catalog"]) {
      const files = async (name: string) =>
        (await surety(kind, "src/Pay.ts", "--provider", name, "--out", "ops", "--json")).code
      expect([kind, await files("Payments"), await files("Payments"), await files("Refunds")]).toEqual([kind, 0, 0, 2])
    }
    const ran = await surety("alerts", "src/Pay.ts", "--provider", "Refunds", "--out", "ops")
    expect(ran.stderr).toBe(
      "\nsurety: ops/rules.yml, ops/rules_test.yml, ops/rules_slow_test.yml, ops/alertmanager.yml: it is of acme/Payments, and would become of acme/Refunds; no file was written. [file-at-risk]\n  Give each provider a folder of its own (--out ops/payments); or remove the file, if the contract was renamed.\n"
    )
    expect(readFileSync(join(folder, "ops/rules.yml"), "utf8")).toContain("acme/Payments")
  })

  it("asks which provider when there are 2 and 1 can be printed, and writes both into folders of their own", async () => {
    const { folder, surety } = project({ "src/Pay.ts": module({}, { id: "acme/Refunds", name: "Refunds" }) })
    const ran = await surety("catalog", "src/Pay.ts")
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(/there are 2 providers: acme\/Payments, acme\/Refunds\. \[which-provider\]/)
    expect(existsSync(join(folder, "ops"))).toBe(false)
    const both = decode(JSON.parse((await surety("catalog", "src/Pay.ts", "--out", "ops", "--json")).stdout))
    expect(both.files.map(({ path }) => path)).toEqual(
      ["acme-payments", "acme-refunds"].map((one) => `${one}/catalog-info.yaml`)
    )
    expect((await surety("alerts", "src/Pay.ts", "--out", "one", "--provider", "Refunds")).code).toBe(0)
    expect(readdirSync(join(folder, "one")).sort()).toEqual([...alertFiles].sort())
  })

  it("refuses 2 providers whose files would go to 1 folder", async () => {
    const { surety } = project({ "src/Pay.ts": module({}, { id: "acme/payments", name: "Refunds" }) })
    const ran = await surety("catalog", "src/Pay.ts", "--out", "ops")
    expect(ran.stderr).toMatch(/would both be written to acme-payments\. \[which-provider\]/)
  })

  it.each([
    ["nowhere.yml", "", /cannot read --receivers nowhere\.yml: it is not there\. \[receivers-not-readable\]/],
    [
      "r.yml",
      "team-checkout pages: {}",
      /team-checkout pages: no route leads to it, they lead to team-checkout page, team-checkout ticket \[unknown\]\. \[receivers-invalid\]/
    ],
    [
      "r.yml",
      "team-checkout page: { slack: [] }",
      /team-checkout page\.slack: an integration is called …_configs \[integration\]/
    ],
    [
      "r.yml",
      "team-checkout page: { slack_configs: [{ api_url: 'https://hooks.slack.com/services/T/B/x' }] }",
      /^(?![^]*hooks)[^]*page\.slack_configs\[0\]\.api_url: a secret stands in it, .*; write api_url_file \[secret\]/
    ]
  ])("refuses --receivers %s that says %j, and writes nothing", async (file, text, message) => {
    const { folder, surety } = project({ "src/Pay.ts": payments(), "r.yml": text })
    const ran = await surety("alerts", "src/Pay.ts", "--receivers", file, "--out", "ops")
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(message)
    expect(existsSync(join(folder, "ops"))).toBe(false)
  })
})

describe("an output folder that is none", { timeout: 60_000 }, () => {
  it("because it is a file, is refused", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments(), ops: "mine" })
    for (const args of [[], ["--dry-run"]]) {
      const ran = await surety("alerts", "src/Pay.ts", "--out", "ops", ...args)
      expect(ran).toMatchObject({ code: 2, stdout: "" })
      expect(ran.stderr).toMatch(/--out ops is a file\. \[out-is-a-file\]\n {2}Name a folder/)
    }
    expect(readFileSync(join(folder, "ops"), "utf8")).toBe("mine")
    expect((await surety("check", "src/Pay.ts", "--out", "ops", "--today", "2026-11-23")).code).toBe(2)
  })

  it("because a file stands where a folder goes, is refused", async () => {
    const { surety } = project({ "src/Pay.ts": payments(), "ops/runbooks": "mine" })
    const ran = await surety("runbooks", "src/Pay.ts", "--out", "ops")
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(/cannot write to ops: .*a file is where a folder should be\. \[out-not-writable\]/)
  })

  it("because a folder or a pipe stands where a file goes, is refused without a wait", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments(), "ops/rules.yml/kept": "mine" })
    await exec(folder, "mkdir", ["pipes"])
    await exec(folder, "mkfifo", ["pipes/rules.yml"])
    for (const command of ["alerts", "check"]) {
      const ran = await surety(command, "src/Pay.ts", "--out", "ops")
      expect(ran).toMatchObject({ code: 2, stdout: "" })
      expect(ran.stderr).toMatch(
        /ops\/rules\.yml is a folder, and a generated file goes there\. \[file-at-risk\]\n {2}Move it away/
      )
      const piped = await surety(command, "src/Pay.ts", "--out", "pipes")
      expect(piped).toMatchObject({ code: 2, stdout: "" })
      expect(piped.stderr).toMatch(/pipes\/rules\.yml is no file, /)
    }
  })

  it("because nobody may write to it, is refused without a draft left behind", async () => {
    const { folder, suretyWith } = project({ "src/Pay.ts": payments(), "ops/rules.yml": old })
    chmodSync(join(folder, "ops"), 0o555)
    const ran = await suretyWith({ permissions: "kept" }, "alerts", "src/Pay.ts", "--out", "ops")
    chmodSync(join(folder, "ops"), 0o755)
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toBe(
      "\nsurety: cannot write to ops: permission denied. [out-not-writable]\n  Look at its owner and permissions (ls -ld), or name another folder with --out. A file is written as a whole or not at all.\n"
    )
    expect(readdirSync(join(folder, "ops"))).toEqual(["rules.yml"])
    expect(readFileSync(join(folder, "ops/rules.yml"), "utf8")).toBe(old)
  })

  it.each(["/proc/nope", "/proc/nope/ops", "/dev/null", "/dev/null/ops", "/proc/1/cmdline", "gone", "", " ", "circle"])(
    "because nothing can be written to %j, is refused at once",
    async (out) => {
      const { folder, surety } = project({ "src/Pay.ts": payments() })
      symlinkSync(join(folder, "nowhere"), join(folder, "gone"))
      symlinkSync(join(folder, "circle"), join(folder, "circle"))
      for (const args of [[], ["--dry-run"]]) {
        const ran = await surety("catalog", "src/Pay.ts", "--out", out, ...args)
        if (args.length > 0 && ran.code === 0) continue
        expect(ran).toMatchObject({ code: 2, stdout: "" })
        expect(ran.stderr).toMatch(/^\nsurety: .+ \[out-(is-a-file|not-writable)\]\n {2}/)
        expect(ran.stderr).not.toContain("a bug")
      }
      expect(readdirSync(folder).sort()).toEqual(["circle", "gone", "node_modules", "package.json", "src"])
    }
  )

  it("because a folder stands where a file goes, is refused", async () => {
    const { surety } = project({ "src/Pay.ts": payments(), "ops/catalog-info.yaml/x": "mine" })
    const ran = await surety("catalog", "src/Pay.ts", "--out", "ops")
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(/ops\/catalog-info\.yaml is a folder, .* \[file-at-risk\]/)
  })

  it("because a link in it leads out of it, is refused before anything is written", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments(), "elsewhere/mine.md": "mine" })
    mkdirSync(join(folder, "ops"))
    symlinkSync(join(folder, "elsewhere"), join(folder, "ops/runbooks"))
    const ran = await surety("runbooks", "src/Pay.ts", "--out", "ops")
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(
      /runbooks\/\w+\.md would be written outside of ops\. \[outside-of-out\]\n {2}A link in the folder leads out of it/
    )
    expect(readdirSync(join(folder, "elsewhere"))).toEqual(["mine.md"])
  })

  it("may itself be a link, and a file in it may be one that is replaced and not followed", async () => {
    const { folder, surety } = project({ "src/Pay.ts": payments(), "real/x": "", "elsewhere.yml": old })
    symlinkSync(join(folder, "real"), join(folder, "ops"))
    symlinkSync(join(folder, "elsewhere.yml"), join(folder, "real/rules.yml"))
    expect((await surety("alerts", "src/Pay.ts", "--out", "ops")).code).toBe(0)
    expect(readFileSync(join(folder, "elsewhere.yml"), "utf8")).toBe(old)
    expect(readFileSync(join(folder, "real/rules.yml"), "utf8")).toContain("groups:")
  })
})
