import { describe, expect, it } from "@effect/vitest"
import { RecordingRules } from "@surety/ops"
import { Stripe } from "@surety/stripe"
import * as SeriesCatalog from "surety/signals/SeriesCatalog"
import * as SignalName from "surety/signals/SignalName"

describe("the errors of the provider itself", () => {
  const { expr } = RecordingRules.make(Stripe.contract)
    .flatMap(({ rules }) => rules)
    .find(({ record }) => record === "integration:provider_error:ratio1h") ?? { expr: "" }
  const pattern = new RegExp(`^(?:${/error_type=~"([^"]*)"/.exec(expr)?.[1]})$`)
  const types = new Set(
    SeriesCatalog.of(Stripe.contract)
      .filter(({ name }) => name === SignalName.requestDuration.name)
      .map(({ attributes }) => attributes[SignalName.errorType] ?? "")
  )

  it("are every 5xx, also one that has no series of its own, and what breaks on the way; no 4xx is", () => {
    const [counted, others] = [true, false].map((is) => [...types].filter((type) => pattern.test(type) === is).sort())
    expect(counted).toEqual([
      "500",
      "502",
      "503",
      "504",
      "5xx",
      "body_truncated",
      "connect_refused",
      "decode",
      "dns",
      "reset",
      "timeout",
      "tls"
    ])
    expect(others?.filter((type) => !/^4\d\d$/.test(type))).toEqual(["", "4xx", "_OTHER", "contract_violation"])
  })
})
