// Packages, tests, examples, benchmarks and scripts type-check; the packages are built on the way.
import { exec, type Gate, single } from "../gate.ts"

export const types: Gate = {
  name: "types",
  run: async (root) => single(await exec("tsc", ["-b", "--pretty", "false"], { cwd: root }))
}
