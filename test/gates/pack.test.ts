import { describe, expect, it } from "vitest"
import { pack } from "../../scripts/gates/pack.ts"
import { ask, type Files } from "./Tree.ts"

const packed = (exports: object, files: Files): Files => ({
  "tsconfig.packages.json": `{ "files": [], "references": [{ "path": "built" }] }`,
  "built/tsconfig.json": `{ "extends": "../tsconfig.base.json", "files": ["built.ts"] }`,
  "built/built.ts": "export {}\n",
  "package.json": `{ "type": "module", "private": true, "devDependencies": { "typescript": "7.0.2" } }`,
  "packages/it/package.json": JSON.stringify({
    name: "it",
    version: "0.0.0",
    license: "MIT",
    type: "module",
    sideEffects: [],
    files: ["dist"],
    exports
  }),
  ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`packages/it/dist/${path}`, text]))
})

const good: Files = { "index.js": "export const it = 1\n", "index.d.ts": "export declare const it: number\n" }

const consumer: Files = {
  "test/pack/tsconfig.json": `{ "compilerOptions": { "module": "NodeNext", "noEmit": true, "types": [] }, "include": ["consumer.ts"] }`,
  "test/pack/consumer.ts": `import { it } from "it"\n\nexport const one: number = it\n`,
  "test/pack/refused.mjs": `process.exitCode = await import("it/internal/secret").then(() => 1, () => 0)\n`
}
const secret: Files = { "internal/secret.js": "export {}\n", "internal/secret.d.ts": "export {}\n" }

describe("packed tarballs", () => {
  it.each([
    ["an entry that is not in the tarball", packed({ ".": "./dist/absent.js" }, good), /absent\.js/],
    [
      "an entry without types",
      packed({ ".": "./dist/index.js", "./other": "./dist/other.js" }, { ...good, "other.js": "export {}\n" }),
      /types/i
    ],
    [
      "a consumer that does not type-check",
      {
        ...packed({ ".": "./dist/index.js" }, good),
        ...consumer,
        "test/pack/consumer.ts": `import { it } from "it"\n\nexport const one: string = it\n`
      },
      /TS2322/
    ],
    [
      "internals that can be imported",
      { ...packed({ ".": "./dist/index.js", "./*": "./dist/*.js" }, { ...good, ...secret }), ...consumer },
      /internals cannot be imported/
    ],
    [
      "a command that ends badly",
      {
        ...packed({ ".": "./dist/index.js", "./*": "./dist/*.js", "./internal/*": null }, { ...good, ...secret }),
        ...consumer,
        "test/pack/command.mjs": `process.exitCode = 3\n`
      },
      /a newcomer uses the command/
    ]
  ])("are refused for %s", async (_, files, message) => {
    const report = await ask(pack, files)
    expect(report.details).toMatch(message)
    expect(report.failed).toBe(1)
  })

  it("are accepted when entries and types are there and internals are closed", async () => {
    const exports = { ".": "./dist/index.js", "./*": "./dist/*.js", "./internal/*": null }
    const report = await ask(pack, { ...packed(exports, { ...good, ...secret }), ...consumer })
    expect(report).toEqual({ passed: 5, failed: 0, skipped: 0, details: "" })
  })
})
