// One contract module for each law, made of the programs that must not compile, and of their siblings that must.
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { project } from "./Cli.ts"
import { payments } from "./Payments.ts"

const programs = fileURLToPath(new URL("../../../test/illegal", import.meta.url))
const names = readdirSync(programs)
const today = ["--today", "2026-11-23"] as const

/** A module that exports a lawful provider and whatever the program declares. */
const moduleWith = (number: string, kind: "illegal" | "legal"): Readonly<Record<string, string>> => {
  const name = names.find((one) => one.startsWith(`${number}-`) && one.endsWith(`.${kind}.ts`)) ?? ""
  return {
    "src/Acme.ts": readFileSync(`${programs}/Acme.ts`, "utf8"),
    "src/Declared.ts": readFileSync(`${programs}/${name}`, "utf8"),
    "src/Pay.ts": `import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"
export * from "./Declared.ts"
export class Checked extends Provider.Service<Checked>()("acme/Checked", acme) {}
`
  }
}

describe(
  "surety check of a module that breaks a law ends with 1, and of its sibling with 0",
  { timeout: 60_000 },
  () => {
    it.each([
      ["OP-001", "001", "timeout is missing: every operation declares a time budget (TS2345)"],
      ["OP-001", "002", "total is missing: every operation declares a time budget (TS2741)"],
      ["OP-002", "010", "are missing: every error is defined with failure tagged (TS2322)"],
      ["OP-002", "011", "attempt can fail with 'CardDeclined', which this operation does not declare - map it"],
      ["OP-002", "018", "a failure says what may be repeated and whose fault it is: Type '\"sometimes\"' is not"],
      ["OP-003", "020", "idempotency is missing: every mutation declares an idempotency plan (TS2345)"],
      ["OP-003", "023", "the idempotency plan is typed any - give it the type of Idempotency.key"],
      ["OP-004", "027", "a read changes nothing and is always safe to send again - remove the plan"],
      ["OP-005", "029", "a mutation is a post put patch or delete"],
      ["OP-006", "132", "run is missing: a mutation falls back to another provider or fails (TS2741)"],
      ["OP-007", "142", "embed of the reconcile plan must take and return the request of this operation"],
      ["RETRY-000", "030", "'CardDecline' is not a failure of this operation - remove the rule"],
      ["RETRY-001", "031", "'CardDeclined' is declared never to be retried - its rule must be Backoff.never (TS2322)"],
      ["RETRY-002", "034", "'ConnectionLost' leaves the outcome unknown and this mutation has no replay-safe"],
      ["RETRY-003", "035", "a raw Schedule may be unbounded and unjittered - build the rule with Backoff.exponential"],
      ["RETRY-003", "037", "a rule is bounded, capped and jittered (TS2740)"],
      ["RETRY-003", "057", "jitter is missing: a rule is bounded, capped and jittered (TS2741)"],
      ["RETRY-004", "038", "the rule for 'RateLimited' must be Backoff.exponential(...) or Backoff.never"],
      ["RETRY-004", "042", "CardDeclined is missing: every failure needs a rule (TS2322)"],
      [
        "RETRY-004",
        "043",
        "AttemptTimeout, ConnectionLost, ContractViolation, UndeclaredStatus are missing: every failure"
      ],
      ["RETRY-004", "044", "retry is missing: every failure needs a rule (TS2345)"],
      ["PROV-000", "090", "write the class itself as the type argument"],
      ["PROV-001", "070", "owner is missing: every provider has an owner an SLO and a runbook (TS2345)"],
      ["PROV-001", "071", "slo is missing: every provider has an owner an SLO and a runbook (TS2345)"],
      ["PROV-001", "072", "runbook is missing: every provider has an owner an SLO and a runbook (TS2345)"],
      ["PROV-002", "074", "credentials is missing: every provider declares a credential lifecycle (TS2345)"],
      ["PROV-002", "075", "expires is missing: declare rotate every or expires (TS2345)"],
      ["PROV-002", "078", "every provider declares a credential lifecycle: Type 'string' is not assignable"],
      ["PROV-003", "081", "criticality is missing: every provider declares criticality and degradation (TS2345)"],
      ["PROV-003", "082", "degradation is missing: every provider declares criticality and degradation (TS2345)"],
      ["PROV-003", "083", "every provider declares its criticality: Type '\"urgent\"' is not assignable"],
      ["PROV-004", "084", "limits is missing: every provider declares limits and a version policy (TS2345)"],
      ["PROV-004", "085", "version is missing: every provider declares limits and a version policy (TS2345)"],
      ["PROV-004", "088", "reviewBy is missing: every provider declares limits and a version policy (TS2322)"],
      ["HEDGE-001", "100", "two copies of this mutation may both be applied - hedging needs Idempotency.key or natural"]
    ])("%s (%s): %s", async (law, number, says) => {
      const [illegal, legal] = await Promise.all([
        project(moduleWith(number, "illegal")).surety("check", "src/Pay.ts", ...today),
        project(moduleWith(number, "legal")).surety("check", "src/Pay.ts", ...today)
      ])
      expect(illegal).toMatchObject({ code: 1, stderr: "" })
      const told = illegal.stdout.split("\n").find((line) => line.includes(`[${law}]`))
      expect(told, illegal.stdout).toMatch(/^src\/(Declared|Acme|Pay)\.ts:\d+:\d+ \[/)
      expect(told).toContain(says)
      expect(legal, legal.stdout).toMatchObject({ code: 0, stderr: "" })
    })

    it.each([
      ["PROV-001", payments().replace('"https://runbooks.example/payments"', '"the wiki"'), "runbook"],
      ["PROV-003", payments().replace('"critical"', '"critcal" as "critical"'), "criticality"],

      [
        "RETRY-000",
        payments().replace("RateLimited: quick }", "RateLimited: quick, Rat: quick } as any"),
        "operations.getCharge.retry.Rat"
      ]
    ])("%s: a value that types let through", async (law, text, field) => {
      const { surety } = project({ "src/Pay.ts": text })
      const ran = await surety("check", "src/Pay.ts", ...today)
      expect(ran).toMatchObject({ code: 1, stderr: "" })
      expect(ran.stdout).toContain(`acme/Payments: ${field} [${law}] `)
    })

    it("no other command reads a contract that breaks one: explain and alerts end with 1 and name it", async () => {
      const { surety } = project({ "src/Pay.ts": payments({ credentials: `"sk_live" as never` }) })
      for (const command of ["explain", "alerts"]) {
        const ran = await surety(command, "src/Pay.ts")
        expect(ran).toMatchObject({ code: 1, stdout: "" })
        expect(ran.stderr).toBe(
          "\nsurety: acme/Payments: credentials: must be made by Credential.bearer, basic, header, signature or none (PROV-002). [contract-broken]\n  More, with lines: surety check src/Pay.ts\n"
        )
      }
    })

    it("PROV-005: what is no operation is told with its line", async () => {
      const { surety } = project(moduleWith("094", "illegal"))
      const ran = await surety("check", "src/Pay.ts", ...today)
      expect(ran).toMatchObject({ code: 1, stderr: "" })
      expect(ran.stdout).toMatch(
        /^src\/Declared\.ts:\d+:\d+ \[PROV-005\] operations are made by read mutation or stream/
      )
    })
  }
)
