import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { ErrorReport } from "../src/Report.ts"
import { exec, main, project } from "./Cli.ts"
import { payments } from "./Payments.ts"

const escape = "\u001b["

/** In a terminal of its own; standard error and standard output are one there. */
const inTerminal = (folder: string, words: string, env: Readonly<Record<string, string>> = {}) =>
  exec(folder, "script", ["-qec", `"${process.execPath}" "${main}" ${words}`, "/dev/null"], {
    env: { TERM: "xterm", ...env }
  })

describe("what a command shows", { timeout: 60_000 }, () => {
  const { folder, surety, suretyWith } = project({
    "src/Pay.ts": payments(),
    "src/Broken.ts": "throw new Error('no')\n"
  })

  it("has no colour when it goes into a pipe", async () => {
    for (const args of [
      ["--help"],
      ["check", "--help"],
      ["explain", "src/Pay.ts"],
      ["nonsense"],
      ["explain", "src/Broken.ts"]
    ]) {
      const ran = await surety(...args)
      expect(ran.stdout + ran.stderr).not.toContain(escape)
    }
  })

  it("has colour in a terminal, unless NO_COLOR is set", async () => {
    expect((await inTerminal(folder, "--help")).stdout).toContain(escape)
    expect((await inTerminal(folder, "--help", { NO_COLOR: "1" })).stdout).not.toContain(escape)
  })

  it("shows progress in a terminal, and takes it away again", async () => {
    const ran = await inTerminal(folder, "explain src/Pay.ts getCharge RateLimited")
    expect(ran.code).toBe(0)
    expect(ran.stdout.startsWith(`… loading src/Pay.ts\r${escape}2KRateLimited of getCharge`)).toBe(true)
    expect((await inTerminal(folder, "explain src/Pay.ts", { TERM: "dumb" })).stdout).not.toContain("loading")
    expect((await surety("explain", "src/Pay.ts")).stderr).toBe("")
  })

  it("may be read by somebody who goes away", async () => {
    const ran = await exec(folder, "bash", [
      "-c",
      `"${process.execPath}" "${main}" explain @surety/stripe | head -1; echo "code \${PIPESTATUS[0]}"`
    ])
    expect(ran.stdout).toMatch(/^surety\/Stripe .*\ncode 0\n$/)
    expect(ran.stderr).toBe("")
    const check = await exec(folder, "bash", [
      "-c",
      `"${process.execPath}" "${main}" check src/Pay.ts --today 2027-04-02 | true; echo "code \${PIPESTATUS[0]}"`
    ])
    expect(check).toMatchObject({ stdout: "code 1\n", stderr: "" })
  })

  it("is an error as JSON under --json, wherever the flag stands", async () => {
    for (const args of [
      ["--json", "explain", "src/Nope.ts"],
      ["explain", "src/Nope.ts", "--json"]
    ]) {
      const ran = await surety(...args)
      expect(ran).toMatchObject({ code: 2, stderr: "" })
      expect(
        Schema.decodeUnknownSync(ErrorReport, { onExcessProperty: "error" })(JSON.parse(ran.stdout))
      ).toMatchObject({
        error: { code: "module-not-found", message: expect.stringContaining("src/Nope.ts") }
      })
    }
  })

  it("is the error and the way to help, and not the whole help, when the use is wrong", async () => {
    const typo = await surety("chek", "src/Pay.ts")
    expect(typo).toMatchObject({ code: 2, stdout: "" })
    expect(typo.stderr).toMatch(
      /surety: Unknown subcommand "chek".*check\. \[wrong-use\]\n {2}Use: surety <subcommand>.* More: surety --help\n$/
    )
    const missing = await surety("check")
    expect(missing.stderr).toBe(
      "\nsurety: Missing required argument: module. [wrong-use]\n  Use: surety check [flags] <module>. More: surety check --help\n"
    )
  })

  it("is the help and code 0 when nothing is asked", async () => {
    const ran = await surety()
    expect(ran).toMatchObject({ code: 0, stderr: "" })
    for (const name of ["explain", "check", "dossier", "alerts", "dashboards", "runbooks", "catalog"]) {
      expect(ran.stdout).toContain(`  ${name} `)
    }
    expect(await surety("--version")).toMatchObject({ code: 0, stdout: "surety v0.0.0\n" })
  })

  it("ends with 130 when it is interrupted", async () => {
    const { folder: slow } = project({ "src/Slow.ts": "await new Promise(() => {})\n" })
    const ran = await exec(slow, "timeout", ["-s", "INT", "2", process.execPath, main, "explain", "src/Slow.ts"])
    // timeout says 124 for its own signal
    expect([124, 130]).toContain(ran.code)
    expect(ran.stderr).not.toMatch(/^\s+at /m)
  })

  it("does not need a home, a terminal or a config", async () => {
    const ran = await suretyWith({ env: { HOME: "/nonexistent", TERM: "" } }, "explain", "src/Pay.ts", "--json")
    expect(ran).toMatchObject({ code: 0, stderr: "" })
  })
})
