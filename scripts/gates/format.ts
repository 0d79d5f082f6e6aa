// One layout for every file: oxfmt, configured in .oxfmtrc.json. `npm run format` mends it.
import { exec, type Gate, single } from "../gate.ts"

export const format: Gate = {
  name: "format",
  run: async (root) => single(await exec("oxfmt", ["--check"], { cwd: root }))
}
