/**
 * The `surety` command: its subcommands, and how an ending becomes an exit code.
 *
 * Neighbours: `main` starts it. 0: fine. 1: a check failed. 2: the command could not do its work.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as NodeChildProcessSpawner from "@effect/platform-node-shared/NodeChildProcessSpawner"
import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem"
import * as NodePath from "@effect/platform-node-shared/NodePath"
import * as NodeStdio from "@effect/platform-node-shared/NodeStdio"
import * as NodeTerminal from "@effect/platform-node-shared/NodeTerminal"
import * as CliConfig from "effect/cli/CliConfig"
import type * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type CommandError, exitCodeOf } from "./CommandError.ts"
import * as Check from "./commands/Check.ts"
import * as Explain from "./commands/Explain.ts"
import * as Generate from "./commands/Generate.ts"
import * as ErrorText from "./ErrorText.ts"
import * as Flags from "./Flags.ts"
import * as HelpDocument from "./HelpDocument.ts"
import * as Screen from "./Screen.ts"

/** @category commands @since 0.1.0 */
export const command = Command.make("surety").pipe(
  Command.withDescription(
    "Explains, checks and operates a third-party API from its Surety contract. Ends with 0 when all is fine, 1 when a check failed, 2 when it could not do its work."
  ),
  Command.withSubcommands([
    { group: "look", commands: [Explain.command, Generate.dossier] },
    { group: "gate", commands: [Check.command] },
    { group: "operate", commands: [Generate.alerts, Generate.dashboards, Generate.runbooks, Generate.catalog] }
  ]),
  Command.withGlobalFlags([Flags.Json, Flags.Timeout]),
  Command.withExamples([
    { command: "surety explain src/Payments.ts", description: "What does the contract mean?" },
    { command: "surety check src/Payments.ts --out ops", description: "In a pipeline" },
    { command: "surety alerts src/Payments.ts --out ops", description: "Rules for Prometheus" },
    { command: "source <(npx surety --completions bash)", description: "Completions: bash, zsh, fish" }
  ])
)

/**
 * Runs the command with arguments; gives the exit code, and never fails.
 *
 * @category running
 * @since 0.1.0
 */
export const run = (args: ReadonlyArray<string>, version: string): Effect.Effect<0 | 1 | 2> => {
  const reader = ErrorText.readerOf(args)
  return Command.runWith(command, { version })(args).pipe(
    Effect.as(0 as const),
    Effect.catchTags({
      CheckFailed: () => Effect.succeed(1 as const),
      CommandError: (error: CommandError) => Effect.as(showError(error, reader), exitCodeOf(error)),
      // the presenter has spoken; help that was not asked for, and no error, is an answer
      ShowHelp: ({ errors }: CliError.ShowHelp) => Effect.succeed(errors.length === 0 ? (0 as const) : (2 as const))
    }),
    Effect.catchDefect((defect) =>
      Effect.as(
        showError(bug(defect instanceof Error ? (defect.stack ?? defect.message) : String(defect)), reader),
        2 as const
      )
    ),
    Effect.catch((error) => Effect.as(showError(bug(error.message), reader), 2 as const)),
    Effect.provide(Layer.mergeAll(presenter(reader), builtIns)),
    Effect.provide(services)
  )
}

const showError = (
  error: Pick<CommandError, "code" | "message" | "hint">,
  reader: ErrorText.Reader
): Effect.Effect<void> => {
  const { descriptor, text } = ErrorText.show(error, reader)
  return descriptor === 1 ? Screen.print(text) : Screen.tell(text.trimEnd())
}

const bug = (message: string): Pick<CommandError, "code" | "message" | "hint"> => ({
  code: "bug",
  message,
  hint: "This is a bug in the command: please report it."
})

/** Wrong use gets the error and where help is; the whole help would push the error off the screen. */
const presenter = (reader: ErrorText.Reader): Layer.Layer<never> =>
  CliOutput.layerPresenter({
    present: (event) => {
      if (event._tag !== "InvalidInvocation") {
        if (reader === "person") return CliOutput.defaultPresenter.present(event)
        const { _tag: _, ...version } = event
        return Screen.printJson(
          event._tag === "Help" ? HelpDocument.toReport(event.commandPath, event.helpDoc) : version
        )
      }
      const message = event.errors.map((error) => error.message.replace(/\s+/g, " ").trim()).join("; ")
      const hint = `Use: ${event.helpDoc.usage}. More: ${event.commandPath.join(" ")} --help`
      return showError({ code: "wrong-use", message: message.replace(/\.$/, ""), hint }, reader)
    }
  })

const builtIns = CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })

/** What `NodeServices` of `@effect/platform-node` has, without the HTTP client and the Redis that it brings along. */
const services = Layer.provideMerge(
  NodeChildProcessSpawner.layer,
  Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, NodeStdio.layer, NodeTerminal.layer)
)
