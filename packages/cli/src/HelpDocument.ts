/**
 * Help as data, for a program that asks under `--json`.
 *
 * Neighbours: Effect's own presenter writes it for people; `Report` has the shape, so that Effect's may change.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { HelpDoc } from "effect/cli/HelpDoc"
import * as Option from "effect/Option"
import type { HelpReport } from "./Report.ts"

/**
 * **Details**   Flags of the command come first, then those that every command has.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toReport = (
  commandPath: ReadonlyArray<string>,
  { args, description, examples, flags, globalFlags, inheritedFlags, subcommands, usage }: HelpDoc
): HelpReport => ({
  command: commandPath.join(" "),
  usage,
  description,
  arguments: (args ?? []).map((one) => ({
    name: one.name,
    type: one.type,
    description: Option.getOrElse(one.description, () => ""),
    required: one.required,
    variadic: one.variadic
  })),
  flags: [...flags, ...(inheritedFlags ?? []), ...(globalFlags ?? [])].map((one) => ({
    name: one.name,
    aliases: one.aliases,
    type: one.type,
    description: Option.getOrElse(one.description, () => ""),
    required: one.required
  })),
  commands: (subcommands ?? [])
    .flatMap(({ commands }) => commands)
    .map((one) => ({ name: one.name, description: one.description })),
  examples: (examples ?? []).map(({ command, description = "" }) => ({ command, description }))
})
