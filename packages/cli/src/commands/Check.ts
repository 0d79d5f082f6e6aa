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
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Calendar from "../Calendar.ts"
import { CheckFailed } from "../CheckFailed.ts"
import { CommandError } from "../CommandError.ts"
import * as CommandLine from "../CommandLine.ts"
import * as Compiler from "../Compiler.ts"
import * as ContractCheck from "../ContractCheck.ts"
import * as ContractModule from "../ContractModule.ts"
import * as Drift from "../Drift.ts"
import * as Finding from "../Finding.ts"
import * as Flags from "../Flags.ts"
import * as Generators from "../Generators.ts"
import * as Layout from "../Layout.ts"
import type { Found } from "../Providers.ts"
import * as ReceiversFile from "../ReceiversFile.ts"
import type { CheckReport } from "../Report.ts"
import * as Screen from "../Screen.ts"
import * as Source from "../Source.ts"
import * as TypeFinding from "../TypeFinding.ts"

/** @category commands @since 0.1.0 */
export const command = Command.make(
  "check",
  {
    modules: Flags.modules,
    provider: Flags.provider,
    out: Flags.written,
    receivers: Flags.receivers,
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
    const dated = {
      today,
      withinDays: given.within,
      rotated: given.rotated,
      sunsets: given.sunsets,
      credential: given.credential
    }
    const types = together(yield* Effect.forEach(given.modules, typesOf))
    const said = { types: types.types, today, withinDays: given.within, notes: types.notes }
    const loaded = yield* Effect.result(Source.all(given.modules, given.provider))
    if (loaded._tag === "Failure") {
      const findings = refusedBy(loaded.failure, given.modules, types.findings)
      if (findings === undefined) return yield* loaded.failure
      return yield* report({ ok: false, ...said, providers: [], calendar: [], findings })
    }
    const found = loaded.success
    yield* checkNames(found, dated)
    const checked = found.map((one) => ({ one, ...ContractCheck.run(one.contract, dated) }))
    // what is generated from a contract that breaks a law means nothing
    const lawful = checked.flatMap(({ one, series }) => (series === undefined ? [] : [{ ...one, series }]))
    const drift =
      Option.isNone(given.out) || lawful.length < found.length
        ? []
        : yield* driftOf(found, given, given.out.value, {
            ...Flags.optionsOf(given),
            asOf: Option.getOrUndefined(given.asOf),
            rotated: given.rotated,
            people: Flags.peopleOf(given),
            place: Flags.placeOf(given)
          })
    const generated = yield* Effect.forEach(lawful, ({ contract }) =>
      Effect.map(Generators.lint(contract, Flags.optionsOf(given)), (sentences) =>
        sentences.map((message): Finding.Finding => ({
          provider: contract.id,
          field: "alerts",
          rule: "generated",
          message
        }))
      )
    )
    const findings = [
      ...types.findings,
      ...checked.flatMap((one) => unsaid(one.findings, types.findings)),
      ...generated.flat(),
      ...drift
    ]
    return yield* report({
      ok: findings.length === 0,
      ...said,
      notes: [...said.notes, ...checked.flatMap(({ notes }) => notes)],
      providers: lawful.map(({ contract, series }) => ({ provider: contract.id, series })),
      calendar: checked.flatMap(({ calendar }) => calendar),
      findings
    })
  })
).pipe(
  Command.withDescription(
    "Checks a contract: its types, with your TypeScript (7 or later) and the nearest tsconfig.json; its definition and its laws; its number of series; the days it names; and, with --out, that generated files are what it generates now. Ends with 0 when all is fine, 1 when something was found, 2 when it could not check."
  ),
  Command.withShortDescription("What is wrong or will soon be, for a pipeline"),
  Command.withExamples([
    { command: "surety check src/Payments.ts" },
    { command: "surety check src/Payments.ts --out ops --within '45 days'", description: "With the files in ops" },
    { command: "surety check src/Payments.ts --rotated bearer=2026-09-01", description: "And the next rotation" }
  ])
)

interface Types {
  readonly types: CheckReport["types"]
  readonly findings: ReadonlyArray<Finding.Finding>
  readonly notes: ReadonlyArray<Finding.Note>
}

/** What was not looked at in one module was not looked at. */
const together = (all: ReadonlyArray<Types>): Types => ({
  types: all.every(({ types }) => types === "checked") ? "checked" : "not-checked",
  findings: all.flatMap(({ findings }) => findings),
  notes: all.flatMap(({ notes }) => notes)
})

/** A compiler that hangs is no reason to wait for ever, and `--timeout` is what a module may take. */
const leastTimeout = Duration.seconds(60)

const typesOf = (module: string) =>
  Effect.gen(function* () {
    const cwd = process.cwd()
    const path = yield* ContractModule.locate(module, cwd)
    const timeout = Duration.max(yield* Flags.Timeout, leastTimeout)
    const outcome = yield* Compiler.check(path, { timeout }).pipe(Screen.during(`checking the types of ${module}`))
    switch (outcome._tag) {
      case "NotChecked":
        return {
          types: "not-checked",
          findings: [],
          notes: [
            {
              rule: "types-not-checked",
              message: `${module}: types were not checked, ${outcome.why}; what they forbid may be there. ${outcome.hint}`
            }
          ]
        } satisfies Types
      case "Stopped":
        return {
          types: "not-checked",
          findings: [
            {
              provider: module,
              field: module,
              rule: "types",
              message: `types were not checked: the compiler ${outcome.why}`
            }
          ],
          notes: []
        } satisfies Types
      case "Checked":
        return {
          types: "checked",
          findings: outcome.diagnostics.map((one) => TypeFinding.fromDiagnostic(one, { cwd, module })),
          notes: []
        } satisfies Types
    }
  })

/** One law is told once, at the line where the compiler found it. */
const unsaid = (
  findings: ReadonlyArray<Finding.Finding>,
  said: ReadonlyArray<Finding.Finding>
): ReadonlyArray<Finding.Finding> =>
  findings.filter(({ law }) => law === undefined || said.every((one) => one.law !== law))

const explained: ReadonlySet<string> = new Set(["module-broken", "module-throws", "no-provider"])

/** A module that does not load is a finding when the contract is refused, or when the compiler has found something, too. */
const refusedBy = (
  { code, hint, message }: CommandError,
  modules: ReadonlyArray<string>,
  said: ReadonlyArray<Finding.Finding>
): ReadonlyArray<Finding.Finding> | undefined => {
  if (code === "contract-broken") {
    const refusal = Finding.fromRefusal(message)
    // a value of another kind is what the compiler has said, with its line
    return said.length > 0 && modules.includes(refusal.provider) ? said : [...said, ...unsaid([refusal], said)]
  }
  if (said.length === 0 || !explained.has(code)) return undefined
  if (/is not valid TypeScript|does not parse/.test(message)) return said
  const provider = modules.find((one) => message.startsWith(one)) ?? modules.join(", ")
  return [...said, { provider, field: "module", rule: "module", message: `${message}. ${hint}` }]
}

interface Given {
  readonly modules: ReadonlyArray<string>
  readonly provider: Option.Option<string>
  readonly receivers: Option.Option<string>
}

const driftOf = (found: ReadonlyArray<Found>, given: Given, folder: string, options: Generators.Options) =>
  Effect.gen(function* () {
    const contracts = yield* Layout.check(found, Option.some(folder))
    const receivers = yield* ReceiversFile.read(given.receivers, contracts)
    const expected = yield* Effect.forEach(Generators.kinds, (kind) => {
      const command = CommandLine.of(kind, {
        cwd: process.cwd(),
        modules: given.modules,
        provider: Option.getOrUndefined(given.provider),
        receivers: Option.getOrUndefined(given.receivers),
        options
      })
      return Effect.map(Generators.make(kind, contracts, { ...options, receivers, command }), (made) => ({
        ...made,
        command
      }))
    })
    return yield* Drift.find(contracts[0]?.id ?? "", folder, expected)
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
    else {
      const notes = of.notes.map(({ message }) => `note: ${message}`)
      yield* Screen.print([...of.findings.map(Finding.toText), ...fine(of), ...notes].join("\n"))
    }
    if (of.findings.length > 0) return yield* new CheckFailed({ findings: of.findings.length })
  })

const fine = ({ calendar, findings, providers }: CheckReport): ReadonlyArray<string> =>
  providers
    .filter(({ provider }) => findings.every((one) => one.provider !== provider && one.rule !== "types"))
    .map(({ provider, series }) => {
      const next = calendar.find((one) => one.provider === provider)
      const then = next === undefined ? "" : `, next ${next.field}: ${Calendar.inWords(next)}`
      return `${provider}: fine (${series.histograms} of ${series.atMost} histogram series${then})`
    })
