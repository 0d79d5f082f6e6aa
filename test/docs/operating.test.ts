// The pages about operating are done as they say: their files are written, their program runs, their commands end well.
import { spawn, spawnSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const guide = readFileSync(join(root, "docs/guide/06-operating-it.md"), "utf8")
const readme = readFileSync(join(root, "packages/cli/README.md"), "utf8")
const folder = join(root, ".cache", `operating-${process.pid}`)

/** The fences of a page whose first line ends like this. */
const fences = (page: string, kind: string): ReadonlyArray<string> =>
  page
    .split(/^```/m)
    .filter((_, at) => at % 2 === 1)
    .filter((fence) => fence.startsWith(`${kind}\n`))
    .map((fence) => fence.slice(kind.length + 1))

const file = (name: string, kind = "ts"): string => {
  const [text, ...more] = fences(guide, `${kind} ${name}`)
  if (text === undefined || more.length > 0) throw new Error(`${name} is not in the guide once`)
  return text
}

const has = (tool: string): boolean => spawnSync(tool, ["--version"], { stdio: "ignore" }).status === 0

/** `npx surety` is the command of this workspace, on the Node that runs this. */
const shell = (script: string) => {
  const surety = `"${process.execPath}" "${join(root, "packages/cli/src/main.ts")}"`
  const { status, stderr, stdout } = spawnSync(
    "bash",
    ["-euo", "pipefail", "-c", `npx() { [ "$1" = surety ]; shift; ${surety} "$@"; }\n${script}`],
    { cwd: folder, encoding: "utf8", timeout: 300_000 }
  )
  return { status, output: stdout + stderr }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

beforeAll(() => {
  mkdirSync(join(folder, "src"), { recursive: true })
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "shop", private: true, type: "module" }))
  // packages are read from their sources here, and those are written for Node
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions: { noEmit: true, types: ["node"] } })
  )
  writeFileSync(join(folder, "src/Payments.ts"), file("src/Payments.ts"))
  for (const name of ["prometheus.yml", "receivers.yml"]) writeFileSync(join(folder, name), file(name, "yaml"))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the guide to operating", { timeout: 300_000 }, () => {
  it("has a program whose page Prometheus can scrape, with calls that found nobody", async () => {
    const port = await freePort()
    const program = file("src/main.ts")
    expect(program).toContain("port: 9464")
    writeFileSync(join(folder, "src/main.ts"), program.replace("port: 9464", `port: ${port}`))
    const running = spawn(process.execPath, ["src/main.ts"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
    let said = ""
    for (const stream of [running.stdout, running.stderr]) stream.on("data", (chunk) => (said += String(chunk)))
    const failed =
      /^integration_operation_duration_count\{[^}]*error_type="connect_refused"[^}]*retrieveCustomer[^}]*\} [1-9]/m
    try {
      const giveUpAt = performance.now() + 60_000
      let page = ""
      while (!failed.test(page)) {
        if (performance.now() > giveUpAt || running.exitCode !== null) throw new Error(`no such series:\n${said}`)
        page = await fetch(`http://127.0.0.1:${port}/metrics`).then(
          (answer) => answer.text(),
          () => ""
        )
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      expect(page).toMatch(/^integration_contract_info\{[^}]*"shop\/Payments"[^}]*\} 1$/m)
    } finally {
      running.kill()
    }
  })

  it("has commands of surety that write 6 kinds of files, and find nothing wrong with them", () => {
    const [script] = fences(guide, "sh").filter((fence) => fence.includes("npx surety"))
    // days come near while the page stays as it is
    const ran = shell((script ?? "false").replace("ops check ", "ops check --today 2026-11-24 "))
    expect(ran.status, ran.output).toBe(0)
    const written = readdirSync(join(folder, "ops"))
    for (const [, name] of guide.matchAll(/^\| ([^|]+) \| [^|]+ \|$/gm)) {
      for (const [, one = ""] of (name ?? "").matchAll(/`([a-z_-]+\.(?:yml|json|md|html|yaml))`/g)) {
        expect(written).toContain(one)
      }
    }
  })

  it.skipIf(!has("promtool") || !has("amtool"))(
    "has commands of Prometheus that pass, and a configuration it takes",
    () => {
      const tools = fences(guide, "sh").filter((fence) => fence.includes("promtool") && !fence.includes("npx"))
      expect(tools.length).toBe(1)
      const ran = shell(`${tools.join("\n")}\npromtool check config prometheus.yml`)
      expect(ran.status, ran.output).toBe(0)
    }
  )
})

describe("the README of the command", { timeout: 300_000 }, () => {
  it("has commands that run one after the other on the contract of the guide, and the days of its pipeline", () => {
    const commands = fences(readme, "sh").flatMap((fence) =>
      fence.split("\n").filter((line) => line.startsWith("npx surety "))
    )
    expect(commands.length).toBe(4)
    for (const command of commands) {
      const day = command.includes(" check ") ? " --today 2026-09-02" : ""
      const ran = shell(`${command.replace("--out ops", "--out readme")}${day}`)
      expect(ran.status, `${command}\n${ran.output}`).toBe(0)
    }
  })

  it("has a line that completes the command in a shell", () => {
    const line = /`(source <\(npx surety --completions bash\))`/.exec(readme)?.[1] ?? "false"
    const ran = shell(`set +u\n${line}\ncomplete -p surety`)
    expect(ran.status, ran.output).toBe(0)
    expect(ran.output).toContain("surety")
  })
})
