/**
 * GitHub as a contract: what is GitHub's own is fixed here; what is yours (who owns the
 * integration, how critical it is, what it promises) you say.
 *
 * Neighbours: `Github` is the ready-made provider; a team makes its own with
 * `Provider.Service` and this.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as CircuitBreaker from "surety/CircuitBreaker"
import type * as Contract from "surety/Contract"
import * as Credential from "surety/Credential"
import type * as RetryBudget from "surety/RetryBudget"
import * as Operations from "./Operations.ts"
import * as Policy from "./Policy.ts"
import * as RateHeaders from "./RateHeaders.ts"

/**
 * The version of the API that the schemas were written for. GitHub supports a version for
 * at least 24 months after its successor came.
 *
 * @source https://docs.github.com/rest/about-the-rest-api/api-versions (2026-11)
 * @category constants
 * @since 0.1.0
 */
export const version = "2026-03-10"

/**
 * Requests that GitHub allows in flight at once, over everything an account does.
 *
 * @category constants
 * @since 0.1.0
 */
export const maxConcurrency = 100

/**
 * What only you can say.
 *
 * **Details**   `requestsPerHour`: the primary limit, default 5000 (60 without an account, 15000 for
 * apps of an enterprise, 1000 per repository for a workflow's token); GitHub's answers correct
 * it. `concurrency`: calls in flight, default 10, at most 100. `spacing`: between two writes,
 * default 1 second. `lifetime`: of the token, default rotated every 90 days; for an
 * installation token say `{ expires: "1 hour" }`. `userAgent`: GitHub asks for the name of the
 * application and refuses requests without one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Deployment
  extends
    Contract.PROV_001_EveryProviderHasAnOwnerAnSloAndARunbook,
    Contract.PROV_003_EveryProviderDeclaresCriticalityAndDegradation {
  readonly requestsPerHour?: number
  readonly concurrency?: number
  readonly spacing?: Duration.Input
  readonly breaker?: CircuitBreaker.CircuitBreaker
  readonly retryBudget?: RetryBudget.RetryBudget
  readonly lifetime?: Credential.PROV_002_EveryCredentialDeclaresARotationOrAnExpiry
  readonly userAgent?: string
  readonly time?: Policy.Time
  readonly rules?: Policy.Rules
}

/**
 * What `Provider.Service` takes.
 *
 * **Details**   No redirect is followed. A repository that was renamed answers 301, which is the
 * failure `Moved`: following it would leave the credential behind, and a private issue would
 * then be "not found".
 *
 * **Failures**   `RangeError` when `concurrency` is over what GitHub allows.
 *
 * **Example** (Your own provider, on a page)
 *
 * ```ts import.meta.vitest
 * import * as Degradation from "surety/Degradation"
 * import * as Provider from "surety/Provider"
 * import * as GithubContract from "@surety/github/GithubContract"
 *
 * class Tracker extends Provider.Service<Tracker>()("shop/Tracker", GithubContract.make({
 *   owner: "team-platform",
 *   criticality: "medium",
 *   degradation: Degradation.fail,
 *   slo: { availability: 0.99, latency: { p99: "10 seconds" }, window: "30 days" },
 *   runbook: "https://runbooks.example/tracker",
 *   userAgent: "shop-tracker"
 * })) {}
 *
 * Object.keys(Tracker.contract.limits.buckets) // => ["core", "search", "points", "content", "writes"]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (deployment: Deployment): Contract.Options<Operations.Operations, Credential.Credential> => {
  const concurrency = deployment.concurrency ?? 10
  if (concurrency > maxConcurrency) {
    throw new RangeError(`GitHub allows ${maxConcurrency} requests at once, got concurrency ${concurrency}`)
  }
  return {
    baseUrl: "https://api.github.com",
    owner: deployment.owner,
    criticality: deployment.criticality,
    degradation: deployment.degradation,
    slo: deployment.slo,
    runbook: deployment.runbook,
    limits: {
      rate: Policy.buckets({
        requestsPerHour: deployment.requestsPerHour ?? 5000,
        spacing: deployment.spacing ?? "1 second"
      }),
      learn: RateHeaders.learn,
      concurrency,
      ...(deployment.breaker === undefined ? undefined : { breaker: deployment.breaker }),
      ...(deployment.retryBudget === undefined ? undefined : { retryBudget: deployment.retryBudget })
    },
    credentials: Credential.bearer({
      name: "github-token",
      scopes: ["issues:write", "metadata:read"],
      ...(deployment.lifetime ?? { rotateEvery: "90 days" })
    }),
    version: { header: "X-GitHub-Api-Version", value: version, reviewBy: "2027-04-01" },
    requestId: "x-github-request-id",
    operations: Operations.make(
      deployment.time ?? Policy.time,
      deployment.rules ?? Policy.rules,
      deployment.userAgent ?? "surety-github"
    )
  }
}
