/**
 * `surety explain`: what a contract means, on the whole, for one operation, or for one failure of it.
 *
 * Neighbours: `surety/Explain` does the work.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Explain from "surety/Explain"
import type { ExplainedFailure, ExplainedOperation, Explanation } from "surety/Explanation"
import { CommandError } from "../CommandError.ts"
import * as FailureText from "../FailureText.ts"
import * as Flags from "../Flags.ts"
import { nearest } from "../Nearest.ts"
import * as Screen from "../Screen.ts"
import * as Source from "../Source.ts"

/** @category commands @since 0.1.0 */
export const command = Command.make(
  "explain",
  {
    module: Flags.module,
    operation: Argument.String("operation").pipe(
      Argument.withDescription("One operation of the provider"),
      Argument.optional
    ),
    failure: Argument.String("failure").pipe(
      Argument.withDescription("One failure of the operation, by its tag"),
      Argument.optional
    ),
    provider: Flags.provider
  },
  Effect.fnUntraced(function* ({ failure, module, operation, provider }) {
    const { contract } = yield* Source.one(module, provider)
    const whole = Explain.explain(contract)
    const json = yield* Flags.Json
    if (Option.isNone(operation)) return yield* json ? Screen.printJson(whole) : Screen.print(Explain.toText(whole))
    const one = yield* operationOf(whole, operation.value)
    if (Option.isNone(failure)) {
      return yield* json ? Screen.printJson(one) : Screen.print(Explain.toText({ ...whole, operations: [one] }))
    }
    const met = yield* failureOf(one, failure.value)
    return yield* json ? Screen.printJson(met) : Screen.print(FailureText.toText(whole, one, met))
  })
).pipe(
  Command.withDescription(
    "What a contract means: for every operation and failure whether it is retried, how long it can take, how many requests it can become, and what the caller gets."
  ),
  Command.withShortDescription("What a contract means, on the whole or for one failure"),
  Command.withExamples([
    { command: "surety explain src/Payments.ts", description: "Everything" },
    { command: "surety explain src/Payments.ts charge", description: "One operation" },
    { command: "surety explain src/Payments.ts charge AttemptTimeout", description: "What if it times out?" }
  ])
)

const operationOf = (of: Explanation, wanted: string): Effect.Effect<ExplainedOperation, CommandError> => {
  const found = of.operations.find(({ name }) => name === wanted)
  if (found !== undefined) return Effect.succeed(found)
  const names = of.operations.map(({ name }) => name)
  return Effect.fail(
    new CommandError({
      code: "unknown-operation",
      message: `${of.provider} has no operation ${wanted}`,
      hint: meant(wanted, names)
    })
  )
}

const failureOf = (of: ExplainedOperation, wanted: string): Effect.Effect<ExplainedFailure, CommandError> => {
  const found = of.failures.find(({ tag }) => tag === wanted)
  if (found !== undefined) return Effect.succeed(found)
  const refused = of.refusals.includes(wanted)
  return Effect.fail(
    new CommandError({
      code: "unknown-failure",
      message: refused
        ? `${wanted} is no failure of a request: ${of.name} was refused on our side and nothing was sent (NotAttempted)`
        : `${of.name} has no failure ${wanted}`,
      hint: refused
        ? "It has no retry rule. Its circuit, limits and credential are on top of: surety explain <module>"
        : meant(
            wanted,
            of.failures.map(({ tag }) => tag)
          )
    })
  )
}

const meant = (wanted: string, names: ReadonlyArray<string>): string => {
  const near = nearest(wanted, names)
  return `${near === undefined ? "" : `Do you mean ${near}? `}It has ${names.join(", ")}.`
}
