/**
 * The span of one question to a source: kind `client`, a root, because a refresh belongs to no call and many calls may wait
 * for it. It says who asked for which credential, why, and how it ended, and never what the source answered.
 *
 * Neighbours: `Inquiry` asks under it; `engine/Spans` has those of calls.
 *
 * @source OpenTelemetry semantic conventions 1.44, general/recording-errors
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import * as SignalName from "../signals/SignalName.ts"
import type { Issued } from "./Issued.ts"
import type { Because, SourceFailure } from "./Source.ts"
import * as Unavailable from "./Unavailable.ts"

/**
 * Whose secret it is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Named {
  readonly provider: string
  readonly credential: string
}

/**
 * Asks under a span named `{provider}.refresh`, where a tracer is in force that somebody sees.
 *
 * @category running
 * @since 0.1.0
 */
export const around = (
  issue: Effect.Effect<Issued, SourceFailure>,
  { credential, provider }: Named,
  source: string,
  because: Because
): Effect.Effect<Issued, SourceFailure> =>
  Effect.withFiber((fiber) => {
    const tracer = fiber.getRef(Tracer.Tracer)
    if (tracer === Tracer.nativeTracer) return issue
    const clock = fiber.getRef(Clock.Clock)
    const span = quietly(() => {
      const made = tracer.span({
        name: `${provider}.refresh`,
        parent: Option.none(),
        annotations: Context.empty(),
        links: [],
        startTime: clock.currentTimeNanosUnsafe(),
        kind: "client",
        root: true,
        sampled: true
      })
      made.attribute(SignalName.provider, provider)
      made.attribute(SignalName.credentialName, credential)
      made.attribute("credential.source", source)
      made.attribute("credential.because", because)
      return made
    })
    if (span === undefined) return issue
    return Effect.onExit(Effect.provideService(issue, Tracer.ParentSpan, span), (exit) =>
      Effect.sync(() =>
        quietly(() => {
          // a source that throws may quote anything: what is told of it is ours
          const failure = Exit.isFailure(exit) ? Unavailable.failureOf(exit.cause) : undefined
          if (failure !== undefined) span.attribute(SignalName.errorType, failure.reason)
          span.end(clock.currentTimeNanosUnsafe(), failure === undefined ? Exit.void : Exit.fail(failure))
        })
      )
    )
  })

/** A tracer that throws loses its span, not the secret. */
const quietly = <A>(step: () => A): A | undefined => {
  try {
    return step()
  } catch {
    return undefined
  }
}
