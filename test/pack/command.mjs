// A newcomer's first minutes with the command: from tarballs, through npx, on a module that nobody built.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"

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

const kinds = ["alerts", "dashboards", "runbooks", "dossier", "catalog"]
for (const kind of kinds) {
  const written = surety(kind, "payments.ts", "--out", "ops")
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

const checked = surety("check", "payments.ts", "--out", "ops", "--today", "2026-11-23", "--json")
assert.equal(checked.status, 0, checked.stdout + checked.stderr)
assert.deepEqual(JSON.parse(checked.stdout).findings, [])
assert.equal(surety("check", "payments.ts", "--today", "2027-12-01").status, 1)

const packaged = surety("explain", "@surety/github", "--json")
assert.equal(packaged.status, 0, packaged.stderr)
assert.equal(JSON.parse(packaged.stdout).provider, "surety/Github")

const absent = surety("explain", "paymets.ts")
assert.equal(absent.status, 2)
assert.match(absent.stderr, /surety: there is no file paymets\.ts in .*\[module-not-found\]\n {2}Name the module/)
