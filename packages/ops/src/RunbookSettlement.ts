/**
 * The part of a runbook page that says how to find out what became of a call whose outcome is unknown, without applying it
 * twice.
 *
 * Neighbours: `Runbook` fills its pages with it; `RunbookQueries` asks which calls are open.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { ExplainedOperation, ExplainedPlan } from "surety/Explanation"
import * as SignalName from "surety/signals/SignalName"
import * as Amount from "./Amount.ts"
import type { Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import type { DossierSource } from "./DossierSource.ts"
import type * as Options from "./Options.ts"
import { quote } from "./Query.ts"
import * as RunbookQueries from "./RunbookQueries.ts"
import type { Subject } from "./RunbookTopic.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const section = (
  { contract, explanation }: DossierSource,
  options: Options.Options,
  subject: Subject | undefined
): Section => {
  const open = explanation.operations.filter((one) =>
    one.failures.some((failure) => failure.ending === "OutcomeUnknown")
  )
  if (open.length === 0) {
    return Doc.section("settle", "5. Settle unknown outcomes", [
      Doc.paragraph("Nothing is left open: no operation can end with an unknown outcome.")
    ])
  }
  const counted = open.find(({ plan }) => plan._tag !== "Natural")
  const which = subject === "outcome" || counted === undefined ? [] : RunbookQueries.open(contract, options)
  return Doc.section("settle", "5. Settle unknown outcomes", [
    Doc.paragraph(
      "A call that ended with ",
      Doc.code("OutcomeUnknown"),
      " may have been applied. Nobody sends it again in another way than these."
    ),
    ...which.flatMap(({ asks, expr }) => [Doc.paragraph(asks), Doc.listing("promql", expr)]),
    Doc.steps([
      [
        "Find the calls: the log event ",
        Doc.code(SignalName.events.outcomeUnknown),
        " has the operation, the time and the hash of the key (",
        Doc.code(SignalName.keyHash),
        "); the key itself is in the error that the caller got (",
        Doc.code("idempotencyKey"),
        ", good until ",
        Doc.code("keyValidUntil"),
        ")."
      ],
      ...bySettling(open).map(([how, names]): Text => [...Doc.join(names.map(Doc.code), ", "), ": ", how]),
      ...(counted === undefined
        ? []
        : [
            [
              "The process that lost a call counts it until a call under its key there has settled it, or until you say what you found: ",
              Doc.code(`Provider.control(service)?.settle(${quote(counted.name)}, key)`),
              ", or ",
              Doc.code(`settleAll(${quote(counted.name)})`),
              " once all of them are looked into."
            ]
          ])
    ])
  ])
}

const bySettling = (
  operations: ReadonlyArray<ExplainedOperation>
): ReadonlyArray<readonly [how: string, names: ReadonlyArray<string>]> => {
  const found = new Map<string, Array<string>>()
  for (const { name, plan } of operations) {
    const how = howTo(plan)
    found.set(how, [...(found.get(how) ?? []), name])
  }
  return [...found]
}

const howTo = (plan: ExplainedPlan): string => {
  switch (plan._tag) {
    case "Key":
      return `make the same call again under the same key, within ${Amount.time(plan.retainedForMillis)} of its first use (from another process with keyFirstUsedAt). The provider says what happened, and applies nothing twice.`
    case "Reconcile":
      return `look it up by ${plan.via}. Found means applied; ${plan.absent === "not-applied" ? "absent means not applied" : "absent proves nothing"}.`
    case "Natural":
      return `call it again: ${plan.because}. It is not counted as open.`
    default:
      return "look at the provider's own screen before anybody calls it again; a repeat may be applied twice."
  }
}
