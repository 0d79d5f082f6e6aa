import { describe, expect, it } from "vitest"
import { project } from "./Cli.ts"
import { module, payments } from "./Payments.ts"

const good = payments()

describe("a module that does not load ends with code 2 and says what to change", { timeout: 60_000 }, () => {
  it.each<readonly [says: string, files: Record<string, string>, named: string, code: string, message: RegExp]>([
    [
      "a file that is not there",
      {},
      "src/Pay.ts",
      "module-not-found",
      /there is no file src\/Pay\.ts in \/.*\n {2}Name the module/
    ],
    [
      "a folder",
      { "src/index.ts": good },
      ".",
      "module-not-found",
      /\. is a folder.*\n {2}Do you mean src\/index\.ts\?/
    ],
    [
      "a package that nobody installed",
      {},
      "@acme/payments",
      "module-not-found",
      /there is no file @acme\/payments in .*, and no package of that name/
    ],
    [
      "an enum",
      { "src/Pay.ts": `export const one = 1\nexport enum Mode { live, sandbox }\n${good}` },
      "src/Pay.ts",
      "module-broken",
      /enum is not supported.* \(src\/Pay\.ts:2\).*\n.*write a union instead of an enum.*erasableSyntaxOnly/
    ],
    [
      "a parameter property",
      { "src/Pay.ts": `export class A {\n  constructor(readonly a: string) {}\n}\n` },
      "src/Pay.ts",
      "module-broken",
      /parameter property is not supported.* \(src\/Pay\.ts:2\)/
    ],
    [
      "text that is no TypeScript",
      { "src/Pay.ts": `export const a = (\n` },
      "src/Pay.ts",
      "module-broken",
      /src\/Pay\.ts: is not valid TypeScript: .*\n {2}Run `npx tsc --noEmit`/
    ],
    [
      "the .js name of a .ts file",
      { "src/Pay.ts": `export { Payments } from "./Payments.js"\n`, "src/Payments.ts": good },
      "src/Pay.ts",
      "module-broken",
      /src\/Pay\.ts imports src\/Payments\.js, which is not a file.*\n {2}Import Payments\.ts: .*rewriteRelativeImportExtensions/
    ],
    [
      "an import without an extension",
      { "src/Pay.ts": `export { Payments } from "./Payments"\n`, "src/Payments.ts": good },
      "src/Pay.ts",
      "module-broken",
      /which is not a file.*\n {2}Import Payments\.ts/
    ],
    [
      "a file that is generated and was not",
      { "src/Pay.ts": `export { a } from "./generated/a.ts"\n` },
      "src/Pay.ts",
      "module-broken",
      /imports src\/generated\/a\.ts, which is not there.*\n {2}Is it generated\?/
    ],
    [
      "a dependency that nobody installed",
      { "src/Pay.ts": `import "acme-sdk"\n` },
      "src/Pay.ts",
      "module-broken",
      /src\/Pay\.ts imports the package acme-sdk, which is not there.*\n {2}Install it: npm install acme-sdk/
    ],
    [
      "a type that is imported as a value",
      {
        "src/Pay.ts": `import { Shape } from "./Shape.ts"\nexport const a: Shape = 1\n`,
        "src/Shape.ts": "export type Shape = number\n"
      },
      "src/Pay.ts",
      "module-broken",
      /does not provide an export named 'Shape' \(src\/Pay\.ts:1\).*\n {2}If 'Shape' is a type, import it with 'import type'/
    ],
    [
      "JSX",
      { "src/Pay.tsx": `export const a = <b />\n` },
      "src/Pay.tsx",
      "module-broken",
      /Node does not load \.tsx files.*\n {2}Name a \.ts/
    ],
    [
      "a file of data",
      { "src/Pay.json": "{}" },
      "src/Pay.json",
      "module-broken",
      /Node does not load \.json files.*\n {2}Name a \.ts/
    ],
    [
      "TypeScript in a package that npm init made, which is CommonJS",
      { "package.json": '{ "type": "commonjs" }', "src/Pay.ts": good },
      "src/Pay.ts",
      "module-broken",
      /src\/Pay\.ts: is an ES module, and Node reads it as CommonJS: .* \(src\/Pay\.ts:1\).*\n {2}Write "type": "module" into/
    ],
    [
      "the same where only its exports say so",
      { "package.json": '{ "type": "commonjs" }', "src/Pay.js": "export const a = 1\n" },
      "src/Pay.js",
      "module-broken",
      /src\/Pay\.js: is an ES module, and Node reads it as CommonJS/
    ],
    [
      "TypeScript inside of node_modules",
      { "vendor/node_modules/acme/index.ts": good },
      "vendor/node_modules/acme/index.ts",
      "module-broken",
      /Node runs no TypeScript inside of node_modules/
    ],
    [
      "require in a module",
      { "src/Pay.ts": `const fs = require("node:fs")\nexport const a = fs\n` },
      "src/Pay.ts",
      "module-broken",
      /require is not defined in ES module scope.* \(src\/Pay\.ts:1\).*\n {2}It is an ES module: write import/
    ],
    [
      "a module that throws",
      {
        "src/Pay.ts": `const key = (): string => {\n  throw new Error("STRIPE_KEY is not set\\nsecond line")\n}\nexport const a = key()\n`
      },
      "src/Pay.ts",
      "module-throws",
      /src\/Pay\.ts throws while it loads: Error: STRIPE_KEY is not set \(src\/Pay\.ts:2\)\. .*\n {2}A contract module declares/
    ],
    [
      "a module that throws what is no error",
      { "src/Pay.ts": `throw undefined\n` },
      "src/Pay.ts",
      "module-throws",
      /throws while it loads: Error: threw undefined/
    ],
    [
      "a module that ends the process with code 0",
      { "src/Pay.ts": `process.exit(0)\n` },
      "src/Pay.ts",
      "module-exits",
      /src\/Pay\.ts ends the process while it loads/
    ],
    [
      "a module that exports no provider",
      { "src/Pay.ts": `export const contract = 1\n` },
      "src/Pay.ts",
      "no-provider",
      /src\/Pay\.ts exports no provider.*\n {2}Export the class/
    ]
  ])("%s", async (_, files, named, code, message) => {
    const ran = await project(files).surety("explain", named)
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).toContain(`[${code}]`)
    expect(ran.stderr, "no stack of ours").not.toMatch(/^\s+at /m)
  })

  it("a module that waits for ever is given up after --timeout", async () => {
    const { surety } = project({ "src/Pay.ts": "await new Promise(() => {})\n" })
    const ran = await surety("explain", "src/Pay.ts", "--timeout", "300 millis")
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(
      /src\/Pay\.ts has not loaded after 0\.3 s\. \[module-hangs\]\n {2}Something at its top level/
    )
  })

  it("a module that never gives the thread back is given up, too", async () => {
    const { surety } = project({ "src/Pay.ts": "for (;;) {}\n" })
    const ran = await surety("explain", "src/Pay.ts", "--timeout", "300ms")
    expect(ran).toMatchObject({ code: 2, signal: null, stdout: "" })
    expect(ran.stderr).toBe(
      "\nsurety: src/Pay.ts has not loaded after 0.3 s. [module-hangs]\n  Something at its top level waits or loops: a contract module declares and does nothing else. For a slow disk: --timeout '2 minutes'.\n"
    )
  })

  it("a module whose process.exit(0) comes later ends no command with code 0", async () => {
    const { surety } = project({ "src/Pay.ts": `setTimeout(() => process.exit(0), 1)\n${good}` })
    const ran = await surety("alerts", "src/Pay.ts", "--out", "ops")
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(/something that the module left running ends the process\. \[module-exits\]\n {2}Move/)
  })

  it("a failure that comes later is told, and ends with code 2", async () => {
    const { surety } = project({
      "src/Pay.ts": `setTimeout(() => {\n  throw new Error("late")\n}, 0)\nawait new Promise((go) => setTimeout(go, 200))\n${good}`
    })
    const ran = await surety("explain", "src/Pay.ts")
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(
      /something that the module left running failed: Error: late[\s\S]*src\/Pay\.ts:2[\s\S]*\[module-throws\]/
    )
  })
})

describe("under --json", { timeout: 60_000 }, () => {
  it.each([
    ["throw new Error('no')", "module-throws"],
    ["process.exit(0)", "module-exits"],
    ["for (;;) {}", "module-hangs"],
    ["await new Promise(() => {})", "module-hangs"],
    ["setTimeout(() => { throw new Error('late') }, 0); await new Promise(() => {})", "module-throws"]
  ])("%j is told to a program: %s", async (text, code) => {
    const { surety } = project({ "src/Pay.ts": `${text}\n` })
    const ran = await surety("check", "src/Pay.ts", "--json", "--timeout", "1500ms")
    expect(ran).toMatchObject({ code: 2, signal: null, stderr: "" })
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code } })
  })
})

describe("a module that loads", { timeout: 60_000 }, () => {
  it("may print, and its words are not part of the answer", async () => {
    const { surety } = project({ "src/Pay.ts": `console.log("loaded")\n${good}` })
    const ran = await surety("explain", "src/Pay.ts", "--json")
    expect(ran).toMatchObject({ code: 0, stderr: "loaded\n" })
    expect(JSON.parse(ran.stdout)).toMatchObject({ provider: "acme/Payments" })
  })

  it("may be in a project that does not say that it has modules, and other warnings are told", async () => {
    const { surety } = project({
      "package.json": `{ "name": "shop" }`,
      "src/Pay.ts": `${good}\nprocess.emitWarning("the old way", "DeprecationWarning")\n`
    })
    const ran = await surety("explain", "src/Pay.ts", "--json")
    expect(ran).toMatchObject({ code: 0, stderr: "DeprecationWarning: the old way\n" })
  })

  it("may leave timers behind, and the command ends all the same", async () => {
    const { surety } = project({ "src/Pay.ts": `setInterval(() => {}, 1000)\n${good}` })
    const before = performance.now()
    const ran = await surety("explain", "src/Pay.ts")
    expect(ran).toMatchObject({ code: 0, stderr: "" })
    expect(performance.now() - before).toBeLessThan(20_000)
  })

  it("may export a contract without a class, under any name", async () => {
    const { surety } = project({
      "src/Pay.ts": `${good.replace("export class", "class")}\nexport const { contract } = Payments\nexport default contract\n`
    })
    const ran = await surety("explain", "src/Pay.ts", "--json")
    expect(JSON.parse(ran.stdout)).toMatchObject({ provider: "acme/Payments" })
  })

  it("is found as a package, when one is installed", async () => {
    const { surety } = project({})
    const ran = await surety("explain", "@surety/stripe", "createRefund", "--json")
    expect(JSON.parse(ran.stdout)).toMatchObject({ name: "createRefund", kind: "mutation" })
  })

  const two = module({}, { id: "acme/Refunds", name: "Refunds" })

  it("with 2 providers asks which, and takes an id or an export", async () => {
    const { surety } = project({ "src/Pay.ts": two })
    const asked = await surety("explain", "src/Pay.ts")
    expect(asked).toMatchObject({ code: 2, stdout: "" })
    expect(asked.stderr).toBe(
      "\nsurety: src/Pay.ts exports 2 providers: acme/Payments, acme/Refunds. [which-provider]\n  Choose one: --provider acme/Payments\n"
    )
    for (const wanted of ["acme/Refunds", "Refunds"]) {
      const ran = await surety("explain", "src/Pay.ts", "--provider", wanted, "--json")
      expect(JSON.parse(ran.stdout)).toMatchObject({ provider: "acme/Refunds" })
    }
    const wrong = await surety("explain", "src/Pay.ts", "--provider", "acme/Refund")
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toMatch(
      /no provider acme\/Refund, it has acme\/Payments, acme\/Refunds\. .*\n {2}Do you mean --provider acme\/Refunds\?/
    )
  })

  it("with 2 contracts of one id takes the name of the export", async () => {
    const { surety } = project({ "src/Pay.ts": module({}, { name: "Sandbox" }) })
    const asked = await surety("explain", "src/Pay.ts", "--provider", "acme/Payments")
    expect(asked.stderr).toMatch(/2 contracts with the id acme\/Payments: Payments, Sandbox.*\n.*--provider Payments/)
    expect((await surety("explain", "src/Pay.ts", "--provider", "Sandbox")).code).toBe(0)
  })
})
