/** The provider, a program of its own: `provider.ts SEED MILLIS` plays the bad day of that seed and length. */
import { FakeStripe } from "@surety/stripe/testing"
import { Effect } from "effect"
import { FakeProcess, FakeServer } from "surety/testing"
import * as BadDay from "./BadDay.ts"

const [seed, lengthMillis] = process.argv.slice(2).map(Number) as [number, number]
const stripe = FakeStripe.make({ seed })

// Ctrl-C reaches every process of the terminal; this one ends when the order service does.
process.on("SIGINT", () => {})

await Effect.runPromise(
  FakeProcess.main(
    FakeServer.make({
      handle: stripe.handle,
      errorResponse: stripe.errorResponse,
      control: stripe.control,
      script: BadDay.make(seed, lengthMillis).script
    })
  )
)
