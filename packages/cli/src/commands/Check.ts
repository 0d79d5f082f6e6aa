/**
 * `surety check`: everything about a contract that can be wrong before a call is made, for a pipeline.
 *
 * Neighbours: `ContractCheck` and `Drift` find, this prints and decides.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Calendar from "../Calendar.ts"
import { CheckFailed } from "../CheckFailed.ts"
import { CommandError } from "../CommandError.ts"
import * as ContractCheck from "../ContractCheck.ts"
import * as Drift from "../Drift.ts"
import * as Finding from "../Finding.ts"
import * as Flags from "../Flags.ts"
import * as Generators from "../Generators.ts"
import type { Found } from "../Providers.ts"
import type { CheckReport } from "../Report.ts"
import * as Screen from "../Screen.ts"
import * as Source from "../Source.ts"

/** @category commands @since 0.1.0 */
export const command = Command.make(
  "check",
  {
    module: Flags.module,
    provider: Flags.provider,
    out: Flags.out,
    today: Flags.today,
    within: Flags.within,
    rotated: Flags.rotated,
    sunsets: Flags.days("sunset", "When the provider ends an operation, by its name"),
    asOf: Flags.asOf,
    ...Flags.generator,
    ...Flags.people,
    ...Flags.place
  },
  Effect.fnUntraced(function* (given) {
    const now = yield* Clock.currentTimeMillis
    const today = Option.getOrElse(given.today, () => Calendar.dayOf(now))
    const dated = { today, withinDays: given.within, rotated: given.rotated, sunsets: given.sunsets }
    const loaded = yield* Effect.result(Source.all(given.module, given.provider))
    if (loaded._tag === "Failure") {
      if (loaded.failure.code !== "contract-broken") return yield* loaded.failure
      const refused = [Finding.fromRefusal(loaded.failure.message)]
      return yield* report({
        ok: false,
        today,
        withinDays: given.within,
        providers: [],
        calendar: [],
        findings: refused
      })
    }
    const found = loaded.success
    yield* checkNames(found, dated)
    const checked = found.map(({ contract }) => ({ provider: contract.id, ...ContractCheck.run(contract, dated) }))
    const drift = Option.isNone(given.out)
      ? []
      : yield* driftOf(found, given.module, given.out.value, {
          ...Flags.optionsOf(given),
          asOf: Option.getOrUndefined(given.asOf),
          rotated: given.rotated,
          people: Flags.peopleOf(given),
          place: Flags.placeOf(given)
        })
    const generated = yield* Effect.forEach(found, ({ contract }) =>
      Effect.map(Generators.lint(contract, Flags.optionsOf(given)), (sentences) =>
        sentences.map((message): Finding.Finding => ({
          provider: contract.id,
          field: "alerts",
          rule: "generated",
          message
        }))
      )
    )
    const findings = [...checked.flatMap((one) => one.findings), ...generated.flat(), ...drift]
    return yield* report({
      ok: findings.length === 0,
      today,
      withinDays: given.within,
      providers: checked.map(({ provider, series }) => ({ provider, series })),
      calendar: checked.flatMap(({ calendar }) => calendar),
      findings
    })
  })
).pipe(
  Command.withDescription(
    "Checks a contract: its definition, its number of series, the days it names, and, with --out, that generated files are what it generates now. Ends with 0 when all is fine, 1 when something was found, 2 when it could not check."
  ),
  Command.withShortDescription("What is wrong or will soon be, for a pipeline"),
  Command.withExamples([
    { command: "surety check src/Payments.ts" },
    { command: "surety check src/Payments.ts --out ops --within '45 days'", description: "With the files in ops" },
    { command: "surety check src/Payments.ts --rotated bearer=2026-09-01", description: "And the next rotation" }
  ])
)

const driftOf = (found: ReadonlyArray<Found>, module: string, folder: string, options: Generators.Options) =>
  Effect.gen(function* () {
    const [first, ...others] = found
    if (first === undefined) return []
    if (others.length > 0) {
      return yield* new CommandError({
        code: "which-provider",
        message: `${module} exports ${found.length} providers, and --out holds the files of one`,
        hint: `Check one at a time: --provider ${first.contract.id}`
      })
    }
    const { contract } = first
    const made = yield* Effect.forEach(Generators.kinds, (kind) =>
      Effect.map(Generators.make(kind, contract, options), (one) => [kind, one] as const)
    )
    return yield* Drift.find(contract.id, folder, made)
  }).pipe(
    Effect.catchTag("PlatformError", (error) =>
      Effect.fail(
        new CommandError({
          code: "out-not-readable",
          message: `cannot read ${folder}: ${error.reason._tag}`,
          hint: "Look at its owner and permissions: ls -ld."
        })
      )
    )
  )

/** A name with a slip of the pen would be checked by nobody. */
const checkNames = (
  found: ReadonlyArray<Found>,
  { rotated, sunsets }: ContractCheck.Options
): Effect.Effect<void, CommandError> => {
  const names = new Set(
    found.flatMap(({ contract }) => (contract.credentials._tag === "Credential" ? [contract.credentials.name] : []))
  )
  const operations = new Set(found.flatMap(({ contract }) => Object.keys(contract.operations)))
  const [wrong] = [
    ...Object.keys(rotated).flatMap((name) => (names.has(name) ? [] : [["--rotated", name, names] as const])),
    ...Object.keys(sunsets).flatMap((name) => (operations.has(name) ? [] : [["--sunset", name, operations] as const]))
  ]
  if (wrong === undefined) return Effect.void
  const [flag, name, known] = wrong
  return Effect.fail(
    new CommandError({
      code: "wrong-use",
      message: `${flag} ${name}: no provider of the module has that`,
      hint: `It has ${[...known].join(", ") || "none"}.`
    })
  )
}

const report = (of: CheckReport) =>
  Effect.gen(function* () {
    if (yield* Flags.Json) yield* Screen.printJson(of)
    else yield* Screen.print([...of.findings.map(Finding.toText), ...fine(of)].join("\n"))
    if (of.findings.length > 0) return yield* new CheckFailed({ findings: of.findings.length })
  })

const fine = ({ calendar, findings, providers }: CheckReport): ReadonlyArray<string> =>
  providers
    .filter(({ provider }) => findings.every((one) => one.provider !== provider))
    .map(({ provider, series }) => {
      const next = calendar.find((one) => one.provider === provider)
      const then = next === undefined ? "" : `, next ${next.field}: ${Calendar.inWords(next)}`
      return `${provider}: fine (${series.histograms} of ${series.atMost} histogram series${then})`
    })
