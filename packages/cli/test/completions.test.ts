import { existsSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { describe, expect, it } from "vitest"
import { exec, project } from "./Cli.ts"

const commands = ["explain", "check", "dossier", "alerts", "dashboards", "runbooks", "catalog"]

const has = (shell: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, shell)))

describe("completions", { timeout: 60_000 }, () => {
  const { folder, surety } = project({ "contracts/Payments.ts": "", "contracts/receivers.yml": "" })

  it.each(["bash", "zsh", "fish"])(
    "of %s name every command and its flags, and the shell takes them",
    async (shell) => {
      const ran = await surety("--completions", shell)
      expect(ran).toMatchObject({ code: 0, stderr: "" })
      for (const word of [...commands, "within", "profile", "dry-run"]) expect(ran.stdout).toContain(word)
      writeFileSync(join(folder, `surety.${shell}`), ran.stdout)
      if (!has(shell)) return
      const syntax = await exec(folder, shell, ["-n", `surety.${shell}`])
      expect(syntax).toMatchObject({ code: 0, stderr: "" })
    }
  )

  it.each([
    [["surety", "ch"], ["check"]],
    [["surety", "al"], ["alerts"]],
    [["surety", "check", "--wi"], ["--within"]],
    [
      ["surety", "alerts", "--profile", "ot"],
      ["otel-sdk", "otlp"]
    ],
    [["surety", "check", "contracts/Pay"], ["contracts/Payments.ts"]],
    [["surety", "alerts", "x.ts", "--receivers", "contracts/r"], ["contracts/receivers.yml"]],
    [["surety", "alerts", "x.ts", "--out", "con"], ["contracts"]]
  ])("complete %j in bash", async (words, expected) => {
    const { stdout } = await surety("--completions", "bash")
    const name = /complete (?:.* )?-F (\S+) (?:.* )?surety\b/m.exec(stdout)?.[1]
    expect(name).toBeDefined()
    const line = words.join(" ")
    const ran = await exec(folder, "bash", [
      "-c",
      [
        stdout,
        `COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; COMP_LINE=${JSON.stringify(line)}; COMP_POINT=${line.length}`,
        `${name} surety ${words.at(-1)} ${words.at(-2)}; printf '%s\\n' "\${COMPREPLY[@]}"`
      ].join("\n")
    ])
    expect(ran.stdout.trim().split(/\s+/)).toEqual(expected)
  })
})
