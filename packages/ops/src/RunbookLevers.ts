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
import * as Options from "./Options.ts"
import type { Subject } from "./RunbookTopic.ts"

/**
 * **Details**   `here`: rows of lever, effect and side effect for the subject. `elsewhere`: those for other alerts.
 *
 * @category models
 * @since 0.1.0
 */
export interface Levers {
  readonly here: ReadonlyArray<ReadonlyArray<Text>>
  readonly elsewhere: ReadonlyArray<ReadonlyArray<Text>>
}

/**
 * @category rules
 * @since 0.1.0
 */
export const make = (
  contract: Contract.Any,
  options: Options.Options,
  explanation: Explanation,
  subject: Subject | undefined
): Levers => {
  const all: ReadonlyArray<Lever> = [
    {
      of: ["circuit", "objective", "latency", "drift", "refusal"],
      does: [Doc.code("Provider.control(service)?.isolate()")],
      effect: "Keeps every call away from the provider, until close().",
      cost: `Callers get ${
        explanation.operations.some((one) => one.fallback !== "none") ? "the declared fallback, or " : ""
      }NotAttempted, at once. It is our own refusal, and not bad for the objective.`
    },
    {
      of: ["circuit", "fallback", "isolation"],
      does: [Doc.code("Provider.control(service)?.close()")],
      effect: "Lets calls through again, also after isolate().",
      cost: "All at once, without the usual ramp: a provider that is still ill gets the whole load, and the circuit opens again."
    },
    ...(Object.values(contract.operations).some(leavesOpen)
      ? [
          {
            of: ["outcome"],
            does: [
              Doc.code('Provider.control(service)?.settle("operation", key)'),
              "; for all of an operation ",
              Doc.code('settleAll("operation")')
            ],
            effect: "Says, on the process that lost it, that it is known what became of a call: it no longer counts.",
            cost: "None at the provider, nothing is sent. settleAll also forgets what nobody has looked into."
          } satisfies Lever
        ]
      : []),
    ...(contract.credentials._tag === "Credential" && options.credential === "fixed"
      ? [
          {
            of: ["objective", "refusal"],
            does: "Put another key where the program reads it, then start it again",
            effect: "For a key that is refused: it is fixed, and no process renews it.",
            cost: [
              "A start of every process. No alert tells of its rotation in time; what does is ",
              Doc.code(`surety check --rotated ${contract.credentials.name}=YYYY-MM-DD`),
              ", with the new day."
            ]
          } satisfies Lever
        ]
      : []),
    ...(Options.watchedCredential(contract, options) === undefined
      ? []
      : [
          {
            of: ["credential", "refusal"],
            does: [Doc.code('Lifecycle.control(credentials)?.renew("who: why")')],
            effect: "Asks the source for a new secret now, and forgets which secrets were refused.",
            cost: "One request to the source; a one-time refresh token is spent."
          } satisfies Lever,
          {
            of: ["credential"],
            does: [Doc.code('Lifecycle.control(credentials)?.revoke("who: why")')],
            effect: "For a leaked secret: refuses every later call at once, and tells the issuer.",
            cost: "The integration is down on this process until renew(). A grant that is shared ends for everybody."
          } satisfies Lever
        ]),
    {
      of: ["limits", "local", "store", "retries", "latency", "queue"],
      does: [Doc.code("limits"), " in the contract, then deploy"],
      effect: `Changes how much is sent. Now: ${Amount.count(explanation.limits.concurrency, "call")} at once, ${
        Object.keys(explanation.limits.buckets).length === 0
          ? "no rate limit"
          : Amount.count(Object.keys(explanation.limits.buckets).length, "bucket")
      }.`,
      cost: "A lower limit makes callers wait or refuses them; a higher one may spend what others share."
    },
    {
      of: ["objective", "circuit", "limits", "local", "store", "queue", "outcome"],
      does: "Pause the jobs that can wait",
      effect: "What is left of the provider is there for those who cannot.",
      cost: "Work grows old; a key is remembered by the provider only for so long."
    },
    {
      of: ["drift", "sunset", "keys", "telemetry", "latency"],
      does: "Correct the contract, generate again (surety alerts, runbooks), deploy both",
      effect: "Declares what the provider really does.",
      cost: "None for calls. Until every process runs it, IntegrationRulesOutdated may tell of two contracts."
    }
  ]
  const isHere = (lever: Lever): boolean => subject !== undefined && lever.of.includes(subject)
  const row = ({ cost, does, effect }: Lever): ReadonlyArray<Text> => [does, effect, cost]
  return {
    here: all.filter(isHere).map(row),
    elsewhere: all.filter((lever) => !isHere(lever)).map(row)
  }
}

const leavesOpen = ({ idempotency }: Operation.Any): boolean =>
  idempotency !== undefined && idempotency._tag !== "Natural"

interface Lever {
  readonly of: ReadonlyArray<Subject>
  readonly does: Text
  readonly effect: string
  readonly cost: Text
}
