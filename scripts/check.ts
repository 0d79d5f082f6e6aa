// Every gate, in order, going on after one that fails. `npm test` runs them all, `npm test -- lint doctest` some.
// The last line is the sum over all gates; the exit code is 0 only if nothing failed. Under CI=true nothing may be
// skipped: a check that needs something real must find it there.
import { askAll, type Gate, workspace } from "./gate.ts"
import { doctest } from "./gates/doctest.ts"
import { examples } from "./gates/examples.ts"
import { format } from "./gates/format.ts"
import { instantiations } from "./gates/instantiations.ts"
import { links } from "./gates/links.ts"
import { lint } from "./gates/lint.ts"
import { pack } from "./gates/pack.ts"
import { size } from "./gates/size.ts"
import { types } from "./gates/types.ts"
import { vitest } from "./gates/vitest.ts"

const gates: ReadonlyArray<Gate> = [
  format,
  lint,
  types,
  vitest("unit"),
  vitest("illegal"),
  doctest,
  links,
  examples,
  instantiations,
  size,
  pack,
  vitest("gates")
]

const names = process.argv.slice(2).filter((argument) => !argument.startsWith("-"))
const unknown = names.filter((name) => !gates.some((gate) => gate.name === name))
if (unknown.length > 0) {
  console.error(`no gate named ${unknown.join(", ")}; there are: ${gates.map((gate) => gate.name).join(", ")}`)
  process.exit(2)
}

const chosen = gates.filter((gate) => names.length === 0 || names.includes(gate.name))
const total = await askAll(chosen, { root: workspace, inCI: process.env["CI"] === "true", print: console.log })

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0
