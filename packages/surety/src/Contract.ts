/**
 * A provider's contract as one value: where it is, who owns it, how it may fail, what it
 * may cost, and its operations. The running service, the fake, the dossier and the alerts
 * are all derived from it.
 *
 * Neighbours: `Provider` turns it into an Effect service; `Explain` reads it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Credential from "./Credential.ts"
import type * as Degradation from "./Degradation.ts"
import * as Limits from "./Limits.ts"
import type * as Notice from "./Notice.ts"
import type * as Operation from "./Operation.ts"
import * as Required from "./Required.ts"
import * as TimeAlgebra from "./TimeAlgebra.ts"
import * as TimeBudget from "./TimeBudget.ts"

/**
 * The promise that the integration makes to its callers.
 *
 * **Details**   `availability` in (0, 1). `window`: the period it is measured over.
 *
 * @category models
 * @since 0.1.0
 */
export interface Slo {
  readonly availability: number
  readonly latency: Readonly<Record<`p${number}`, Duration.Input>>
  readonly window: Duration.Input
}

/**
 * The API version that is pinned, and when somebody must look at it again.
 *
 * **Details**   `reviewBy` is an ISO date. A provider without a version header says why in
 * `unversioned`.
 *
 * @category models
 * @since 0.1.0
 */
export type Version =
  | { readonly header: string; readonly value: string; readonly reviewBy: string }
  | { readonly unversioned: string; readonly reviewBy: string }

/** @category laws @since 0.1.0 */
export interface PROV_001_EveryProviderHasAnOwnerAnSloAndARunbook {
  readonly owner: string
  readonly slo: Slo
  readonly runbook: string
}

/** @category laws @since 0.1.0 */
export interface PROV_002_EveryProviderDeclaresACredentialLifecycle<C> {
  readonly credentials: C
}

/**
 * Credentials typed `any` would hide how their life ends.
 *
 * @category laws
 * @since 0.1.0
 */
export type RefuseAnyCredential<C> = 0 extends 1 & C ? PROV_002_CredentialsTypedAnyHideTheirLifecycle : unknown

/** @category laws @since 0.1.0 */
export interface PROV_002_CredentialsTypedAnyHideTheirLifecycle {
  readonly "PROV-002: the credentials are typed any - give them the type of Credential.bearer, basic, header or none": never
}

/** @category laws @since 0.1.0 */
export interface PROV_003_EveryProviderDeclaresCriticalityAndDegradation {
  readonly criticality: "critical" | "high" | "medium" | "low"
  readonly degradation: Degradation.Degradation
}

/** @category laws @since 0.1.0 */
export interface PROV_004_EveryProviderDeclaresLimitsAndAVersionPolicy {
  readonly limits: Limits.Declared
  readonly version: Version
}

/**
 * What the contract author writes.
 *
 * **Details**   `baseUrl`: https, or http on loopback; it may end in a path. `requestId`: the response
 * header by which the provider names a request. `redirectsTo`: origins a redirect may lead
 * to, default none. `propagateTrace`: `"never"` (default) or `"w3c"` for a partner that joins
 * our traces. `notices`: reads what a response says about an end of the operation, default the
 * headers that RFC 9745 and RFC 8594 define. `signals`: how many series the metrics may have.
 *
 * @category models
 * @since 0.1.0
 */
export type Options<Ops, C> = PROV_001_EveryProviderHasAnOwnerAnSloAndARunbook &
  PROV_002_EveryProviderDeclaresACredentialLifecycle<C> &
  PROV_003_EveryProviderDeclaresCriticalityAndDegradation &
  PROV_004_EveryProviderDeclaresLimitsAndAVersionPolicy &
  Reach<Ops>

/**
 * Where the provider is, and its operations.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reach<Ops> {
  readonly baseUrl: string
  readonly requestId?: string | undefined
  readonly redirectsTo?: ReadonlyArray<string>
  readonly propagateTrace?: "never" | "w3c"
  readonly notices?: Notice.Reader | undefined
  readonly signals?: Partial<Signals>
  readonly operations: Ops
}

/**
 * How finely the metrics tell endings apart.
 *
 * **Details**   `detail`: `error-type` (default) registers a histogram for everything that an operation can end with,
 * `fault` one for each fault, for contracts of a hundred operations; spans and logs tell both apart. `maxHistogramSeries`:
 * default 1,000 for each built layer, which is about 75 ms of every scrape.
 *
 * @category models
 * @since 0.1.0
 */
export interface Signals {
  readonly detail: "error-type" | "fault"
  readonly maxHistogramSeries: number
}

/**
 * @category models
 * @since 0.1.0
 */
export type Operations = Readonly<Record<string, PROV_005_OperationsAreMadeByReadMutationOrStream>>

/** @category laws @since 0.1.0 */
export interface PROV_005_OperationsAreMadeByReadMutationOrStream extends Operation.Any {}

/**
 * A contract.
 *
 * @category models
 * @since 0.1.0
 */
export interface Contract<out Ops, out C> {
  readonly id: string
  readonly baseUrl: string
  readonly owner: string
  readonly slo: Slo
  readonly runbook: string
  readonly credentials: C
  readonly criticality: PROV_003_EveryProviderDeclaresCriticalityAndDegradation["criticality"]
  readonly degradation: Degradation.Degradation
  readonly limits: Limits.Limits
  readonly version: Version
  readonly requestId: string | undefined
  readonly redirectsTo: ReadonlyArray<string>
  readonly propagateTrace: "never" | "w3c"
  readonly notices: Notice.Reader | undefined
  readonly signals: Signals
  readonly operations: Ops
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Any extends Contract<Operations, Credential.Credential | Credential.None> {}

/**
 * Checks a contract and fills its defaults in.
 *
 * **Failures**   `RangeError` naming the provider, the field, the rule and the numbers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <const Ops extends Operations, const C extends Credential.Credential | Credential.None>(
  id: string,
  options: Options<Ops, C> & RefuseAnyCredential<NoInfer<C>>
): Contract<Ops, C> => {
  const fault = (text: string): never => {
    throw new RangeError(`${id}: ${text}`)
  }
  Required.check(
    id,
    options,
    "owner slo slo.latency runbook credentials criticality degradation limits limits.rate version operations"
  )
  checkUrl(options.baseUrl, fault)
  checkDate("version.reviewBy", options.version.reviewBy, fault)
  if (!(options.slo.availability > 0 && options.slo.availability < 1)) {
    fault(`slo.availability must be in (0, 1), got ${options.slo.availability}`)
  }
  TimeBudget.read(id, "slo.window", options.slo.window)
  for (const url of options.redirectsTo ?? []) checkUrl(url, fault, "redirectsTo")
  const operations: ReadonlyArray<TimeAlgebra.Timed> = Object.values(options.operations)
  const latencyMillis = TimeAlgebra.checkLatency(id, options.slo.latency, operations)
  const limits = Limits.make(id, options.limits, TimeAlgebra.queueRounds(operations, latencyMillis))
  const taken = new Map<string, string>()
  let asked: ReadonlyArray<string> = []
  if (options.credentials._tag === "Credential") {
    asked = options.credentials.scopes
    for (const header of Credential.headersOf(options.credentials.scheme)) taken.set(header, "the credential")
  }
  if ("header" in options.version) taken.set(options.version.header.toLowerCase(), "version.header")
  for (const [key, operation] of Object.entries(options.operations)) {
    checkOperation(key, operation, options.operations, limits, options.degradation, taken, fault)
    const undeclared = operation.scopes.filter((scope) => !asked.includes(scope))
    if (undeclared.length > 0) {
      fault(`operations.${key}.scopes needs ${undeclared.join(", ")}, which credentials.scopes does not ask for`)
    }
    if (operation.sunset !== undefined) checkDate(`operations.${key}.sunset`, operation.sunset, fault)
  }
  TimeAlgebra.checkLimits(id, limits, operations, latencyMillis)
  const { detail = "error-type", maxHistogramSeries = 1000 } = options.signals ?? {}
  if (!Number.isInteger(maxHistogramSeries) || maxHistogramSeries < 1) {
    fault(`signals.maxHistogramSeries must be an integer of at least 1, got ${maxHistogramSeries}`)
  }
  return {
    ...options,
    id,
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
    limits,
    requestId: options.requestId?.toLowerCase(),
    redirectsTo: options.redirectsTo ?? [],
    propagateTrace: options.propagateTrace ?? "never",
    notices: options.notices,
    signals: { detail, maxHistogramSeries }
  }
}

/** @internal */
export const checkUrl = (baseUrl: string, fault: (text: string) => never, field = "baseUrl"): void => {
  let url: URL
  try {
    url = new URL(baseUrl)
  } catch {
    return fault(`${field} is not a URL: ${JSON.stringify(baseUrl)}`)
  }
  const loopback = url.hostname === "localhost" || /^127\.\d+\.\d+\.\d+$/.test(url.hostname) || url.hostname === "[::1]"
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) {
    fault(`${field} must be https (http is allowed on loopback only), got ${url.protocol}//${url.host}`)
  }
  if (url.username + url.password + url.search + url.hash !== "") {
    fault(`${field} must not hold a user, a password, a query or a fragment`)
  }
}

const checkDate = (field: string, day: string, fault: (text: string) => never): void => {
  // the way back refuses dates that do not exist, such as February 30; what is no date at all is null as JSON
  if (new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) !== `${day}`) {
    fault(`${field} must be an ISO date (YYYY-MM-DD), got ${JSON.stringify(day)}`)
  }
}

const checkOperation = (
  key: string,
  operation: Operation.Any,
  all: Operations,
  limits: Limits.Limits,
  degradation: Degradation.Degradation,
  taken: ReadonlyMap<string, string>,
  fault: (text: string) => never
): void => {
  if (operation.name !== key) {
    fault(`operations.${key} holds an operation named '${operation.name}': use one name`)
  }
  for (const bucket of Object.keys(operation.cost ?? {})) {
    if (!Object.hasOwn(limits.buckets, bucket)) {
      fault(
        `operations.${key}.cost names the bucket '${bucket}', but limits.rate has ${
          Object.keys(limits.buckets).join(", ") || "none"
        }`
      )
    }
  }
  if (operation.fallback !== undefined && degradation._tag === "Fail") {
    fault(`operations.${key} declares a fallback, but degradation is Degradation.fail: declare Degradation.serve(how)`)
  }
  const plan = operation.idempotency
  if (plan?._tag === "Key" && taken.has(plan.header)) {
    fault(`operations.${key}.idempotency.header '${plan.header}' is written by ${taken.get(plan.header)}`)
  }
  if (plan?._tag === "Reconcile") {
    const via = plan.via.name
    if (all[via] !== plan.via) {
      fault(`operations.${key} reconciles via '${via}', which must be an operation of the same contract`)
    }
  }
}
