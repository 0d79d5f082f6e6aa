/**
 * `surety alerts`, `dashboards`, `runbooks`, `dossier` and `catalog`: files from a contract.
 *
 * Neighbours: `Generators` makes them, `OutputFolder` writes them.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CommandError } from "../CommandError.ts"
import * as CommandLine from "../CommandLine.ts"
import * as Flags from "../Flags.ts"
import type { GeneratedFile } from "../GeneratedFile.ts"
import * as Generators from "../Generators.ts"
import * as Layout from "../Layout.ts"
import * as OutputFolder from "../OutputFolder.ts"
import * as ReceiversFile from "../ReceiversFile.ts"
import * as Screen from "../Screen.ts"
import * as Source from "../Source.ts"

const flags = {
  modules: Flags.modules,
  provider: Flags.provider,
  out: Flags.out,
  dryRun: Flags.dryRun,
  ...Flags.generator
}

type Given = Command.Command.Config.Infer<typeof flags>

const run = (
  kind: Generators.Kind,
  given: Given,
  more: Pick<Generators.Options, "asOf" | "people" | "place" | "rotated"> = {},
  receiversFile: Option.Option<string> = Option.none()
) =>
  Effect.gen(function* () {
    const json = yield* Flags.Json
    const [module = ""] = given.modules
    if (given.dryRun && Option.isNone(given.out)) {
      return yield* new CommandError({
        code: "wrong-use",
        message: "--dry-run says what would be written, and there is no --out",
        hint: `surety ${kind} ${module} --out ops --dry-run`
      })
    }
    const found = yield* Source.lawful(given.modules, given.provider)
    const contracts = yield* Layout.check(found, given.out)
    const providers = contracts.map(({ id }) => id)
    const receivers = yield* ReceiversFile.read(receiversFile, contracts)
    const options = { ...Flags.optionsOf(given), ...more, receivers }
    const command = CommandLine.of(kind, {
      cwd: process.cwd(),
      modules: given.modules,
      provider: Option.getOrUndefined(given.provider),
      receivers: Option.getOrUndefined(receiversFile),
      options
    })
    const { files } = yield* Generators.make(kind, contracts, { ...options, command }).pipe(
      Screen.during(`generating ${kind}`)
    )
    if (Option.isNone(given.out)) return yield* show(providers, files, json ? "json" : "text")
    const mode = given.dryRun ? "dry-run" : "write"
    const out = given.out.value
    const written = yield* OutputFolder.write(out, files, mode).pipe(Screen.during(`writing ${files.length} files`))
    const wrong = written.flatMap((file) =>
      file.wrong.map(({ message, rule }) => ({ rule, message: `${out}/${file.path}: ${message}` }))
    )
    const warnings = wrong.map(({ message }) => message)
    if (json) {
      return yield* Screen.printJson({
        providers,
        out,
        mode,
        files: written.map(({ path, status }) => ({ path, status })),
        warnings
      })
    }
    yield* Screen.print(
      written.map(({ path, status }) => `${words[mode][status].padEnd(12)}  ${out}/${path}`).join("\n")
    )
    for (const [title, of] of titles) {
      const some = wrong.flatMap(({ message, rule }) => (rule === of ? [message] : []))
      if (some.length > 0) yield* Screen.tell([`\nWARNING: ${title}.`, ...some].join("\n  "))
    }
  })

const titles = [
  ["alerts that tell nobody", "receiver-empty"],
  ["secrets in a file that is committed", "receiver-secret"]
] as const

const words = {
  write: { created: "created", changed: "changed", unchanged: "unchanged" },
  "dry-run": { created: "would create", changed: "would change", unchanged: "unchanged" }
} as const

const show = (
  providers: ReadonlyArray<string>,
  files: ReadonlyArray<GeneratedFile>,
  as: "json" | "text"
): Effect.Effect<void> => {
  const [main, ...others] = files
  if (as === "json") {
    return Screen.printJson({ providers, files: files.map(({ path, text }) => ({ path, text })) })
  }
  if (main === undefined) return Effect.void
  const rest =
    others.length === 0 ? Effect.void : Screen.tell(`This is ${main.path}. --out DIR writes ${listed(others)} too.`)
  return Effect.andThen(Screen.print(main.text), rest)
}

const listed = (files: ReadonlyArray<GeneratedFile>): string =>
  files.length > 3 ? `${files.length} more files` : files.map(({ path }) => path).join(", ")

/** @category commands @since 0.1.0 */
export const alerts = Command.make("alerts", { ...flags, receivers: Flags.receivers }, (given) =>
  run("alerts", given, {}, given.receivers)
).pipe(
  Command.withDescription(
    "Prometheus recording and alert rules with their promtool tests, and Alertmanager routes and inhibitions. Several providers get a folder each, and one alertmanager.yml. Who is told stands in a file (--receivers), or between the marks of alertmanager.yml, where it is kept."
  ),
  Command.withShortDescription("Prometheus rules, their tests, and Alertmanager routes"),
  Command.withExamples([
    { command: "surety alerts src/Payments.ts --out ops", description: "Write rules, tests and routes into ops" },
    {
      command: "surety alerts src/Payments.ts --profile otlp --out ops",
      description: "For metrics that come over OTLP"
    },
    {
      command: "surety alerts src/Payments.ts src/Github.ts --receivers receivers.yml --out ops",
      description: "Two providers behind one Alertmanager, and who is told"
    },
    {
      command: "surety alerts src/Payments.ts | promtool check rules /dev/stdin",
      description: "Only look at the rules"
    }
  ])
)

/** @category commands @since 0.1.0 */
export const dashboards = Command.make("dashboards", flags, (given) => run("dashboards", given)).pipe(
  Command.withDescription("A Grafana dashboard as JSON, with every query spelled for the export profile."),
  Command.withShortDescription("A Grafana dashboard"),
  Command.withExamples([
    { command: "surety dashboards src/Payments.ts --out ops", description: "Write dashboard.json" }
  ])
)

/** @category commands @since 0.1.0 */
export const runbooks = Command.make("runbooks", { ...flags, ...Flags.people }, (given) =>
  run("runbooks", given, { people: Flags.peopleOf(given) })
).pipe(
  Command.withDescription(
    "A page for each alert, named after it. What people wrote between the marks of a page that is there stays."
  ),
  Command.withShortDescription("A page for each alert, that keeps people's notes"),
  Command.withExamples([
    { command: "surety runbooks src/Payments.ts --out ops", description: "Write ops/runbooks/<alert>.md" },
    {
      command: "surety runbooks src/Payments.ts --out ops --status-page https://status.payments.example",
      description: "With what no contract knows"
    }
  ])
)

/** @category commands @since 0.1.0 */
export const dossier = Command.make("dossier", { ...flags, asOf: Flags.asOf, rotated: Flags.rotated }, (given) =>
  run("dossier", given, { asOf: Option.getOrUndefined(given.asOf), rotated: given.rotated })
).pipe(
  Command.withDescription(
    "The document of a provider, as Markdown and as one HTML page: architecture and failure modes; timeouts, retries and limits; security and secrets; signals, objective and runbooks."
  ),
  Command.withShortDescription("The document of a provider, Markdown and HTML"),
  Command.withExamples([
    { command: "surety dossier src/Payments.ts | less" },
    { command: "surety dossier src/Payments.ts --out ops", description: "Write dossier.md and dossier.html" }
  ])
)

/** @category commands @since 0.1.0 */
export const catalog = Command.make("catalog", { ...flags, ...Flags.people, ...Flags.place }, (given) =>
  run("catalog", given, { people: Flags.peopleOf(given), place: Flags.placeOf(given) })
).pipe(
  Command.withDescription(
    "A provider as an entity of a Backstage catalog (kind: API), with links to what operates it."
  ),
  Command.withShortDescription("A Backstage entity"),
  Command.withExamples([
    { command: "surety catalog src/Payments.ts --out ops --system shop", description: "Write catalog-info.yaml" }
  ])
)
