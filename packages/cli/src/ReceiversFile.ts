/**
 * The file that says who is told, read and checked before anything is generated.
 *
 * Neighbours: `@surety/ops/Receivers` has the rules.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Receivers } from "@surety/ops/Receivers"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Contract from "surety/Contract"
import { CommandError } from "./CommandError.ts"

/**
 * The receivers of the routes of these contracts; none when no file is named.
 *
 * **Failures**   `receivers-not-readable`, and `receivers-invalid` with field and rule.
 *
 * @category running
 * @since 0.1.0
 */
export const read = (
  path: Option.Option<string>,
  contracts: ReadonlyArray<Contract.Any>
): Effect.Effect<Receivers | undefined, CommandError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    if (Option.isNone(path)) return undefined
    const [AlertManager, { parse }] = yield* Effect.promise(() =>
      Promise.all([import("@surety/ops/AlertManager"), import("@surety/ops/Receivers")])
    )
    const text = yield* FileSystem.FileSystem.use((fs) => fs.readFileString(path.value)).pipe(
      Effect.mapError(
        ({ reason }) =>
          new CommandError({
            code: "receivers-not-readable",
            message: `cannot read --receivers ${path.value}: ${reason._tag === "NotFound" ? "it is not there" : reason._tag}`,
            hint: "Name a YAML or JSON file: from the name of a receiver to its integrations."
          })
      )
    )
    const names = AlertManager.receiverNames(contracts)
    const parsed = parse(text, names)
    if (Result.isSuccess(parsed)) return parsed.success
    return yield* new CommandError({
      code: "receivers-invalid",
      message: `--receivers ${path.value}: ${parsed.failure.message}`,
      hint: `Such as: ${JSON.stringify(names[0])}: { slack_configs: [{ channel: "#pager", api_url_file: /run/secrets/slack }] }`
    })
  })
