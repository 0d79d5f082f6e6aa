// A small tree of files beside the workspace's own tools, for a gate to look at.
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type Gate, type Report, workspace } from "../../scripts/gate.ts"

export type Files = Readonly<Record<string, string>>

/** What the gates read besides the tree: the workspace's own configuration. */
const configuration = [
  ".oxfmtrc.json",
  "oxlint.config.ts",
  "tsconfig.base.json",
  "tsconfig.program.json",
  "vitest.config.ts"
]

/** Asks a gate about a tree that holds exactly these files, and the workspace's configuration. */
export const ask = async (gate: Gate, files: Files): Promise<Report> => {
  const root = mkdtempSync(join(tmpdir(), "surety-tree-"))
  try {
    symlinkSync(join(workspace, "node_modules"), join(root, "node_modules"))
    for (const file of configuration) cpSync(join(workspace, file), join(root, file))
    for (const [path, text] of Object.entries({ "package.json": `{\n  "type": "module"\n}\n`, ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    execFileSync("git", ["init", "-q"], { cwd: root })
    return await gate.run(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
