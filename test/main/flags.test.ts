/** What the command line of the main job means. */
import { assert, describe, it } from "@effect/vitest"
import * as Flags from "../../examples/main/Flags.ts"

describe("Flags", () => {
  it("asks for 2,000 orders, seed 1 and all 3 runs when nothing is said", () => {
    assert.deepStrictEqual(Flags.parse([], {}), {
      _tag: "Run",
      flags: {
        seed: 1,
        orders: 2_000,
        only: ["surety", "effect", "cockatiel"],
        providerUrl: undefined,
        apiKey: "sk_test_fake",
        peersSendKeys: false,
        json: false,
        metricsPort: 0
      }
    })
  })

  it("runs what --only names, in the order of the table, each once", () => {
    const command = Flags.parse(["--only", "cockatiel", "--only", "surety", "--only", "surety"], {})
    assert.deepStrictEqual(command._tag === "Run" && command.flags.only, ["surety", "cockatiel"])
  })

  for (const [args, why] of [
    [["--seed", "-1"], "Option '--seed' argument is ambiguous"],
    [["--seed", "1.5"], "--seed takes a whole number from 0 to 4294967295, not '1.5'"],
    [["--orders", "0"], "--orders takes a whole number from 1 to 20000, not '0'"],
    [["--orders", ""], "--orders takes a whole number from 1 to 20000, not ''"],
    [["--only", "stripe"], "--only takes surety, effect, cockatiel, not 'stripe'"],
    [["--provider-url", "localhost"], "--provider-url takes an address"],
    [["--provider-url", "ftp://127.0.0.1"], "--provider-url takes an address"],
    [["--provider-url", "http://127.0.0.1:1/v1"], "--provider-url takes an address"],
    [["--metrics-port", "65536"], "--metrics-port takes a whole number from 0 to 65535"],
    [["--speed", "7"], "Unknown option '--speed'"],
    [["--seed"], "Option '--seed <value>' argument missing"],
    [["now"], "Unexpected argument 'now'"]
  ] as const) {
    it(`refuses ${args.join(" ")}`, () => {
      const command = Flags.parse(args, {})
      assert.include(command._tag === "Wrong" ? command.why : "", why)
    })
  }

  it("refuses a live key without repeating it", () => {
    const command = Flags.parse([], { STRIPE_API_KEY: "sk_live_1234" })
    assert.notInclude(command._tag === "Wrong" ? command.why : "1234", "1234")
  })
})
