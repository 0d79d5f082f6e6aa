/**
 * The laws, read from a contract that was made: what the compiler says of types, said of values. It finds what JavaScript,
 * a cast, or a Node that removes types let through, and what no type says: a runbook that is no address, a reason that is
 * blank, a path whose parameters nobody fills in.
 *
 * Neighbours: `Law`, `RetryMatrix` and `Contract` state the same laws as types; `Contract.make` refuses what could not run at
 * all. Tools import this and programs do not, so no bundle carries it. Pure; it trusts no type of what it reads.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as SchemaAST from "effect/SchemaAST"
import * as Backoff from "./Backoff.ts"
import type * as Contract from "./Contract.ts"
import * as Idempotency from "./Idempotency.ts"
import * as Operation from "./Operation.ts"
import { AttemptTimeout, ConnectionLost, ContractViolation, NotSent, UndeclaredStatus } from "./TransportFailure.ts"
import * as Wire from "./Wire.ts"

/**
 * A law that a contract breaks.
 *
 * **Details**   `field`: where, such as `operations.charge.retry.CardDeclined`. `law`: its code; `undefined` for a value that
 * is of no kind that the field has.
 *
 * @category models
 * @since 0.1.0
 */
export interface Violation {
  readonly field: string
  readonly law: string | undefined
  readonly message: string
}

/**
 * Every law that a contract breaks, in the order of its fields.
 *
 * **When to use**   In tools, and in a test of a contract that is written in JavaScript. `surety check` runs it.
 *
 * **Example** (A name that no alert knows)
 *
 * ```ts import.meta.vitest
 * import * as ContractRules from "surety/ContractRules"
 * import * as Credential from "surety/Credential"
 * import * as Degradation from "surety/Degradation"
 * import * as Provider from "surety/Provider"
 * import * as RateLimit from "surety/RateLimit"
 *
 * const contract = Provider.make("acme/Payments", {
 *   baseUrl: "https://api.payments.example",
 *   owner: "team-checkout",
 *   criticality: "critcal" as "critical",
 *   degradation: Degradation.fail,
 *   slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" },
 *   limits: { rate: RateLimit.unlimited("the provider has no limits"), concurrency: 25 },
 *   credentials: Credential.none("the provider is public"),
 *   version: { unversioned: "the provider has one version", reviewBy: "2027-04-01" },
 *   runbook: "https://runbooks.example/payments",
 *   operations: {}
 * })
 *
 * ContractRules.violations(contract) // => [{ field: "criticality", law: "PROV-003", message: "must be critical, high, medium or low, got \"critcal\"" }]
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const violations = (contract: Contract.Any): ReadonlyArray<Violation> => {
  const { add, found } = collector("")
  const { credentials, degradation, limits, operations, signals, version } = contract
  if (!isText(contract.owner)) add("owner", "PROV-001", `must name who answers for it, got ${shown(contract.owner)}`)
  if (!isAddress(contract.runbook)) {
    add("runbook", "PROV-001", `must be an http or https address, got ${shown(contract.runbook)}`)
  }
  for (const one of credentialFaults(credentials)) add("credentials", "PROV-002", one)
  oneOf(add, "criticality", contract.criticality, ["critical", "high", "medium", "low"], "PROV-003")
  if (degradation._tag !== "Fail" && !(degradation._tag === "Serve" && isText(degradation.how))) {
    add("degradation", "PROV-003", "must be Degradation.fail, or Degradation.serve and how")
  }
  for (const [field, one] of limitFaults(limits)) add(`limits.${field}`, "PROV-004", one)
  const named = "header" in version ? [version.header, version.value] : [version.unversioned]
  if (!named.every(isText)) {
    add("version", "PROV-004", "must have a header and its value, or say in unversioned why there is none")
  }
  oneOf(add, "limits.onThrottled", limits.onThrottled, ["pause", "ignore"])
  oneOf(add, "limits.onStoreError", limits.onStoreError, ["open", "closed"])
  oneOf(add, "propagateTrace", contract.propagateTrace, ["never", "w3c"])
  oneOf(add, "signals.detail", signals.detail, ["error-type", "fault"])
  if (contract.requestId !== undefined && !isText(contract.requestId)) add("requestId", undefined, "must name a header")
  for (const [field, value] of [
    ["limits.learn", limits.learn],
    ["notices", contract.notices]
  ] as const) {
    if (value !== undefined && typeof value !== "function") add(field, undefined, "must be a function")
  }
  return [...found, ...Object.entries(operations).flatMap(([name, operation]) => operationFaults(name, operation))]
}

type Add = (field: string, law: string | undefined, message: string) => void

const collector = (prefix: string): { readonly found: Array<Violation>; readonly add: Add } => {
  const found: Array<Violation> = []
  return { found, add: (field, law, message) => found.push({ field: prefix + field, law, message }) }
}

const operationFaults = (name: string, operation: Operation.Any): ReadonlyArray<Violation> => {
  const { add, found } = collector(`operations.${name}`)
  if (!Operation.isOperation(operation)) {
    add("", "PROV-005", "must be made by read, mutation or stream of Operation, HttpOperation or StreamOperation")
    return found
  }
  const { binding, fallback, hedgeMillis, idempotency: plan, kind } = operation
  oneOf(add, ".kind", kind, ["read", "mutation"])
  const overHttp = binding._tag === "Compiled" && binding.exchange !== undefined
  for (const failure of operation.failures) {
    const { disposition, fault, health, tag } = failure
    if (!isText(tag) || disposition === undefined) {
      add(".failures", "OP-002", `holds what is no failure, but ${shown(tag)}: define it with Failure.Tagged`)
      continue
    }
    if (overHttp && !Wire.isWire(failure)) {
      add(`.failures.${tag}`, "OP-002", `no status means '${tag}' - bind it to one: ${tag}.wire(402)`)
    }
    oneOf(add, `.failures.${tag}.retry`, disposition, ["safe", "idempotent-only", "never"], "OP-002")
    oneOf(add, `.failures.${tag}.fault`, fault, ["provider", "network", "caller", "local"], "OP-002")
    oneOf(add, `.failures.${tag}.health`, health, ["answered", "throttled", "outage", "ignored"], "OP-002")
  }
  if (overHttp) {
    for (const one of pathFaults(binding.exchange?.path ?? "", binding.endpoint)) add(".params", undefined, one)
  }
  if (kind === "read" && plan !== undefined) {
    add(".idempotency", "OP-004", "a read changes nothing and is always safe to send again - remove the plan")
  }
  if (kind === "mutation") {
    for (const one of planFaults(plan)) add(".idempotency", "OP-003", one)
    if (binding._tag === "Compiled" && /^(GET|HEAD|OPTIONS)$/i.test(binding.exchange?.method ?? "")) {
      add("", "OP-005", `a mutation is a POST, PUT, PATCH or DELETE, not a ${binding.exchange?.method}`)
    }
    if (hedgeMillis !== undefined && plan?._tag !== "Key" && plan?._tag !== "Natural") {
      add(
        ".hedge",
        "HEDGE-001",
        "two copies of this mutation may both be applied - hedging needs Idempotency.key or natural"
      )
    }
    if (fallback !== undefined && fallback._tag !== "Other") {
      add(".fallback", "OP-006", "a mutation falls back to another provider (Degradation.other) or fails")
    }
  }
  if (fallback !== undefined) oneOf(add, ".fallback", fallback._tag, ["Constant", "Stale", "Other"])
  if (binding._tag === "Effect") oneOf(add, ".cancellation", binding.cancellation, ["abortable", "detached"])
  if (binding._tag !== "Compiled" && typeof binding.attempt !== "function") {
    add(".attempt", undefined, "must be a function")
  }
  for (const [bucket, cost] of Object.entries(operation.cost ?? {})) {
    if (typeof cost !== "number" && typeof cost !== "function") {
      add(`.cost.${bucket}`, undefined, `must be a number of tokens or a function, got ${shown(cost)}`)
    }
  }
  if (!operation.scopes.every(isText)) add(".scopes", undefined, "must name what the credential was granted")
  matrixFaults(operation, add)
  return found
}

/** A parameter that the path names and `params` has not makes every call one that cannot be sent. */
const pathFaults = (path: string, endpoint: unknown): ReadonlyArray<string> => {
  const named = [...path.matchAll(/:([A-Za-z0-9_]+)/g)].map((match) => match[1] ?? "")
  const { params } = endpoint as { readonly params?: { readonly ast: SchemaAST.AST } }
  const ast = params === undefined ? undefined : SchemaAST.toEncoded(params.ast)
  // a record or a union may have any
  if (ast !== undefined && (ast._tag !== "Objects" || ast.indexSignatures.length > 0)) return []
  const given = ast?.propertySignatures.map(({ name }) => String(name)) ?? []
  return [
    ...named
      .filter((name) => !given.includes(name))
      .map((name) => `the path ${path} names '${name}', which params has not: no call can be sent`),
    ...given
      .filter((name) => !named.includes(name))
      .map((name) => `params has '${name}', which the path ${path} does not name: it is never sent`)
  ]
}

const transport = [NotSent, ConnectionLost, AttemptTimeout, UndeclaredStatus, ContractViolation]

const matrixFaults = ({ failures, idempotency: plan, kind, retry }: Operation.Any, add: Add): void => {
  const met = [...failures.filter(({ tag }) => isText(tag)), ...transport]
  // a plan that is none is told once, as OP-003
  const unsafe = kind === "mutation" && !Idempotency.isReplaySafe(plan) && planFaults(plan).length === 0
  for (const tag of new Set(met.map((one) => one.tag))) {
    const rule = Object.hasOwn(retry, tag) ? retry[tag] : undefined
    const dispositions = met.filter((one) => one.tag === tag).map((one) => one.disposition)
    const field = `.retry.${tag}`
    if (rule === undefined) {
      add(field, "RETRY-004", `every failure needs a rule: Backoff.exponential(...) or Backoff.never for '${tag}'`)
    } else if (!Backoff.isBackoff(rule)) {
      if (rule._tag !== "Never") add(field, "RETRY-003", `the rule for '${tag}' is not made by Backoff`)
    } else if (dispositions.includes("never")) {
      add(field, "RETRY-001", `'${tag}' is declared never to be retried - its rule must be Backoff.never`)
    } else if (unsafe && dispositions.includes("idempotent-only")) {
      add(
        field,
        "RETRY-002",
        `'${tag}' leaves the outcome unknown and this mutation has no replay-safe idempotency plan - declare Idempotency.key, natural or reconcile, or use Backoff.never`
      )
    }
  }
  for (const tag of Object.keys(retry)) {
    if (met.some((one) => one.tag === tag)) continue
    add(
      `.retry.${tag}`,
      "RETRY-000",
      `'${tag}' is not a failure of this operation - remove the rule, or add the failure to failures: [...]`
    )
  }
}

const planFaults = (plan: Idempotency.Plan | undefined): ReadonlyArray<string> => {
  const kinds = "a plan is made by Idempotency.key, natural, reconcile or acceptRisk"
  if (plan === undefined || !(Idempotency.TypeId in Object(plan))) return [kinds]
  const sources: ReadonlyArray<unknown> = ["caller", "generated"]
  switch (plan._tag) {
    case "Key":
      return sources.includes(plan.source) ? [] : [`source must be caller or generated, got ${shown(plan.source)}`]
    case "Natural":
    case "AcceptedRisk":
      return []
    case "Reconcile":
      return [
        ...(sources.includes(plan.source) ? [] : [`source must be caller or generated, got ${shown(plan.source)}`]),
        ...(plan.via?.kind === "read" ? [] : [`reconciles via '${plan.via?.name}', which is no read`]),
        ...(["not-applied", "unknown"].includes(plan.absent)
          ? []
          : [`absent must be not-applied or unknown, got ${shown(plan.absent)}`])
      ]
    default:
      return [kinds]
  }
}

const credentialFaults = (credentials: Contract.Any["credentials"]): ReadonlyArray<string> => {
  if (credentials._tag === "NoCredential") return isText(credentials.because) ? [] : ["must say why there is none"]
  if (credentials._tag !== "Credential") return ["must be made by Credential.bearer, basic, header, signature or none"]
  const { life, scopes } = credentials
  return [
    ...(life?._tag === "Rotated" || isText(life?.how)
      ? []
      : ["must declare how its life ends: rotateEvery, or expires"]),
    ...(Array.isArray(scopes) && scopes.every(isText) ? [] : ["scopes must list what it may do; [] for nothing"])
  ]
}

const limitFaults = (limits: Contract.Any["limits"]): ReadonlyArray<readonly [field: string, message: string]> => {
  const { breaker, buckets, rate } = limits
  const why = breaker?.trip
  const unlimited = "_tag" in rate && (rate as { readonly _tag: unknown })._tag === "Unlimited"
  const said = unlimited && isText((rate as { readonly because: unknown }).because)
  return [
    ...(unlimited && !said ? [["rate", "RateLimit.unlimited must say why"] as const] : []),
    ...(!unlimited && Object.keys(buckets).length === 0
      ? [["rate", "must have a bucket, or be RateLimit.unlimited and why"] as const]
      : []),
    ...Object.entries(buckets).flatMap(([name, bucket]) =>
      (bucket as { readonly _tag?: unknown } | undefined)?._tag === "TokenBucket"
        ? []
        : [[`rate.${name}`, "must be made by RateLimit.tokenBucket"] as const]
    ),
    ...(why?._tag === "None" && !isText(why.because) ? [["breaker", "CircuitBreaker.none must say why"] as const] : [])
  ]
}

const oneOf = (add: Add, field: string, value: unknown, known: ReadonlyArray<string>, law?: string): void => {
  if (known.includes(value as string)) return
  add(field, law, `must be ${known.slice(0, -1).join(", ")} or ${known.at(-1)}, got ${shown(value)}`)
}

const isText = (u: unknown): u is string => typeof u === "string" && u.trim() !== ""

const isAddress = (u: unknown): boolean => {
  if (typeof u !== "string" || !URL.canParse(u)) return false
  const { hostname, protocol } = new URL(u)
  return (protocol === "https:" || protocol === "http:") && hostname !== ""
}

/** Data of the declaration, in the way it was written; nothing of it is a secret. */
const shown = (u: unknown): string => (typeof u === "string" ? JSON.stringify(u) : String(u))
