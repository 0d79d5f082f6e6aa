/**
 * What commands print under `--json`.
 *
 * Neighbours: `explain --json` prints what `surety/Explanation` describes: the whole, one operation, or one failure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const Day = Schema.String.check(Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/))

const FindingSchema = Schema.Struct({
  provider: Schema.String,
  field: Schema.String,
  rule: Schema.Literals([
    "types",
    "module",
    "definition",
    "law",
    "cardinality",
    "review-due",
    "rotation-due",
    "expiry-due",
    "sunset-due",
    "generated",
    "drift-missing",
    "drift-changed",
    "drift-left-over",
    "drift-hash",
    "drift-flags",
    "receiver-empty",
    "receiver-secret"
  ]),
  law: Schema.optionalKey(Schema.String),
  message: Schema.String
})

/**
 * `surety check --json`.
 *
 * **Details**   `ok`: nothing was found. `types`: whether the compiler looked at the module; a note says why not.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CheckReport = Schema.Struct({
  ok: Schema.Boolean,
  types: Schema.Literals(["checked", "not-checked"]),
  today: Day,
  withinDays: Schema.Int,
  providers: Schema.Array(
    Schema.Struct({
      provider: Schema.String,
      series: Schema.Struct({ histograms: Schema.Int, atMost: Schema.Int })
    })
  ),
  calendar: Schema.Array(
    Schema.Struct({
      provider: Schema.String,
      field: Schema.String,
      on: Day,
      days: Schema.Int,
      due: Schema.Literals(["passed", "soon", "later"])
    })
  ),
  findings: Schema.Array(FindingSchema),
  notes: Schema.Array(
    Schema.Struct({ rule: Schema.Literals(["types-not-checked", "rotation-not-watched"]), message: Schema.String })
  )
})

/**
 * @category models
 * @since 0.1.0
 */
export type CheckReport = typeof CheckReport.Type

/**
 * `surety alerts --json`, and the other generators, without `--out`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FilesReport = Schema.Struct({
  providers: Schema.Array(Schema.String),
  files: Schema.Array(Schema.Struct({ path: Schema.String, text: Schema.String }))
})

/**
 * `surety alerts --json --out …`, and the other generators.
 *
 * **Details**   `warnings`: what people have to fill in before it works.
 *
 * @category schemas
 * @since 0.1.0
 */
export const WrittenReport = Schema.Struct({
  providers: Schema.Array(Schema.String),
  out: Schema.String,
  mode: Schema.Literals(["write", "dry-run"]),
  files: Schema.Array(
    Schema.Struct({ path: Schema.String, status: Schema.Literals(["created", "changed", "unchanged"]) })
  ),
  warnings: Schema.Array(Schema.String)
})

/**
 * What any command prints under `--json` when it could not do its work.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ErrorReport = Schema.Struct({
  error: Schema.Struct({ code: Schema.String, message: Schema.String, hint: Schema.String })
})

const Described = { name: Schema.String, description: Schema.String }

/**
 * `surety --help --json`, of any command, and `surety --json` alone.
 *
 * @category schemas
 * @since 0.1.0
 */
export const HelpReport = Schema.Struct({
  command: Schema.String,
  usage: Schema.String,
  description: Schema.String,
  arguments: Schema.Array(
    Schema.Struct({ ...Described, type: Schema.String, required: Schema.Boolean, variadic: Schema.Boolean })
  ),
  flags: Schema.Array(
    Schema.Struct({
      ...Described,
      type: Schema.String,
      required: Schema.Boolean,
      aliases: Schema.Array(Schema.String)
    })
  ),
  commands: Schema.Array(Schema.Struct(Described)),
  examples: Schema.Array(Schema.Struct({ command: Schema.String, description: Schema.String }))
})

/**
 * @category models
 * @since 0.1.0
 */
export type HelpReport = typeof HelpReport.Type

/**
 * `surety --version --json`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const VersionReport = Schema.Struct({ name: Schema.String, version: Schema.String })
