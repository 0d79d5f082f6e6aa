/**
 * The files that each command generates from a contract.
 *
 * Neighbours: `@surety/ops` generates the text; it is loaded when a command needs it, so that `explain` starts at once.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { CatalogOptions } from "@surety/ops/Catalog"
import type { DossierOptions } from "@surety/ops/Dossier"
import type { RoutingOptions } from "@surety/ops/Ops"
import type * as Ops from "@surety/ops/Options"
import type { Receivers } from "@surety/ops/Receivers"
import type { RunbookOptions } from "@surety/ops/Runbook"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Contract from "surety/Contract"
import type * as Calendar from "./Calendar.ts"
import type { AtRisk, GeneratedFile, Wrong } from "./GeneratedFile.ts"

/**
 * What can be generated, by the name of its command.
 *
 * @category models
 * @since 0.1.0
 */
export type Kind = "alerts" | "dashboards" | "runbooks" | "dossier" | "catalog"

/**
 * @category constants
 * @since 0.1.0
 */
export const kinds: ReadonlyArray<Kind> = ["alerts", "dashboards", "runbooks", "dossier", "catalog"]

/**
 * **Details**   `asOf` and `rotated` are for the dossier; `people` for who is awake at night, `place` for the catalog,
 * `receivers` for the alerts. `command`: what generates them again.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Ops.Options {
  readonly asOf?: Calendar.Day | undefined
  readonly rotated?: Readonly<Record<string, Calendar.Day>>
  readonly people?: Pick<RunbookOptions, "support" | "statusPage" | "sla">
  readonly place?: Pick<CatalogOptions, "lifecycle" | "system" | "dossierUrl">
  readonly receivers?: Receivers | undefined
  readonly command?: string
}

/**
 * **Details**   The first file is the main one. `owns`: whether a file that is there, and not among these, was generated once.
 *
 * @category models
 * @since 0.1.0
 */
export interface Made {
  readonly files: ReadonlyArray<GeneratedFile>
  readonly owns: (path: string, text: string) => boolean
}

/**
 * Generates the files of one kind.
 *
 * **Details**   Those of one provider are in the folder itself; of several each has a folder of its own (`folderOf`), and one
 * `alertmanager.yml` beside them is for all.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (kind: Kind, contracts: ReadonlyArray<Contract.Any>, options: Options): Effect.Effect<Made> =>
  Effect.promise(async () => {
    const made = await Promise.all(contracts.map((contract) => makers[kind](contract, options)))
    const shared = kind === "alerts" ? await routes(contracts, options) : []
    if (contracts.length === 1)
      return { files: [...made.flatMap(({ files }) => files), ...shared], owns: made[0]?.owns ?? nothingElse }
    const folders = await Promise.all(contracts.map(folderOf))
    return {
      files: [
        ...made.flatMap(({ files }, at) => files.map((file) => ({ ...file, path: `${folders[at]}/${file.path}` }))),
        ...shared
      ],
      owns: (path, text) =>
        // of before there were several
        (kind === "alerts" && ruleFiles.has(path) && text.includes("# Generated from the contract ")) ||
        made.some(({ owns }, at) => path.startsWith(`${folders[at]}/`) && owns(path, text))
    }
  })

const ruleFiles: ReadonlySet<string> = new Set(["rules.yml", "rules_test.yml", "rules_slow_test.yml"])

/**
 * The folder of a provider where there are several.
 *
 * @category getters
 * @since 0.1.0
 */
export const folderOf = async ({ id }: Contract.Any): Promise<string> => (await import("@surety/ops/Options")).slug(id)

const rescue = {
  edited: "Move what was written between the two marks of the notes, or delete the file, and run it again.",
  missing: "Put both marks around the notes, each on a line of its own, and run it again.",
  repeated: "Keep one mark of each kind around the notes, and run it again.",
  reversed: "Put the mark where notes begin above the one where they end, and run it again."
} as const

const rescueRoutes = {
  marks: "Put both marks around what is yours, each once and on a line of its own, and run it again.",
  unmarked:
    "Move what was written to a file for --receivers; or remove alertmanager.yml, run it again, and put it between the marks.",
  syntax: "Mend what stands between the marks: amtool check-config says where.",
  receivers: "Write receivers one below the other between the marks, or in the file of --receivers, and not in both."
} as const

const nothingElse = (): boolean => false

/** The one file for all providers. */
const routes = async (
  contracts: ReadonlyArray<Contract.Any>,
  options: Options
): Promise<ReadonlyArray<GeneratedFile>> => {
  const [Ops, File] = await Promise.all([import("@surety/ops/Ops"), import("@surety/ops/AlertManagerFile")])
  const text = Ops.alertmanager(contracts, routingOptions(options))
  const where = options.receivers === undefined ? "between the marks of alertmanager.yml" : "in the file of --receivers"
  return [
    {
      path: "alertmanager.yml",
      text,
      provider: contracts[0]?.id ?? "",
      withNotes: (existing) =>
        Result.mapError(File.merge(existing, text), ({ detail, rule }): AtRisk => ({
          message: detail,
          hint: rescueRoutes[rule]
        })),
      wrong: (written): ReadonlyArray<Wrong> => [
        ...File.lacking(written).map((name) => ({
          rule: "receiver-empty" as const,
          message: `the receiver '${name}' tells nobody: write its integrations ${where}`
        })),
        ...File.secrets(written).map(({ field, instead }) => ({
          rule: "receiver-secret" as const,
          message: `a secret stands in ${field}: write ${instead}, and make a new secret if this one was committed`
        }))
      ]
    }
  ]
}

const makers: Readonly<Record<Kind, (contract: Contract.Any, options: Options) => Promise<Made>>> = {
  alerts: async (contract, options) => {
    const Ops = await import("@surety/ops/Ops")
    const texts = Ops.ruleFiles(contract, routingOptions(options))
    const files = Object.entries(texts).map(([path, text]) => ({ path, text, provider: contract.id }))
    return { files, owns: nothingElse }
  },
  dashboards: async (contract, options) => {
    const Dashboard = await import("@surety/ops/Dashboard")
    return {
      files: [{ path: "dashboard.json", text: Dashboard.toJson(contract, opsOptions(options)), provider: contract.id }],
      owns: nothingElse
    }
  },
  runbooks: async (contract, options) => {
    const [Runbook, Notes] = await Promise.all([import("@surety/ops/Runbook"), import("@surety/ops/RunbookNotes")])
    return {
      files: Runbook.make(contract, { ...opsOptions(options), ...options.people }).map((page) => ({
        path: `runbooks/${page.file}`,
        text: Runbook.toMarkdown(page),
        provider: contract.id,
        withNotes: (existing: string) =>
          Result.mapError(Runbook.merge(existing, page), ({ detail, rule }) => ({
            message: detail,
            hint: rescue[rule]
          }))
      })),
      owns: (path, text) => path.endsWith(".md") && text.includes(Notes.begin)
    }
  },
  dossier: async (contract, options) => {
    const Dossier = await import("@surety/ops/Dossier")
    const given = dossierOptions(contract, options)
    return {
      files: [
        { path: "dossier.md", text: Dossier.toMarkdown(contract, given), provider: contract.id },
        { path: "dossier.html", text: Dossier.toHtml(contract, given), provider: contract.id }
      ],
      owns: nothingElse
    }
  },
  catalog: async (contract, options) => {
    const Catalog = await import("@surety/ops/Catalog")
    const { sla: _, ...people } = options.people ?? {}
    const given = { ...opsOptions(options), ...people, ...options.place, ...commandOf(options) }
    return {
      files: [{ path: "catalog-info.yaml", text: Catalog.toYaml(contract, given), provider: contract.id }],
      owns: nothingElse
    }
  }
}

/**
 * What the generated files themselves are wrong about, one sentence for each.
 *
 * @category rules
 * @since 0.1.0
 */
export const lint = (contract: Contract.Any, options: Options): Effect.Effect<ReadonlyArray<string>> =>
  Effect.promise(async () => {
    const Lint = await import("@surety/ops/Lint")
    return Lint.check(Lint.subjectOf(contract, opsOptions(options)))
  })

const opsOptions = ({
  asOf: _,
  command: __,
  people: ___,
  place: ____,
  receivers: _____,
  rotated: ______,
  ...options
}: Options): Ops.Options => options

const commandOf = ({ command }: Options): { readonly command?: string } =>
  command === undefined ? {} : { command: `${command} --out DIR` }

const routingOptions = (options: Options): RoutingOptions => ({
  ...opsOptions(options),
  ...commandOf(options),
  ...(options.receivers === undefined ? {} : { receivers: options.receivers })
})

const dossierOptions = ({ credentials }: Contract.Any, given: Options): DossierOptions => {
  const { asOf, rotated } = given
  const rotatedOn = credentials._tag === "Credential" ? rotated?.[credentials.name] : undefined
  return {
    ...opsOptions(given),
    ...(asOf === undefined ? {} : { asOf }),
    ...(rotatedOn === undefined ? {} : { rotatedOn })
  }
}
