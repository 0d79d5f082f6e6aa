/**
 * What an operator may do to a running integration without making anything worse, each with what it costs.
 *
 * Neighbours: `Runbook` lists them; `Provider.control` and `Lifecycle.control` are the levers.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import type { Explanation } from "surety/Explanation"
import type * as Operation from "surety/Operation"
import * as Amount from "./Amount.ts"
import type { Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import type { Subject } from "./RunbookTopic.ts"

/**
 * Rows of lever, effect and side effect, those of the subject first.
 *
 * @category rules
 * @since 0.1.0
 */
export const rows = (
  contract: Contract.Any,
  explanation: Explanation,
  subject: Subject | undefined
): ReadonlyArray<ReadonlyArray<Text>> => {
  const all: ReadonlyArray<Lever> = [
    {
      of: ["circuit", "objective", "outcome", "drift"],
      does: [Doc.code("Provider.control(service).isolate()")],
      effect: "Refuses every call at once, on this process, until close().",
      cost: explanation.operations.some((one) => one.fallback !== "none")
        ? "Callers get NotAttempted, or the declared fallback; the objective does not count it."
        : "Callers get NotAttempted. It counts as our own refusal, not against the objective."
    },
    {
      of: ["circuit", "isolation"],
      does: [Doc.code("Provider.control(service).close()")],
      effect: "Closes the circuit at once, also an isolated one.",
      cost: "Without the usual ramp: a provider that is still ill gets the whole load, and the circuit opens again."
    },
    ...(Object.values(contract.operations).some(leavesOpen)
      ? [
          {
            of: ["outcome"],
            does: [Doc.code('Provider.control(service).settle("operation", key)')],
            effect:
              "Says, on the process that lost it, that it is known what became of a call: it no longer counts. Without a key: all of the operation.",
            cost: "None at the provider, nothing is sent. What nobody has looked into is forgotten too when no key is given."
          } satisfies Lever
        ]
      : []),
    ...(contract.credentials._tag === "NoCredential"
      ? []
      : [
          {
            of: ["credential"],
            does: [Doc.code('Lifecycle.control(credentials).renew("who: why")')],
            effect: "Asks the source for a new secret now, and forgets which secrets were refused.",
            cost: "One request to the source; a one-time refresh token is spent."
          } satisfies Lever,
          {
            of: ["credential"],
            does: [Doc.code('Lifecycle.control(credentials).revoke("who: why")')],
            effect: "Refuses every later call at once and tells the issuer. For a leaked secret.",
            cost: "The integration is down on this process until renew()."
          } satisfies Lever
        ]),
    {
      of: ["limits", "retries", "queue"],
      does: [Doc.code("limits"), " in the contract, then deploy"],
      effect: `Changes the load: now ${Amount.count(explanation.limits.concurrency, "call")} at once, ${
        Object.keys(explanation.limits.buckets).length === 0
          ? "no rate limit"
          : Amount.count(Object.keys(explanation.limits.buckets).length, "bucket")
      }.`,
      cost: "A lower limit makes callers wait or refuses them; a higher one may spend what others share."
    },
    {
      of: ["queue", "outcome"],
      does: "Pause whatever feeds the provider",
      effect: "Stops new work; items stay in their queue.",
      cost: "Items grow old; keys are remembered only for so long by the provider."
    },
    {
      of: ["drift", "sunset", "keys", "telemetry"],
      does: "Correct the contract, generate rules and pages again, deploy",
      effect: "Declares what the provider really does.",
      cost: "None while it runs; the hash of the contract changes on every process."
    }
  ]
  const first = all.filter((lever) => subject !== undefined && lever.of.includes(subject))
  return [...first, ...all.filter((lever) => !first.includes(lever))].map(({ cost, does, effect }) => [
    does,
    effect,
    cost
  ])
}

const leavesOpen = ({ idempotency }: Operation.Any): boolean =>
  idempotency !== undefined && idempotency._tag !== "Natural"

interface Lever {
  readonly of: ReadonlyArray<Subject>
  readonly does: Text
  readonly effect: string
  readonly cost: string
}
