// House rules, import cycles and rings: oxlint, configured in oxlint.config.ts. Read as JSON, because what it prints
// for people depends on where it runs; each complaint is one line with the reason that the rule gives.
import { exec, type Gate, single } from "../gate.ts"

interface Diagnostic {
  readonly message: string
  readonly code: string
  readonly help?: string
  readonly filename: string
  readonly labels: ReadonlyArray<{ readonly span: { readonly line: number; readonly column: number } }>
}

const complaint = ({ code, filename, help, labels, message }: Diagnostic): string => {
  const span = labels[0]?.span
  return `${filename}:${span?.line ?? 1}:${span?.column ?? 1} ${code}: ${message}${help === undefined ? "" : ` ${help}`}`
}

export const lint: Gate = {
  name: "lint",
  run: async (root) => {
    const ran = await exec("oxlint", ["--deny-warnings", "--format=json"], { cwd: root })
    if (ran.code === 0 || !ran.stdout.startsWith("{")) return single(ran)
    const { diagnostics } = JSON.parse(ran.stdout) as { readonly diagnostics: ReadonlyArray<Diagnostic> }
    return single({ ...ran, output: diagnostics.map(complaint).join("\n") })
  }
}
