/** The vendor's SDK `stripe`, its own retries (two), with the attempt timeout. */
import Stripe from "stripe"
import { attemptMillis, type Open } from "./Client.ts"

export const open: Open = async (baseUrl) => {
  const { hostname, port } = new URL(baseUrl)
  const stripe = new Stripe("sk_test_bench", {
    host: hostname,
    port,
    protocol: "http",
    timeout: attemptMillis,
    maxNetworkRetries: 2,
    telemetry: false
  })
  return { call: () => stripe.charges.retrieve("ch_1") }
}
