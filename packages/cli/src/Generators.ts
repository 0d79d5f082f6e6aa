/**
 * The files that each command generates from a contract.
 *
 * Neighbours: `@surety/ops` generates the text; it is loaded when a command needs it, so that `explain` starts at once.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { DossierOptions } from "@surety/ops/Dossier"
import type * as Ops from "@surety/ops/Options"
import type { RunbookOptions } from "@surety/ops/Runbook"
import * as Effect from "effect/Effect"
import type * as Contract from "surety/Contract"
import type * as Calendar from "./Calendar.ts"
import type { GeneratedFile } from "./GeneratedFile.ts"

/**
 * What can be generated, by the name of its command.
 *
 * @category models
 * @since 0.1.0
 */
export type Kind = "alerts" | "runbooks" | "dossier"

/**
 * @category constants
 * @since 0.1.0
 */
export const kinds: ReadonlyArray<Kind> = ["alerts", "runbooks", "dossier"]

/**
 * **Details**   `asOf` and `rotated` are for the dossier; `support`, `statusPage` and `sla` for people who are awake at night.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Ops.Options {
  readonly asOf?: Calendar.Day | undefined
  readonly rotated?: Readonly<Record<string, Calendar.Day>>
  readonly people?: Pick<RunbookOptions, "support" | "statusPage" | "sla">
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

const nothingElse = (): boolean => false

const makers: Readonly<Record<Kind, (contract: Contract.Any, options: Options) => Promise<Made>>> = {
  alerts: async (contract, options) => {
    const Ops = await import("@surety/ops/Ops")
    return { files: filesOf(Ops.files(contract, opsOptions(options))), owns: nothingElse }
  },
  runbooks: async (contract, options) => {
    const [Runbook, Notes] = await Promise.all([import("@surety/ops/Runbook"), import("@surety/ops/RunbookNotes")])
    return {
      files: Runbook.make(contract, { ...opsOptions(options), ...options.people }).map((page) => ({
        path: `runbooks/${page.file}`,
        text: Runbook.toMarkdown(page),
        withNotes: (existing: string) => Runbook.merge(existing, page)
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
  }
}

const filesOf = (texts: Readonly<Record<string, string>>): ReadonlyArray<GeneratedFile> =>
  Object.entries(texts).map(([path, text]) => ({ path, text }))

const opsOptions = ({ asOf: _, people: __, rotated: ___, ...options }: Options): Ops.Options => options

const dossierOptions = (
  { credentials }: Contract.Any,
  { asOf, people: _, rotated, ...options }: Options
): DossierOptions => {
  const rotatedOn = credentials._tag === "Credential" ? rotated?.[credentials.name] : undefined
  return {
    ...options,
    ...(asOf === undefined ? {} : { asOf }),
    ...(rotatedOn === undefined ? {} : { rotatedOn })
  }
}
