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
import type * as Ops from "@surety/ops/Options"
import type { RunbookOptions } from "@surety/ops/Runbook"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Contract from "surety/Contract"
import type * as Calendar from "./Calendar.ts"
import type { GeneratedFile } from "./GeneratedFile.ts"

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
 * **Details**   `asOf` and `rotated` are for the dossier; `people` for who is awake at night, `place` for the catalog.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Ops.Options {
  readonly asOf?: Calendar.Day | undefined
  readonly rotated?: Readonly<Record<string, Calendar.Day>>
  readonly people?: Pick<RunbookOptions, "support" | "statusPage" | "sla">
  readonly place?: Pick<CatalogOptions, "lifecycle" | "system" | "dossierUrl">
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
 * @category constructors
 * @since 0.1.0
 */
export const make = (kind: Kind, contract: Contract.Any, options: Options): Effect.Effect<Made> =>
  Effect.promise(() => makers[kind](contract, options))

const rescue = {
  edited: "Move what was written between the two marks of the notes, or delete the file, and run it again.",
  missing: "Put both marks around the notes, each on a line of its own, and run it again.",
  repeated: "Keep one mark of each kind around the notes, and run it again.",
  reversed: "Put the mark where notes begin above the one where they end, and run it again."
} as const

const nothingElse = (): boolean => false

const makers: Readonly<Record<Kind, (contract: Contract.Any, options: Options) => Promise<Made>>> = {
  alerts: async (contract, options) => {
    const Ops = await import("@surety/ops/Ops")
    return { files: filesOf(Ops.files(contract, opsOptions(options))), owns: nothingElse }
  },
  dashboards: async (contract, options) => {
    const Dashboard = await import("@surety/ops/Dashboard")
    return {
      files: [{ path: "dashboard.json", text: Dashboard.toJson(contract, opsOptions(options)) }],
      owns: nothingElse
    }
  },
  runbooks: async (contract, options) => {
    const [Runbook, Notes] = await Promise.all([import("@surety/ops/Runbook"), import("@surety/ops/RunbookNotes")])
    return {
      files: Runbook.make(contract, { ...opsOptions(options), ...options.people }).map((page) => ({
        path: `runbooks/${page.file}`,
        text: Runbook.toMarkdown(page),
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
        { path: "dossier.md", text: Dossier.toMarkdown(contract, given) },
        { path: "dossier.html", text: Dossier.toHtml(contract, given) }
      ],
      owns: nothingElse
    }
  },
  catalog: async (contract, options) => {
    const Catalog = await import("@surety/ops/Catalog")
    const { sla: _, ...people } = options.people ?? {}
    const given = { ...opsOptions(options), ...people, ...options.place }
    return { files: [{ path: "catalog-info.yaml", text: Catalog.toYaml(contract, given) }], owns: nothingElse }
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

const filesOf = (texts: Readonly<Record<string, string>>): ReadonlyArray<GeneratedFile> =>
  Object.entries(texts).map(([path, text]) => ({ path, text }))

const opsOptions = ({ asOf: _, people: __, place: ___, rotated: ____, ...options }: Options): Ops.Options => options

const dossierOptions = (
  { credentials }: Contract.Any,
  { asOf, people: _, place: __, rotated, ...options }: Options
): DossierOptions => {
  const rotatedOn = credentials._tag === "Credential" ? rotated?.[credentials.name] : undefined
  return {
    ...options,
    ...(asOf === undefined ? {} : { asOf }),
    ...(rotatedOn === undefined ? {} : { rotatedOn })
  }
}
