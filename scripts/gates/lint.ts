// House rules, import cycles and rings: oxlint, configured in oxlint.config.ts.
import { exec, type Gate, single } from "../gate.ts"

export const lint: Gate = {
  name: "lint",
  run: async (root) => single(await exec("oxlint", ["--deny-warnings"], { cwd: root }))
}
