import { describe, expect, it } from "vitest"
import * as Explain from "surety/Explain"
import { Stripe } from "@surety/stripe"
import { project } from "./Cli.ts"
import { payments } from "./Payments.ts"

describe("surety explain", { timeout: 60_000 }, () => {
  const { surety } = project({ "src/Pay.ts": payments() })

  it("prints the whole contract, as text and as JSON", async () => {
    const text = await surety("explain", "@surety/stripe")
    expect(text).toMatchObject({ code: 0, stderr: "" })
    expect(text.stdout).toBe(`${Explain.toText(Explain.explain(Stripe.contract))}\n`)
    const json = await surety("explain", "@surety/stripe", "--json")
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(JSON.stringify(Explain.explain(Stripe.contract))))
  })

  it("prints one operation", async () => {
    const ran = await surety("explain", "src/Pay.ts", "getCharge")
    expect(ran.stdout).toMatch(
      /^acme\/Payments \(critical\), team-checkout[\s\S]*\ngetCharge \(read\): 1 s an attempt, 4 s in all/
    )
    const json = await surety("explain", "src/Pay.ts", "getCharge", "--json")
    expect(JSON.parse(json.stdout)).toMatchObject({ name: "getCharge", maxRequests: 3 })
  })

  it("says of one failure what a person at night asks", async () => {
    const ran = await surety("explain", "src/Pay.ts", "getCharge", "RateLimited")
    expect(ran.stdout).toBe(`RateLimited of getCharge (acme/Payments)
  means        the provider's fault; declared by the operation
  may repeat   yes, it was certainly not applied
  retried      up to 2 times, with a backoff of up to 100 ms (full jitter); each costs 5 of the retry budget
  at worst     3.15 s, 3 requests
  caller gets  RetriesExhausted with RateLimited in it
  circuit      counts as an answer
  objective    counts against it
  runbook      https://runbooks.example/payments
`)
    const json = await surety("explain", "--json", "src/Pay.ts", "getCharge", "RateLimited")
    expect(JSON.parse(json.stdout)).toMatchObject({
      tag: "RateLimited",
      worstCaseMillis: 3150,
      ending: "RetriesExhausted"
    })
  })

  it("says of a lost answer to a mutation to look before repeating", async () => {
    const ran = await surety("explain", "@surety/stripe", "createRefund", "ConnectionLost")
    expect(ran.stdout).toMatch(/means +the network's fault; every remote call can meet it\n/)
    expect(ran.stdout).toMatch(/caller gets +OutcomeUnknown with ConnectionLost in it: look before you repeat\n/)
  })

  it.each([
    [["getChrge"], "unknown-operation", /no operation getChrge\. .*\n {2}Do you mean getCharge\? It has getCharge\.\n/],
    [
      ["getCharge", "RateLimted"],
      "unknown-failure",
      /no failure RateLimted\. .*\n {2}Do you mean RateLimited\? It has RateLimited, NotSent/
    ],
    [["getCharge", "CircuitOpen"], "unknown-failure", /refused on our side and nothing was sent/]
  ])("of %j asks what was meant, with code 2", async (words, code, message) => {
    const ran = await surety("explain", "src/Pay.ts", ...words)
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).toContain(`[${code}]`)
  })
})
