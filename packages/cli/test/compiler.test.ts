import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { mkdirSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import * as Compiler from "../src/Compiler.ts"
import { main, project } from "./Cli.ts"
import { payments } from "./Payments.ts"

const today = ["--today", "2026-11-23"] as const
const typo = payments().replace('"critical"', '"critcal"')
const minute = { timeout: Duration.minutes(1) }
const check = (path: string, options: Compiler.Options): Promise<Compiler.Outcome> =>
  Effect.runPromise(Compiler.check(path, options))

/** A package that is found before the real one. */
const typescript = (version: string, tsc: string): Readonly<Record<string, string>> => ({
  "src/node_modules/typescript/package.json": JSON.stringify({ name: "typescript", version, bin: { tsc: "tsc.js" } }),
  "src/node_modules/typescript/tsc.js": tsc
})

const filesOf = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => !file.includes("node_modules"))
    .sort()

describe("the types of a module", { timeout: 60_000 }, () => {
  it("are checked strictly under any tsconfig.json, and 0 files are written", async () => {
    const { folder, surety } = project({
      "src/Pay.ts": typo,
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          strict: false,
          strictNullChecks: false,
          strictFunctionTypes: false,
          composite: true,
          incremental: true,
          tsBuildInfoFile: "out/info",
          declarationMap: true,
          declarationDir: "types",
          sourceMap: true,
          rootDir: "src",
          outDir: "out",
          noUnusedLocals: true,
          module: "nodenext",
          target: "es2024"
        },
        include: ["src"]
      })
    })
    const before = filesOf(folder)
    const ran = await surety("check", "src/Pay.ts", ...today)
    expect(ran).toMatchObject({ code: 1, stderr: "" })
    expect(ran.stdout).toMatch(
      /^src\/Pay\.ts:17:3 \[PROV-003\] every provider declares its criticality: .* \(TS2820\)\n$/
    )
    expect(filesOf(folder)).toEqual(before)
  })

  it("are checked where noCheck says not to, without the trace that is asked for", async () => {
    const options = { noCheck: true, generateTrace: "trace", module: "nodenext", target: "es2024" }
    const { folder, surety } = project({
      "src/Pay.ts": typo,
      "tsconfig.json": JSON.stringify({ compilerOptions: options })
    })
    const before = filesOf(folder)
    const ran = await surety("check", "src/Pay.ts", ...today)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain("[PROV-003]")
    expect(filesOf(folder)).toEqual(before)
  })

  it("that nobody may check are a finding, of the module and of what it imports, at their line", async () => {
    const { surety } = project({
      "src/Pay.ts": `// The contract.\n  // @ts-nocheck: later\nexport { Payments } from "./provider/Payments.ts"\n`,
      "src/provider/Payments.ts": `#!/usr/bin/env node\n/// @ts-nocheck\n${typo}`
    })
    const ran = await surety("check", "src/Pay.ts", ...today)
    expect(ran).toMatchObject({ code: 1, stderr: "" })
    const why = "no type of this file was checked: remove this comment (@ts-nocheck)"
    expect(ran.stdout.split("\n").filter((line) => line.includes("nocheck"))).toEqual([
      `src/provider/Payments.ts:2:1 [types] ${why}`,
      `src/Pay.ts:2:3 [types] ${why}`
    ])
    // what the value itself says is told all the same
    expect(ran.stdout).toContain("[PROV-003]")
  })

  it.each([
    ["// @ts-nocheck\n", true],
    ["\uFEFF//@ts-nocheck\n", true],
    ["/* by hand */ /// @TS-NoCheck: old\n", true],
    ["// @ts-check\n// @ts-nocheck\n", true],
    ["// @ts-nocheck\n// @ts-check\n", false],
    ["/* @ts-nocheck */\n", false],
    ["/**\n * // @ts-nocheck\n */\n", false],
    ["// @ts-nochecked\n", false],
    ["// no @ts-nocheck\n", false],
    ["export {}\n// @ts-nocheck\n", false]
  ])("begin with %j: that nobody may check them is %s, as the compiler has it", async (head, unchecked) => {
    const { folder } = project({ "src/Pay.ts": `${head}export const region: string = 1\n` })
    const outcome = await check(join(folder, "src/Pay.ts"), minute)
    expect(outcome._tag === "Checked" && outcome.diagnostics.map(({ code }) => code)).toEqual([
      unchecked ? "@ts-nocheck" : "TS2322"
    ])
  })

  it.each(["es5", "es2024"])("are no longer fine when the compiler refuses an option: target %s", async (target) => {
    const { surety } = project({
      "src/Pay.ts": typo,
      "tsconfig.json": JSON.stringify({ compilerOptions: { module: "nodenext", target } })
    })
    const ran = await surety("check", "src/Pay.ts", ...today)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain(
      target === "es5" ? "types were not checked: the compiler said: TS5108: Option 'target=ES5'" : "[PROV-003]"
    )
  })

  it("are checked in what the module imports, and not in what else the project has", async () => {
    const { surety } = project({
      "src/Pay.ts": `export { Payments } from "./provider/Payments.ts"\n`,
      "src/provider/Payments.ts": typo,
      "src/Other.ts": "export const a: string = 1\n",
      "tsconfig.json": JSON.stringify({ compilerOptions: { module: "nodenext" }, include: ["src"] })
    })
    const ran = await surety("check", "src/Pay.ts", ...today)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toMatch(/^src\/provider\/Payments\.ts:17:3 \[PROV-003\] [^\n]*\n$/)
  })

  it("know the declarations of the project, and the paths of a tsconfig.json that names its own folder", async () => {
    const { folder } = project({
      "src/Pay.ts": `import type { Region } from "@shop/region"\nexport const region: Region = shopRegion\n${payments()}`,
      "src/env.d.ts": `declare const shopRegion: "eu"\n`,
      "lib/region.ts": `export type Region = "eu"\n`,
      "tsconfig.json": JSON.stringify({
        compilerOptions: { module: "nodenext", paths: { "@shop/*": ["${configDir}/lib/*.ts"] } },
        include: ["src"]
      })
    })
    const outcome = await check(join(folder, "src/Pay.ts"), minute)
    expect(outcome).toMatchObject({ _tag: "Checked", diagnostics: [] })
    expect(filesOf(folder).filter((file) => file.startsWith("."))).toEqual([])
  })

  it("are checked under the configuration that compiles the module, where tsconfig.json only leads to 2 others", async () => {
    const { folder } = project({
      "src/Pay.ts": `import type { Region } from "@/region.ts"\nexport const region: Region = "eu"\n${typo}`,
      "src/region.ts": `export type Region = "eu"\n`,
      "vite.config.ts": "export default {}\n",
      "tsconfig.json": `{ "files": [], "references": [{ "path": "./tsconfig.node.json" }, { "path": "./tsconfig.app.json" }] }`,
      "tsconfig.node.json": JSON.stringify({ compilerOptions: { module: "nodenext" }, files: ["vite.config.ts"] }),
      "tsconfig.app.json": JSON.stringify({
        compilerOptions: { composite: true, module: "nodenext", paths: { "@/*": ["./src/*"] } },
        include: ["src"]
      })
    })
    const outcome = await check(join(folder, "src/Pay.ts"), minute)
    expect(outcome).toMatchObject({ _tag: "Checked", diagnostics: [{ code: "TS2820" }] })
  })

  it("are not checked without TypeScript, or under one before 7, and a note says how", async () => {
    const { folder } = project({ "src/Pay.ts": payments(), ...typescript("5.9.3", "") })
    const module = join(folder, "src/Pay.ts")
    expect(await check(module, { ...minute, lookFrom: ["/nowhere/a.js"] })).toEqual({
      _tag: "NotChecked",
      why: "there is no TypeScript here",
      hint: "Install it: npm install --save-dev typescript@7"
    })
    expect(await check(module, { ...minute, lookFrom: [module] })).toMatchObject({
      _tag: "NotChecked",
      why: "TypeScript 5.9.3 is here, and 7 or later is needed"
    })
  })

  it("are not checked in JavaScript: a note says so, and the laws are read from the value", async () => {
    const script = payments()
      .replace("<RateLimited>()", "()")
      .replace("<Payments>()", "()")
      .replace("(id: string)", "(id)")
    const { surety } = project({ "lawful.mjs": script, "typo.mjs": script.replace('"critical"', '"critcal"') })
    const lawful = await surety("check", "lawful.mjs", ...today)
    expect(lawful).toMatchObject({ code: 0, stderr: "" })
    expect(lawful.stdout).toMatch(
      /^acme\/Payments: fine .*\nnote: lawful\.mjs: types were not checked, it is JavaScript; .*\n$/
    )
    const ran = await surety("check", "typo.mjs", ...today, "--json")
    expect(ran).toMatchObject({ code: 1, stderr: "" })
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: false,
      types: "not-checked",
      notes: [{ rule: "types-not-checked" }],
      findings: [{ provider: "acme/Payments", field: "criticality", rule: "law", law: "PROV-003" }]
    })
  })

  it("are a finding when the compiler stops with an error of its own", async () => {
    const says = `console.log("error TS5083: Cannot read file 'x'."); process.exit(1)`
    const { surety } = project({ "src/Pay.ts": payments(), ...typescript("7.9.9", says) })
    const ran = await surety("check", "src/Pay.ts", ...today)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain("types were not checked: the compiler said: TS5083: Cannot read file 'x'.")
  })

  it("are given up after the timeout, and nothing is left of 300 ms", async () => {
    const { folder } = project({ "src/Pay.ts": payments(), ...typescript("7.9.9", "setInterval(() => {}, 1000)") })
    expect(await check(join(folder, "src/Pay.ts"), { timeout: Duration.millis(300) })).toEqual({
      _tag: "Stopped",
      why: "had not finished after 0.3 s"
    })
  })

  it("leave 0 files behind when somebody interrupts the check", async () => {
    const started = `require("node:fs").writeFileSync("started", String(process.pid)); setInterval(() => {}, 1000)`
    const { folder } = project({ "src/Pay.ts": payments(), ...typescript("7.9.9", started) })
    const temporary = join(folder, "temporary")
    mkdirSync(temporary)
    const child = spawn(process.execPath, [main, "check", "src/Pay.ts"], {
      cwd: folder,
      env: { PATH: process.env["PATH"], TMPDIR: temporary },
      stdio: "ignore"
    })
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
    await expect.poll(() => filesOf(folder), { timeout: 20_000 }).toContain("started")
    expect(readdirSync(temporary)).toHaveLength(1)
    child.kill("SIGINT")
    expect(await ended).toBe(130)
    expect(readdirSync(temporary)).toEqual([])
  })
})
