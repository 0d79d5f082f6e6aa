/**
 * Where a question to the database ends: in time, outside the caller's transaction, unseen by the tracer, and with
 * words of ours when it fails.
 *
 * A driver's error quotes rows ("Failing row contains …"), and Effect's statement span would keep it; nothing of it
 * goes past this file but the class and the code.
 *
 * Neighbours: `SqlGrantStore` and `SqlAudit` ask through it; `Schema` makes their tables.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import type * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError, type SqlErrorReason } from "effect/sql/SqlError"

/** How long a question may take when nobody says. @category models @since 0.1.0 */
export const defaultTimeout: Duration.Duration = Duration.seconds(5)

/**
 * What may be told of a failure: the class and the code of the database's answer.
 *
 * **Details**   `fault`: `value` when the same values would be refused again, or a row cannot be read; `database`: later
 * it may go well.
 *
 * @category models
 * @since 0.1.0
 */
export interface Trouble {
  readonly detail: string
  readonly fault: "value" | "database"
}

/**
 * Asks, and fails with what may be told.
 *
 * **Details**   The statement runs in a fiber of its own: a driver that takes seconds to cancel does not make the
 * caller wait for it. What the database rolled back by itself (a deadlock, a serialization conflict, a lock held too
 * long) is asked again until the time is over.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ask {
  <A>(statement: Effect.Effect<A, SqlError | Trouble>): Effect.Effect<A, Trouble>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (client: SqlClient.SqlClient, timeout: Duration.Input = defaultTimeout): Ask => {
  const limit = finite(timeout)
  const outside = Context.omit(client.transactionService)
  const isEmbedded = client.onDialectOrElse({ sqlite: () => true, orElse: () => false })
  return (statement) =>
    Effect.withFiber((caller) => {
      if (isEmbedded && Context.getOption(caller.context, client.transactionService)._tag === "Some") {
        return Effect.fail(trouble("asked inside a transaction of the same SQLite connection"))
      }
      return statement.pipe(
        Effect.retry({ while: isRolledBack, schedule: soon }),
        Effect.updateContext((context: Context.Context<never>) => outside(context)),
        Effect.withTracerEnabled(false),
        apart(limit),
        told
      )
    })
}

/** A limit in time that is one. @category constructors @since 0.1.0 */
export const finite = (timeout: Duration.Input): Duration.Duration => {
  const limit = Duration.fromInputUnsafe(timeout)
  const millis = Duration.toMillis(limit)
  if (!(millis > 0 && Number.isFinite(millis))) throw new RangeError(`a timeout must be above 0 and end: ${millis} ms`)
  return limit
}

/** @category constructors @since 0.1.0 */
export const trouble = (detail: string, fault: Trouble["fault"] = "database"): Trouble => ({ detail, fault })

/** @category constructors @since 0.1.0 */
export const late = (limit: Duration.Duration): Trouble => trouble(`no answer within ${Duration.toMillis(limit)} ms`)

/** A failure in words of ours; an interruption stays one. @category rules @since 0.1.0 */
export const told = <A, R>(asked: Effect.Effect<A, SqlError | Trouble, R>): Effect.Effect<A, Trouble, R> =>
  Effect.catchCause(asked, (cause) =>
    Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.fail(toTrouble(cause))
  )

/** Nothing of a driver's error goes past this but its class and its code. */
const toTrouble = (cause: Cause.Cause<SqlError | Trouble>): Trouble => {
  const fail = cause.reasons.find(Cause.isFailReason)
  if (fail === undefined) return trouble("a defect of the driver")
  const error = fail.error
  if (!isSqlError(error)) return error
  const { _tag, cause: answer } = error.reason
  const code = codeOf(answer)
  const isOfValues =
    _tag === "ConstraintError" || _tag === "UniqueViolation" || /^(SQLSTATE 22|SQLite (18|20)$)/.test(code)
  return trouble(code === "" ? words[_tag] : `${words[_tag]} (${code})`, isOfValues ? "value" : "database")
}

const words: Readonly<Record<SqlErrorReason["_tag"], string>> = {
  ConnectionError: "no connection",
  AuthenticationError: "the database does not know the user",
  AuthorizationError: "the user may not do this",
  SqlSyntaxError: "the tables are not as expected; has migrate run?",
  UniqueViolation: "a unique constraint was violated",
  ConstraintError: "a constraint was violated",
  DeadlockError: "a deadlock",
  SerializationError: "a serialization conflict",
  LockTimeoutError: "a lock was held for too long",
  StatementTimeoutError: "the database ended the statement for its time",
  UnknownError: "the database refused the statement"
}

/** Five characters of SQLSTATE, or SQLite's number; nothing else is a code. */
const codeOf = (cause: unknown): string => {
  if (typeof cause !== "object" || cause === null) return ""
  if ("errcode" in cause && Number.isInteger(cause.errcode)) return `SQLite ${String(cause.errcode)}`
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : ""
  return /^[0-9A-Z]{5}$/.test(code) ? `SQLSTATE ${code}` : ""
}

const soon = Schedule.jittered(Schedule.spaced("20 millis"))

const isRolledBack = (error: SqlError | Trouble): boolean =>
  isSqlError(error) && /^(Deadlock|Serialization|LockTimeout)Error$/.test(error.reason._tag)

const apart =
  (limit: Duration.Duration) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | Trouble, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Effect.forkDetach(work), (fiber) =>
        restore(
          Effect.timeoutOrElse(Fiber.join(fiber), {
            duration: limit,
            orElse: () => Effect.fail(late(limit))
          })
        ).pipe(Effect.ensuring(Effect.sync(() => fiber.interruptUnsafe())))
      )
    )
