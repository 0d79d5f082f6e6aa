/**
 * Stripe, ready to call.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Degradation from "surety/Degradation"
import * as Provider from "surety/Provider"
import * as StripeContract from "./StripeContract.ts"

/**
 * Stripe for a program that has no owner yet.
 *
 * **When to use**   In first steps, tests and sandboxes. In production declare your own with
 * `StripeContract.make`: its owner, criticality, objective and runbook go into alerts and
 * the dossier, and here they say that nobody has been named.
 *
 * **Details**   `Stripe.layer` needs `Stripe.Credentials` and a `Transport`; the limits are those
 * of a sandbox.
 *
 * @category providers
 * @since 0.1.0
 */
export class Stripe extends Provider.Service<Stripe>()(
  "surety/Stripe",
  StripeContract.make({
    owner: "nobody: declare your own with StripeContract.make",
    criticality: "high",
    degradation: Degradation.fail,
    slo: { availability: 0.99, latency: { p99: "15 seconds" }, window: "30 days" },
    runbook: "https://docs.stripe.com/error-handling",
    mode: "sandbox"
  })
) {}
