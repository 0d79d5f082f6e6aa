// A newcomer's first minutes with the command: from tarballs, through npx, on a module that nobody built.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"

const surety = (...args) => {
  const { status, stderr, stdout } = spawnSync("npx", ["--no-install", "surety", ...args], { encoding: "utf8" })
  return { status, stderr: stderr.replace(/^npm warn .*\n/gm, ""), stdout }
}

const version = surety("--version")
assert.equal(version.status, 0, version.stderr)
assert.match(version.stdout, /^surety v\d/)

const explained = surety("explain", "payments.ts", "createRefund", "AttemptTimeout")
assert.equal(explained.status, 0, explained.stderr)
assert.match(explained.stdout, /^AttemptTimeout of createRefund \(shop\/Payments\)/)

const silent = surety("alerts", "payments.ts", "--out", "ops")
assert.equal(silent.status, 0, silent.stderr)
assert.match(
  silent.stderr,
  /WARNING: alerts that tell nobody\.\n {2}ops\/alertmanager\.yml: the receiver '.+ page' tells nobody/
)
const empty = [...silent.stderr.matchAll(/the receiver '(.+)' tells nobody/g)].map(([, name]) => name)
writeFileSync(
  "receivers.json",
  JSON.stringify(Object.fromEntries(empty.map((name) => [name, { webhook_configs: [{ url_file: "/run/hook" }] }])))
)
rmSync("ops", { recursive: true })

const kinds = ["alerts", "dashboards", "runbooks", "dossier", "catalog"]
const told = ["--receivers", "receivers.json"]
for (const kind of kinds) {
  const written = surety(kind, "payments.ts", "--out", "ops", ...(kind === "alerts" ? told : []))
  assert.equal(written.status, 0, written.stderr)
  assert.equal(written.stderr, "")
}
const files = ["alertmanager.yml", "catalog-info.yaml", "dashboard.json", "dossier.html", "dossier.md"]
assert.deepEqual(readdirSync("ops").sort(), [
  ...files,
  "rules.yml",
  "rules_slow_test.yml",
  "rules_test.yml",
  "runbooks"
])

const checked = surety("check", "payments.ts", "--out", "ops", ...told, "--today", "2026-11-23", "--json")
assert.equal(checked.status, 0, checked.stdout + checked.stderr)
assert.deepEqual(JSON.parse(checked.stdout).findings, [])
assert.equal(JSON.parse(checked.stdout).types, "checked")
assert.equal(surety("check", "payments.ts", "--today", "2027-12-01").status, 1)

// Node removes the types that would refuse it
writeFileSync(
  "misspelt.ts",
  readFileSync("payments.ts", "utf8").replace(/criticality: "\w+"/, 'criticality: "critcal"')
)
const refused = surety("check", "misspelt.ts", "--today", "2026-11-23")
assert.equal(refused.status, 1, refused.stderr)
assert.match(refused.stdout, /^misspelt\.ts:\d+:\d+ \[PROV-003\]/)

const packaged = surety("explain", "@surety/github", "--json")
assert.equal(packaged.status, 0, packaged.stderr)
assert.equal(JSON.parse(packaged.stdout).provider, "surety/Github")

const absent = surety("explain", "paymets.ts")
assert.equal(absent.status, 2)
assert.match(absent.stderr, /surety: there is no file paymets\.ts in .*\[module-not-found\]\n {2}Name the module/)
