/**
 * What can be said on the command line, once for all commands.
 *
 * Neighbours: `Program` puts commands together, `commands/…` read these.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type * as Ops from "@surety/ops/Options"
import * as Calendar from "./Calendar.ts"
import * as PathText from "./PathText.ts"

/**
 * @category arguments
 * @since 0.1.0
 */
export const module = PathText.argument("module", "file").pipe(
  Argument.withDescription("The module that exports the provider: src/Payments.ts, or an installed package")
)

/**
 * @category arguments
 * @since 0.1.0
 */
export const modules = PathText.argument("module", "file").pipe(
  Argument.withDescription(
    "The module that exports the provider: src/Payments.ts, or an installed package; or several"
  ),
  Argument.variadic({ min: 1 })
)

/**
 * @category flags
 * @since 0.1.0
 */
export const receivers = PathText.flag("receivers", "file").pipe(
  Flag.withDescription("A YAML or JSON file that says who is told: from 'team page' to its Alertmanager integrations"),
  Flag.withMetavar("file"),
  Flag.optional
)

/**
 * @category flags
 * @since 0.1.0
 */
export const provider = Flag.String("provider").pipe(
  Flag.withDescription("Which provider of the module, by its id or its export (default: all)"),
  Flag.optional
)

/** @category flags @since 0.1.0 */
export const Json = GlobalFlag.Setting("json")({
  flag: Flag.Boolean("json").pipe(
    Flag.withDescription("Print the answer as JSON on standard output, errors too"),
    Flag.withDefault(false),
    Flag.withoutNegation
  )
})

/** @category flags @since 0.1.0 */
export const Timeout = GlobalFlag.Setting("timeout")({
  flag: Flag.String("timeout").pipe(
    Flag.withDescription("How long the module may take to load (default: 20 seconds)"),
    Flag.withMetavar("duration"),
    Flag.withDefault("20 seconds"),
    Flag.mapTryCatch(duration, messageOf)
  )
})

/**
 * @category flags
 * @since 0.1.0
 */
export const out = PathText.flag("out", "directory").pipe(
  Flag.withAlias("o"),
  Flag.withDescription("The folder to write into; without it the main file goes to standard output"),
  Flag.withMetavar("folder"),
  Flag.optional
)

/**
 * The same folder, for a command that writes nothing.
 *
 * @category flags
 * @since 0.1.0
 */
export const written = PathText.flag("out", "directory").pipe(
  Flag.withAlias("o"),
  Flag.withDescription("The folder with the generated files, to compare them; without it no file is looked at"),
  Flag.withMetavar("folder"),
  Flag.optional
)

/**
 * @category flags
 * @since 0.1.0
 */
export const dryRun = Flag.Boolean("dry-run").pipe(
  Flag.withDescription("Say what would be written to --out, and write nothing"),
  Flag.withDefault(false),
  Flag.withoutNegation
)

/**
 * A day: `YYYY-MM-DD`.
 *
 * @category flags
 * @since 0.1.0
 */
export const today = Flag.String("today").pipe(
  Flag.withDescription("The day to check for (default: today, UTC)"),
  Flag.withMetavar("YYYY-MM-DD"),
  Flag.mapTryCatch(day, messageOf),
  Flag.optional
)

/**
 * @category flags
 * @since 0.1.0
 */
export const within = Flag.String("within").pipe(
  Flag.withDescription("How long before a day it is a finding (default: 30 days)"),
  Flag.withMetavar("duration"),
  Flag.withDefault("30 days"),
  Flag.mapTryCatch((text) => Math.floor(Duration.toDays(duration(text))), messageOf)
)

/**
 * Days by name: `--rotated bearer=2026-09-01`.
 *
 * @category flags
 * @since 0.1.0
 */
export const days = (name: string, description: string): Flag.Flag<Readonly<Record<string, Calendar.Day>>> =>
  pairs(name, `${description}; may be repeated`, "name=YYYY-MM-DD", day)

/**
 * @category flags
 * @since 0.1.0
 */
export const rotated = days("rotated", "When a credential was last rotated, by its name")

/**
 * @category flags
 * @since 0.1.0
 */
export const asOf = Flag.String("as-of").pipe(
  Flag.withDescription("A day to print in the dossier, which then differs from day to day (default: none)"),
  Flag.withMetavar("YYYY-MM-DD"),
  Flag.mapTryCatch(day, messageOf),
  Flag.optional
)

/**
 * What generators are told.
 *
 * @category flags
 * @since 0.1.0
 */
export const generator = {
  profile: Flag.Literals("profile", ["effect", "otel-sdk", "otlp"]).pipe(
    Flag.withDescription("How metrics reach Prometheus, and so how they are spelled (default: effect)"),
    Flag.withDefault("effect")
  ),
  credential: Flag.Literals("credential", ["managed", "fixed"]).pipe(
    Flag.withDescription(
      "fixed: a key without a Lifecycle, of which nothing is exported or alerted (default: managed)"
    ),
    Flag.withDefault("managed")
  ),
  runbookBaseUrl: url(
    "runbook-base-url",
    "Where pages are served, as <url>/<provider>/<alert>/ (default: every alert leads to the contract's one runbook)"
  ),
  dashboardBaseUrl: url("dashboard-base-url", "Where dashboards are: https://grafana.example/d"),
  environment: Flag.String("environment").pipe(
    Flag.withDescription("A label on everything generated: production"),
    Flag.optional
  ),
  selector: pairs(
    "selector",
    "A label of your targets, in every query; may be repeated",
    "label=value",
    (text, name) => {
      if (!isTargetLabel(name)) throw new RangeError(`a label of your targets, such as namespace=prod, got '${name}'`)
      return text
    }
  ),
  expectedCallsPerHour: Flag.Finite("expected-calls-per-hour").pipe(
    Flag.withDescription("Traffic of the provider; where it is low, fewer failures alert"),
    Flag.filter(
      (calls) => calls > 0,
      () => "a number above 0"
    ),
    Flag.optional
  ),
  queues: pairs(
    "queue",
    "A queue of yours and how old its oldest item may be; may be repeated",
    "name=duration",
    (text) => ({
      maxAge: duration(text)
    })
  )
}

/**
 * What no contract can know and somebody needs at night.
 *
 * @category flags
 * @since 0.1.0
 */
export const people = {
  support: Flag.String("support").pipe(
    Flag.withDescription("Where the provider's people are reached: an address or a sentence"),
    Flag.optional
  ),
  statusPage: url("status-page", "Where the provider says how it is"),
  sla: Flag.String("sla").pipe(
    Flag.withDescription("What the provider promised: an address or a sentence"),
    Flag.optional
  )
}

/**
 * @category conversions
 * @since 0.1.0
 */
export const peopleOf = (
  given: Readonly<Record<"support" | "statusPage" | "sla", Option.Option<string>>>
): Readonly<Partial<Record<"support" | "statusPage" | "sla", string>>> => ({
  ...optional("support", given.support),
  ...optional("statusPage", given.statusPage),
  ...optional("sla", given.sla)
})

/**
 * Where a provider stands in a catalog.
 *
 * @category flags
 * @since 0.1.0
 */
export const place = {
  lifecycle: Flag.String("lifecycle").pipe(
    Flag.withDescription("The lifecycle in the catalog (default: production)"),
    Flag.optional
  ),
  system: Flag.String("system").pipe(Flag.withDescription("The system in the catalog"), Flag.optional),
  dossierUrl: url("dossier-url", "Where the dossier is served")
}

/**
 * @category conversions
 * @since 0.1.0
 */
export const placeOf = (
  given: Readonly<Record<"lifecycle" | "system" | "dossierUrl", Option.Option<string>>>
): Readonly<Partial<Record<"lifecycle" | "system" | "dossierUrl", string>>> => ({
  ...optional("lifecycle", given.lifecycle),
  ...optional("system", given.system),
  ...optional("dossierUrl", given.dossierUrl)
})

/**
 * @category models
 * @since 0.1.0
 */
export type Generator = {
  readonly profile: "effect" | "otel-sdk" | "otlp"
  readonly credential: "managed" | "fixed"
  readonly runbookBaseUrl: Option.Option<string>
  readonly dashboardBaseUrl: Option.Option<string>
  readonly environment: Option.Option<string>
  readonly selector: Readonly<Record<string, string>>
  readonly expectedCallsPerHour: Option.Option<number>
  readonly queues: Readonly<Record<string, Ops.Queue>>
}

/**
 * @category conversions
 * @since 0.1.0
 */
export const optionsOf = (given: Generator): Ops.Options => ({
  profile: given.profile,
  ...(given.credential === "fixed" ? { credential: "fixed" } : {}),
  ...optional("runbookBaseUrl", given.runbookBaseUrl),
  ...optional("dashboardBaseUrl", given.dashboardBaseUrl),
  ...optional("environment", given.environment),
  ...optional("expectedCallsPerHour", given.expectedCallsPerHour),
  ...(Object.keys(given.selector).length === 0 ? {} : { selector: given.selector }),
  ...(Object.keys(given.queues).length === 0 ? {} : { queues: given.queues })
})

const optional = <const K extends string, A>(key: K, value: Option.Option<A>): { readonly [P in K]?: A } =>
  // one key with its value, or none
  (Option.isSome(value) ? { [key]: value.value } : {}) as { readonly [P in K]?: A }

function url(name: string, description: string): Flag.Flag<Option.Option<string>> {
  return Flag.String(name).pipe(
    Flag.withDescription(description),
    Flag.withMetavar("url"),
    Flag.filter(
      (text) => /^https?:\/\/[^\s/]+/.test(text),
      (text) => `an http or https address, got '${text}'`
    ),
    Flag.optional
  )
}

/** `Flag.KeyValuePair` wants at least one, and keeps all in one value. */
function pairs<A>(
  name: string,
  description: string,
  metavar: string,
  read: (text: string, name: string) => A
): Flag.Flag<Readonly<Record<string, A>>> {
  return Flag.String(name).pipe(
    Flag.withDescription(description),
    Flag.withMetavar(metavar),
    Flag.atLeast(0),
    Flag.mapTryCatch(
      (all) =>
        Object.fromEntries(
          all.map((pair) => {
            const at = pair.indexOf("=")
            if (at < 1) throw new RangeError(`${metavar}, got '${pair}'`)
            const name = pair.slice(0, at)
            return [name, read(pair.slice(at + 1), name)] as const
          })
        ),
      messageOf
    )
  )
}

/** What Prometheus takes as the name of a label, but for those that it or a query of ours fills in. */
function isTargetLabel(name: string): boolean {
  return /^[a-zA-Z_]\w*$/.test(name) && !/^(__|integration_)/.test(name) && name !== "le"
}

function duration(text: string): Duration.Duration {
  const words = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d|w)$/.exec(text.trim())
  const unit = { ms: "millis", s: "seconds", m: "minutes", min: "minutes", h: "hours", d: "days", w: "weeks" }
  const long = words === null ? text.trim() : `${words[1]} ${unit[words[2] as keyof typeof unit]}`
  const read = Duration.fromInput(long as Duration.Input)
  if (Option.isNone(read) || !Duration.isFinite(read.value)) {
    throw new RangeError(`a duration such as '30 days' or '90s', got '${text}'`)
  }
  return read.value
}

function day(text: string): Calendar.Day {
  const read = Calendar.parse(text)
  if (read === undefined) throw new RangeError(`a day (YYYY-MM-DD), got '${text}'`)
  return read
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
