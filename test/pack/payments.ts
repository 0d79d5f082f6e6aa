// A contract module as a team writes it: what the provider says comes from its package, what only the team knows is here.
import { StripeContract } from "@surety/stripe"
import * as Degradation from "surety/Degradation"
import * as Provider from "surety/Provider"

export class Payments extends Provider.Service<Payments>()(
  "shop/Payments",
  StripeContract.make({
    owner: "team-checkout",
    criticality: "critical",
    degradation: Degradation.fail,
    slo: { availability: 0.999, latency: { p99: "15 seconds" }, window: "30 days" },
    runbook: "https://runbooks.example/payments"
  })
) {}
