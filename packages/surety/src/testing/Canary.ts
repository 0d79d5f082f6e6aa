/**
 * The canary kit: runs a program once with every sink attached, then searches all that they received for secrets that
 * should never have left the credential.
 *
 * It proves what a list of forbidden names cannot: that a secret is in no log, span, metric, error, recording or page,
 * in no form. What it does not see is named in `assertNoLeak`.
 *
 * Neighbours: `CanaryTelemetry` and `CanaryProcess` attach the sinks, `CanaryRender` and `CanaryWalk` turn values into
 * texts, `CanaryForms` searches. It needs Node.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Contract from "../Contract.ts"
import * as Explain from "../Explain.ts"
import * as CanaryForms from "./CanaryForms.ts"
import * as CanaryProcess from "./CanaryProcess.ts"
import * as CanaryRender from "./CanaryRender.ts"
import * as CanarySinks from "./CanarySinks.ts"
import * as CanaryTelemetry from "./CanaryTelemetry.ts"
import type * as ExchangeLog from "./ExchangeLog.ts"

export type { Form } from "./CanaryForms.ts"
export type { Sink } from "./CanarySinks.ts"

/**
 * A secret that came to light.
 *
 * **Details**   `secret`: which one, counted from 1. `where`: which text of the sink. Neither holds a part of it.
 *
 * @category models
 * @since 0.1.0
 */
export const Leak = Schema.Struct({
  sink: Schema.Literals(CanarySinks.sinks),
  form: Schema.Literals(CanaryForms.forms),
  where: Schema.String,
  secret: Schema.Int
})
/** @category models @since 0.1.0 */
export interface Leak extends Schema.Schema.Type<typeof Leak> {}

/**
 * At least one secret came to light.
 *
 * **Details**   `leaks`: one for each text it was found in, by sink; at most 10 of a sink. `sinks`: their sinks, without repetition.
 *
 * @category failures
 * @since 0.1.0
 */
export class LeakFound extends Schema.TaggedError<LeakFound>()("LeakFound", { leaks: Schema.Array(Leak) }) {
  get sinks(): ReadonlyArray<CanarySinks.Sink> {
    return [...new Set(this.leaks.map((leak) => leak.sink))]
  }

  override get message(): string {
    const lines = this.leaks
      .slice(0, shown)
      .map(({ form, secret, sink, where }) => `${sink}: secret ${secret}, ${form}, in ${where}`)
    const more = this.leaks.length - lines.length
    return [`${this.leaks.length} texts hold a secret`, ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join(
      "\n  "
    )
  }
}

/**
 * What is looked at besides the program.
 *
 * **Details**   `contracts`: their dossiers are read. `logs`: the exchange logs of fakes, as JSON and inspected. `render`:
 * renderers of your own for the result, the errors and what was shown, such as the snapshot serializer of a test runner.
 * `values`: anything else that is rendered after the run.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly contracts?: ReadonlyArray<Contract.Any | { readonly contract: unknown }>
  readonly logs?: ReadonlyArray<ExchangeLog.ExchangeLog>
  readonly render?: Readonly<Record<string, CanaryRender.Renderer>>
  readonly values?: Readonly<Record<string, unknown>>
}

/**
 * What a sweep found.
 *
 * **Details**   `received`: characters per sink, so that a test can say that a sink was attached and not silent.
 *
 * @category models
 * @since 0.1.0
 */
export interface Swept<out A, out E> {
  readonly exit: Exit.Exit<A, E>
  readonly leaks: ReadonlyArray<Leak>
  readonly received: Readonly<Record<CanarySinks.Sink, number>>
}

/**
 * Runs the program once, and fails when one of the secrets stands in anything that came of it.
 *
 * **When to use**   In the tests of an integration, with made-up secrets, over what can go wrong: refusals that quote the
 * key, resets, timeouts, redirects. Provide the layers inside of the program, so that what they do while they are built
 * and closed is swept too.
 *
 * **Details**   Swept: every logger format of Effect at every level, with the result or the error logged as well; the
 * default and the pretty logger on a captured console; spans (names, attributes, events, links, exits); OTLP/HTTP JSON
 * bodies of traces, logs and metrics; the metrics; audit events; `Cause.pretty`; `String`, `message`, `stack`,
 * `JSON.stringify`, `util.inspect` (deep, raw, with hidden properties and getters), `structuredClone` and a walk over all
 * that can be reached, of the result, each error and each defect, the cause, the exit and everything given to `show`, in
 * the fiber and again outside of it, after a promise rejected; standard output and error, the global console, warnings
 * and unhandled rejections during the run; what `Options` names. Searched for: the forms of `CanaryForms`.
 *
 * It gives the program's exit: assert on it, so that the sweep is known to have reached the failure it is about.
 *
 * **Failures**   `LeakFound`. A secret of fewer than 8 characters is a defect: it stands everywhere by chance.
 *
 * **Gotchas**   Not swept: the heap, core dumps, `process.report`, `NODE_DEBUG`; what a program does after it has ended;
 * loggers, tracers and metric registries that the program itself provides (what they print is). Not found: a secret that
 * is split over two texts, encrypted, compressed, or reversed; nor the last characters of one, as providers show them. Of
 * a value with more than 2,000 objects in it texts are made of the first 4 levels only; the walk sees all of it. A program
 * whose result holds the secret leaks: map it away first. Programs that run at the same time in one process share
 * standard output.
 *
 * **Example** (An error that quotes what it was sent)
 *
 * ```ts import.meta.vitest
 * import { Effect, Redacted } from "effect"
 * import { Canary } from "surety/testing"
 *
 * const secret = Redacted.make("sk_canary_7f3a91c2")
 * const tidy = Effect.fail("the key was refused")
 * const leaky = Effect.fail(`Authorization: Basic ${btoa(`user:${Redacted.value(secret)}`)} was refused`)
 *
 * const exit = await Effect.runPromise(Canary.assertNoLeak(tidy, [secret]))
 * exit._tag // => "Failure"
 *
 * const found = await Effect.runPromise(Effect.flip(Canary.assertNoLeak(leaky, [secret])))
 * found.leaks[0]?.form // => "base64"
 * found.sinks.includes("otlp") // => true
 * ```
 *
 * @category running
 * @since 0.1.0
 */
export const assertNoLeak = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  secrets: ReadonlyArray<string | Redacted.Redacted<string>>,
  options: Options = {}
): Effect.Effect<Exit.Exit<A, E>, LeakFound, R> =>
  Effect.flatMap(sweep(program, secrets, options), ({ exit, leaks }) =>
    leaks.length === 0 ? Effect.succeed(exit) : Effect.fail(new LeakFound({ leaks: perSink(leaks) }))
  )

/**
 * Runs the program once and says what came to light, without judging it.
 *
 * **When to use**   For tests of a sink, and for reports; otherwise `assertNoLeak`.
 *
 * @category running
 * @since 0.1.0
 */
export const sweep = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  secrets: ReadonlyArray<string | Redacted.Redacted<string>>,
  options: Options = {}
): Effect.Effect<Swept<A, E>, never, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const needles = CanaryForms.needles(
        secrets.map((secret) => (typeof secret === "string" ? secret : Redacted.value(secret)))
      )
      const pieces: Array<CanaryForms.Piece> = []
      const receive: CanaryTelemetry.Receive = (sink, where, received) => {
        if (typeof received === "string") pieces.push({ sink, where, text: received })
        else pieces.push(...CanaryRender.received(received, sink, where))
      }
      const shown = new Map<string, unknown>(Object.entries(options.values ?? {}))
      const attached = yield* CanaryTelemetry.attach(receive)
      yield* Effect.acquireRelease(
        Effect.sync(() => CanaryProcess.listen(receive)),
        (stop) => Effect.sync(stop)
      )
      const context = Context.add(attached.context, Shown, (name, value) => shown.set(name, value))
      const exit = yield* Effect.exit(Effect.withSpan(program, "canary")).pipe(
        Effect.tap(logged),
        Effect.provideContext(context as Context.Context<R>)
      )
      yield* turn
      yield* attached.drain
      const values = [...outcomes(exit), ...shown]
      const render = (place: string): void => {
        for (const [name, value] of values) pieces.push(...CanaryRender.pieces(value, name + place, options.render))
        if (Exit.isFailure(exit)) receive("cause", `Cause.pretty${place}`, Cause.pretty(exit.cause))
      }
      render("")
      yield* outside(exit, (rejection) => {
        render(", outside of the fiber")
        pieces.push(...CanaryRender.pieces(rejection, "what the promise rejected with", options.render))
      })
      for (const given of options.contracts ?? []) {
        const contract = ("contract" in given ? given.contract : given) as Contract.Any
        const explained = Explain.explain(contract)
        receive("dossier", `${contract.id}, as text`, Explain.toText(explained))
        receive("dossier", `${contract.id}, as data`, explained)
        receive("dossier", `${contract.id}, credential`, contract.credentials)
      }
      for (const [at, log] of (options.logs ?? []).entries()) receive("exchange", `exchange log ${at + 1}`, log)
      return { exit, leaks: leaksOf(pieces, needles), received: sizes(pieces) }
    })
  )

/**
 * Shows a value to the sweep that the program runs under: a service, a request, an error that the program handles.
 *
 * **Details**   It is rendered like the result, when the program has ended. Outside of a sweep nothing happens.
 *
 * **Example** (The service object, and an error that was handled)
 *
 * ```ts import.meta.vitest
 * import { Effect } from "effect"
 * import { Canary } from "surety/testing"
 *
 * const client = { apiKey: "sk_canary_7f3a91c2" }
 * const program = Canary.show("client", client)
 *
 * const found = await Effect.runPromise(Effect.flip(Canary.assertNoLeak(program, ["sk_canary_7f3a91c2"])))
 * found.leaks.some(({ where }) => where === "client.apiKey") // => true
 * ```
 *
 * @category running
 * @since 0.1.0
 */
export const show = (name: string, value: unknown): Effect.Effect<void> =>
  Effect.map(Shown, (add) => {
    add(name, value)
  })

type Show = (name: string, value: unknown) => void

const Shown = Context.Reference<Show>("surety/testing/Canary/Shown", { defaultValue: () => () => {} })

const shown = 20
const mostOfASink = 10

const perSink = (leaks: ReadonlyArray<Leak>): ReadonlyArray<Leak> =>
  CanarySinks.sinks.flatMap((sink) => leaks.filter((leak) => leak.sink === sink).slice(0, mostOfASink))

/** What a careful program does with the end of another: it writes it to its log and to its span. */
const logged = (exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> =>
  Exit.isSuccess(exit)
    ? Effect.logInfo("the program ended", exit.value).pipe(
        Effect.annotateLogs("result", exit.value),
        Effect.withSpan("result")
      )
    : Effect.logError("the program failed", exit.cause).pipe(
        Effect.andThen(Effect.logWarning(Cause.squash(exit.cause))),
        Effect.annotateLogs("error", Cause.squash(exit.cause)),
        Effect.withSpan("error", { attributes: { error: Cause.squash(exit.cause) } })
      )

const outcomes = (exit: Exit.Exit<unknown, unknown>): ReadonlyArray<readonly [string, unknown]> => {
  if (Exit.isSuccess(exit)) return [["the result", exit.value]]
  const reasons = exit.cause.reasons.flatMap((reason): ReadonlyArray<readonly [string, unknown]> =>
    Cause.isFailReason(reason)
      ? [["the error", reason.error]]
      : Cause.isDieReason(reason)
        ? [["the defect", reason.defect]]
        : []
  )
  return [...reasons, ["the cause", exit.cause], ["the exit", exit], ["the squashed cause", Cause.squash(exit.cause)]]
}

/** Warnings and rejections nobody handled are told in a later turn of the event loop. */
const turn = Effect.promise(() => new Promise<void>((resolve) => void setImmediate(() => setImmediate(resolve))))

/** In a callback of a promise no fiber runs, and nothing that a fiber carries holds. */
const outside = (exit: Exit.Exit<unknown, unknown>, then: (rejection: unknown) => void): Effect.Effect<void> =>
  Effect.promise(() => Effect.runPromise(exit).then(() => then(undefined), then))

const leaksOf = (
  pieces: ReadonlyArray<CanaryForms.Piece>,
  needles: ReadonlyArray<CanaryForms.Needle>
): ReadonlyArray<Leak> => {
  const leaks = new Map<string, Leak>()
  for (const { form, piece, secret } of CanaryForms.search(pieces, needles)) {
    const leak = { sink: piece.sink, form, where: CanaryForms.masked(piece.where, needles), secret: secret + 1 }
    leaks.set(JSON.stringify(leak), leak)
  }
  return [...leaks.values()].sort(
    (a, b) =>
      CanarySinks.sinks.indexOf(a.sink) - CanarySinks.sinks.indexOf(b.sink) ||
      CanaryForms.forms.indexOf(a.form) - CanaryForms.forms.indexOf(b.form)
  )
}

const sizes = (pieces: ReadonlyArray<CanaryForms.Piece>): Readonly<Record<CanarySinks.Sink, number>> => {
  const sum: Partial<Record<CanarySinks.Sink, number>> = {}
  for (const sink of CanarySinks.sinks) sum[sink] = 0
  for (const { sink, text } of pieces) sum[sink] = (sum[sink] ?? 0) + text.length
  return sum as Readonly<Record<CanarySinks.Sink, number>>
}
