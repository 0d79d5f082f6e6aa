import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { ErrorReport, HelpReport, VersionReport } from "../src/Report.ts"
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

  it.skipIf(!existsSync("/dev/full"))(
    "is not the answer when the disk is full, and that is said in 2 lines",
    async () => {
      for (const args of ["alerts @surety/stripe", "check @surety/stripe --json"]) {
        const ran = await exec(folder, "bash", ["-c", `"${process.execPath}" "${main}" ${args} > /dev/full`])
        expect(ran).toMatchObject({ code: 2, stdout: "" })
        expect(ran.stderr).toMatch(
          /\nsurety: cannot write to standard output: ENOSPC\. \[out-not-writable\]\n {2}What was written is not the whole answer\. .*\n$/
        )
      }
    }
  )

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
      "\nsurety: Missing required argument: module. [wrong-use]\n  Use: surety check [flags] <module...>. More: surety check --help\n"
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

  it("is help and a version as JSON under --json", async () => {
    const read = Schema.decodeUnknownSync(HelpReport, { onExcessProperty: "error" })
    for (const args of [["--json"], ["--help", "--json"]]) {
      const ran = await surety(...args)
      expect(ran).toMatchObject({ code: 0, stderr: "" })
      const { command, commands, flags } = read(JSON.parse(ran.stdout))
      expect([command, commands.length]).toEqual(["surety", 7])
      expect(flags.map(({ name }) => name)).toContain("json")
    }
    const check = read(JSON.parse((await surety("check", "--help", "--json")).stdout))
    expect(check.command).toBe("surety check")
    expect(check.arguments).toMatchObject([{ name: "module", required: true, variadic: true }])
    expect(check.flags.map(({ name }) => name)).toContain("within")
    expect(check.examples.length).toBe(3)
    const version = await surety("--version", "--json")
    expect(Schema.decodeUnknownSync(VersionReport, { onExcessProperty: "error" })(JSON.parse(version.stdout))).toEqual({
      name: "surety",
      version: "0.0.0"
    })
  })

  it("ends with 130 when it is interrupted", async () => {
    const { folder: slow } = project({ "src/Slow.ts": "console.log('loading')\nawait new Promise(() => {})\n" })
    const child = spawn(process.execPath, [main, "explain", "src/Slow.ts"], {
      cwd: slow,
      stdio: ["ignore", "pipe", "pipe"]
    })
    let said = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text
      if (said === "loading\n") child.kill("SIGINT")
    })
    expect(await once(child, "close")).toEqual([130, null])
    expect(said).toBe("loading\n")
  })

  it("is what to install when Node is too old, before anything else is loaded", async () => {
    const old = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.18.0" } })`
    const check = (...args: ReadonlyArray<string>) =>
      exec(folder, process.execPath, [
        `--import=data:text/javascript,${encodeURIComponent(old)}`,
        main,
        "check",
        ...args
      ])
    const json = await check("--json")
    expect(json).toMatchObject({ code: 2, stderr: "" })
    expect(Schema.decodeUnknownSync(ErrorReport)(JSON.parse(json.stdout)).error.code).toBe("wrong-use")
    const ran = await check()
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(
      /^\nsurety: this is Node 22\.18\.0, .* from 22\.19 on\. \[wrong-use\]\n {2}Install Node 24, or /
    )
  })

  it("does not need a home, a terminal or a config", async () => {
    const ran = await suretyWith({ env: { HOME: "/nonexistent", TERM: "" } }, "explain", "src/Pay.ts", "--json")
    expect(ran).toMatchObject({ code: 0, stderr: "" })
  })
})
