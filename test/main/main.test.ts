/** The main job from outside: what it prints, what it exits with, and what the provider's ledger says. */
import { assert, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { workspace } from "../../scripts/gate.ts"
import * as Plain from "./Plain.ts"
import { json, main } from "./Ran.ts"

interface Report {
  readonly seed: number
  readonly runs: ReadonlyArray<Readonly<Record<string, number | string>>>
}

const ledgerKeys = ["chargedOnce", "doubled", "lost"]
const keys = [
  "name",
  "orders",
  ...ledgerKeys,
  "unknown",
  "reconciled",
  "requestsPerOrder",
  "requestsPerOrderInOutage",
  "throttled",
  "p50Millis",
  "p99Millis",
  "recoveryMillis"
]

const minute = { timeout: 60_000 }

describe("npm start", () => {
  for (const seed of [1, 2, 7]) {
    it(`charges 320 orders exactly once on the bad day of seed ${seed}`, minute, async () => {
      const ran = await main(["--seed", String(seed), "--orders", "320", "--only", "surety", "--json"])
      assert.strictEqual(ran.code, 0, ran.stderr)
      const report = json(ran) as Report
      assert.strictEqual(report.seed, seed)
      const [run] = report.runs
      assert.deepInclude(run, { name: "surety", orders: 320, chargedOnce: 320, doubled: 0, lost: 0 })
      assert.strictEqual(run?.["unknown"], run?.["reconciled"])
      // generous: on a machine with other things to do, attempts time out that would not have
      assert.isBelow(Number(run?.["requestsPerOrder"]), 3)
    })
  }

  it("prints one line on stdout with --json, with 12 numbers of each of 3 runs", minute, async () => {
    const ran = await main(["--json", "--orders", "160"])
    assert.strictEqual(ran.code, 0, ran.stderr)
    assert.strictEqual(ran.stdout.trimEnd().split("\n").length, 1)
    const report = json(ran) as Report
    assert.deepStrictEqual(Object.keys(report), ["seed", "runs"])
    assert.deepStrictEqual(
      report.runs.map((run) => run["name"]),
      ["surety", "effect", "cockatiel"]
    )
    for (const { name, ...numbers } of report.runs) {
      assert.deepStrictEqual(["name", ...Object.keys(numbers)], keys)
      for (const [key, value] of Object.entries(numbers)) assert.isTrue(Number.isFinite(value), `${name}.${key}`)
      assert.strictEqual(Number(numbers["chargedOnce"]) + Number(numbers["doubled"]), 160)
    }
    assert.include(ran.stderr, "charged exactly once")
  })

  it("doubles nothing with any of the 3 when --peer-keys gives each order a key", minute, async () => {
    const ran = await main(["--orders", "120", "--peer-keys"])
    assert.strictEqual(ran.code, 0, ran.stderr)
    assert.match(ran.stdout, /^ {2}doubled( +0){3}$/m)
    assert.match(ran.stdout, /^ {2}lost( +0){3}$/m)
    // nobody watches: no colour, and nothing that does not fit
    assert.notInclude(ran.stdout, "\u001b")
    for (const line of ran.stdout.split("\n")) assert.isAtMost(line.length, 80, line)
  })

  it("charges at another provider, where 1 of 7 answers is lost, and leaves out what only its ledger knows", async () => {
    await using plain = await Plain.serve()
    const ran = await main(["--provider-url", plain.url, "--orders", "60", "--only", "surety", "--json"])
    assert.strictEqual(ran.code, 0, ran.stderr)
    assert.deepStrictEqual([...plain.charges.values()], Array(60).fill(1))
    const [run] = (json(ran) as Report).runs
    assert.deepStrictEqual(
      Object.keys(run ?? {}),
      keys.filter((key) => !ledgerKeys.includes(key))
    )
    assert.strictEqual(run?.["orders"], 60)
    assert.isAtLeast(Number(run?.["unknown"]), 8)
    assert.strictEqual(run?.["reconciled"], run?.["unknown"])
    assert.closeTo(Number(run?.["requestsPerOrder"]), plain.requests() / 60, 0.001)
    assert.notInclude(ran.stderr, "doubled")
  }, 30_000)

  it("looks an order up when a stored 500 hides its charge, and uses a second key only where there is none", async () => {
    await using plain = await Plain.serve((charge) => (["charged", "no", "not charged"] as const)[charge] ?? "no")
    const ran = await main(["--provider-url", plain.url, "--orders", "12", "--only", "surety", "--json"])
    assert.strictEqual(ran.code, 0, ran.stderr)
    assert.deepStrictEqual([...plain.charges.values()], Array(12).fill(1))
    assert.strictEqual(plain.lookUps(), 2)
  }, 30_000)

  it("stops on Ctrl-C with exit code 130", minute, async () => {
    const ran = await main(["--orders", "400"], { signal: "SIGINT" })
    assert.strictEqual(ran.code, 130, ran.stderr)
    assert.include(ran.stdout, "Stopped")
    assert.notInclude(ran.stdout, "exactly once")
  })

  it("says that nothing listens at an address and exits with 1", async () => {
    const ran = await main(["--provider-url", "http://127.0.0.1:9", "--only", "surety"])
    assert.deepStrictEqual([ran.code, ran.stdout], [1, "Nothing listens at http://127.0.0.1:9.\n"])
  })

  it("explains 8 options with --help", async () => {
    const ran = await main(["--help"])
    assert.strictEqual(ran.code, 0)
    assert.strictEqual(ran.stdout.match(/^ {2}--/gm)?.length, 8)
    for (const line of ran.stdout.split("\n")) assert.isAtMost(line.length, 80, line)
  })

  it("exits with 2 and a reason for an option that makes no sense", async () => {
    const ran = await main(["--seed", "seven"])
    assert.deepStrictEqual([ran.code, ran.stdout], [2, ""])
    assert.include(ran.stderr, "--seed takes a whole number from 0 to 4294967295, not 'seven'")
    assert.include(ran.stderr, "--help")
  })
})

describe("npm start, for operators", () => {
  it(
    "serves its metrics while it runs, and says where the dossier, the metrics and 1 event or more are",
    minute,
    async () => {
      const ran = await main(["--orders", "160", "--only", "surety"])
      assert.strictEqual(ran.code, 0, ran.stderr)
      assert.match(ran.stdout, /metrics of the run with surety: http:\/\/127\.0\.0\.1:\d+\/metrics, while it runs/)
      const file = (line: RegExp): string =>
        readFileSync(join(workspace, line.exec(ran.stdout)?.[1] ?? "missing"), "utf8")
      assert.include(file(/dossier {4}(\S+dossier\.html)/), "shop/Payments")
      assert.include(file(/metrics {4}(\S+metrics\.txt), as they were/), "integration_contract_info{")
      assert.include(file(/events {5}(\S+events\.jsonl), [1-9]\d* of them/), "integration.circuit_breaker.transition")
    }
  )

  it("refuses a port that is taken in words", minute, async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as AddressInfo
    const ran = await main(["--orders", "160", "--only", "surety", "--metrics-port", String(port)])
    server.close()
    assert.strictEqual(ran.code, 1)
    assert.include(ran.stdout, `Port ${port} of 127.0.0.1 cannot be listened on`)
  })
})
