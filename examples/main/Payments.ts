/**
 * The contract of the main job. Stripe's comes from `@surety/stripe`; the team adds who it is, and the limits and times it
 * agreed on. Rules, runbooks and the dossier are made of it: `npx surety dossier examples/main/Payments.ts`.
 */
import { StripeContract } from "@surety/stripe"
import { Backoff, Degradation, Provider } from "surety"
import { attempts, concurrency, time } from "./runs/Run.ts"

const rule = (base: "50 millis" | "250 millis") =>
  Backoff.exponential({ base, cap: "500 millis", maxAttempts: attempts, jitter: "full" })

export class Payments extends Provider.Service<Payments>()(
  "shop/Payments",
  StripeContract.make({
    owner: "team-checkout",
    criticality: "critical",
    degradation: Degradation.fail,
    slo: { availability: 0.999, latency: { p99: "5 seconds" }, window: "30 days" },
    runbook: "https://runbooks.example/payments",
    requestsPerSecond: { account: 400, endpoint: 400 },
    concurrency,
    time: {
      mutation: { attempt: time.attempt, total: time.total },
      read: { attempt: time.attempt, total: time.total }
    },
    rules: { transient: rule("50 millis"), throttled: rule("250 millis") }
  })
) {}
