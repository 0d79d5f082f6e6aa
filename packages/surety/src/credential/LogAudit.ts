/**
 * The audit trail as structured log events, for whoever collects the logs of the process already.
 *
 * Each event is one line `integration.audit` with its facts as annotations. The minimum log level does not apply to it:
 * a trail with holes is none.
 *
 * Neighbours: `Auditor` gives it events; `AuditAttributes` names the facts.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import type * as Audit from "./Audit.ts"
import * as AuditAttributes from "./AuditAttributes.ts"

/**
 * Writes events to the loggers in the context of the auditor's layer.
 *
 * **Details**   The level says how much it matters: `Info` for what happens in a healthy life, `Warn` for what was denied,
 * refused or went wrong, `Error` for what only a person can mend. It cannot fail, and it remembers nothing: an event
 * that is told twice is written twice, with the same id.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sink: Audit.Sink = {
  name: "log",
  append: (events) =>
    Effect.provideService(
      Effect.forEach(
        events,
        (event) =>
          Effect.annotateLogs(
            Effect.logWithLevel(AuditAttributes.severityOf(event.kind))(AuditAttributes.eventName),
            AuditAttributes.of(event)
          ),
        { discard: true }
      ),
      References.MinimumLogLevel,
      "All"
    )
}
