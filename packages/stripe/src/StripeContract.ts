/**
 * Stripe as a contract: what is Stripe's own is fixed here; what is yours (who owns the
 * integration, how critical it is, what it promises) you say.
 *
 * Neighbours: `Stripe` is the ready-made provider; a team makes its own with
 * `Provider.Service` and this.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as CircuitBreaker from "surety/CircuitBreaker"
import type * as Contract from "surety/Contract"
import * as Credential from "surety/Credential"
import * as Notice from "surety/Notice"
import * as NoticeDialect from "surety/NoticeDialect"
import type * as RetryBudget from "surety/RetryBudget"
import * as RateLimit from "surety/RateLimit"
import * as Operations from "./Operations.ts"
import * as Policy from "./Policy.ts"

/**
 * The version of the API that the schemas were written for.
 *
 * @category constants
 * @since 0.1.0
 */
export const version = "2026-10-28.endive"

/**
 * What only you can say.
 *
 * **Details**   `mode`: `live` (100 requests a second for the account) or `sandbox` (25); default
 * `live`. `requestsPerSecond` where Stripe raised your limits: `account` for all requests,
 * `endpoint` for each of payment intents, refunds and customers (default 25).
 * `concurrency`: calls in flight, default 25. `rotateEvery`: how often the API key is
 * replaced, default 90 days. `time` and `rules`: default those of `Policy`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Deployment
  extends
    Contract.PROV_001_EveryProviderHasAnOwnerAnSloAndARunbook,
    Contract.PROV_003_EveryProviderDeclaresCriticalityAndDegradation {
  readonly mode?: "live" | "sandbox"
  readonly requestsPerSecond?: { readonly account?: number; readonly endpoint?: number }
  readonly concurrency?: number
  readonly breaker?: CircuitBreaker.CircuitBreaker
  readonly retryBudget?: RetryBudget.RetryBudget
  readonly rotateEvery?: Duration.Input
  readonly time?: Policy.Time
  readonly rules?: Policy.Rules
}

/**
 * What `Provider.Service` takes.
 *
 * **Example** (Your own provider, on a page)
 *
 * ```ts import.meta.vitest
 * import * as Degradation from "surety/Degradation"
 * import * as Provider from "surety/Provider"
 * import * as StripeContract from "@surety/stripe/StripeContract"
 *
 * class Payments extends Provider.Service<Payments>()("shop/Payments", StripeContract.make({
 *   owner: "team-checkout",
 *   criticality: "critical",
 *   degradation: Degradation.fail,
 *   slo: { availability: 0.999, latency: { p99: "5 seconds" }, window: "30 days" },
 *   runbook: "https://runbooks.example/payments"
 * })) {}
 *
 * Payments.contract.owner // => "team-checkout"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (deployment: Deployment): Contract.Options<Operations.Operations, Credential.Credential> => {
  const account = deployment.requestsPerSecond?.account ?? (deployment.mode === "sandbox" ? 25 : 100)
  const endpoint = RateLimit.tokenBucket({ limit: deployment.requestsPerSecond?.endpoint ?? 25, per: "1 second" })
  return {
    baseUrl: "https://api.stripe.com",
    owner: deployment.owner,
    criticality: deployment.criticality,
    degradation: deployment.degradation,
    slo: deployment.slo,
    runbook: deployment.runbook,
    limits: {
      rate: {
        account: RateLimit.tokenBucket({ limit: account, per: "1 second" }),
        payment_intents: endpoint,
        refunds: endpoint,
        customers: endpoint
      },
      concurrency: deployment.concurrency ?? 25,
      ...(deployment.breaker === undefined ? undefined : { breaker: deployment.breaker }),
      ...(deployment.retryBudget === undefined ? undefined : { retryBudget: deployment.retryBudget })
    },
    credentials: Credential.bearer({
      name: "stripe-secret-key",
      scopes: ["payment_intents:write", "refunds:write", "customers:write"],
      rotateEvery: deployment.rotateEvery ?? "90 days"
    }),
    version: { header: "Stripe-Version", value: version, reviewBy: "2027-04-01" },
    requestId: "request-id",
    // Stripe announces changes in `Stripe-Notice`, for people
    notices: NoticeDialect.anyOf(Notice.fromHeaders, NoticeDialect.stripe),
    operations: Operations.make(deployment.time ?? Policy.time, deployment.rules ?? Policy.rules)
  }
}
