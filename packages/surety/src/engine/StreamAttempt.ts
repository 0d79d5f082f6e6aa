/**
 * An attempt whose result is a stream. It settles with the first element: until then it can
 * be sent again, afterwards a failure is the stream's own.
 *
 * Neighbours: `EffectAttempt` runs single results.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Pull from "effect/Pull"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Failure from "../Failure.ts"
import type * as Operation from "../Operation.ts"
import { AttemptTimeout } from "../TransportFailure.ts"
import { Attempt } from "./Attempt.ts"
import type { Binder } from "./Binder.ts"
import type { Call } from "./Call.ts"
import type { Environment } from "./Environment.ts"
import { type Launcher, launcher } from "./Launcher.ts"
import { quietly } from "./Quietly.ts"
import { Timer } from "./Time.ts"

interface StreamSource {
  readonly open: (request: unknown, attempt: Attempt & Operation.AttemptContext) => Stream.Stream<unknown, unknown>
  readonly idleMillis: number
  readonly launcher: Launcher
}

type Chunk = readonly [unknown, ...Array<unknown>]

class Unread extends Timer {
  readonly fire: () => void
  constructor(fire: () => void) {
    super()
    this.fire = fire
  }
}

class StreamAttempt extends Attempt implements Operation.AttemptContext {
  private readonly source: StreamSource
  private readonly scope: Scope.Closeable = Scope.makeUnsafe()
  private child: Fiber.Fiber<unknown, unknown> | undefined = undefined

  constructor(call: Call, number: number, source: StreamSource) {
    super(call, number)
    this.source = source
  }

  get attempt(): number {
    return this.number
  }

  get idempotencyKey(): string | undefined {
    return this.call.key
  }

  start(): void {
    const { call, source } = this
    const opened = Effect.suspend(() =>
      Stream.toPull(source.open(call.request, this)).pipe(
        Effect.flatMap((pull) =>
          Pull.matchEffect(pull, {
            onSuccess: (chunk): Effect.Effect<readonly [typeof pull, Chunk | undefined], unknown> =>
              Effect.succeed([pull, chunk as Chunk]),
            onFailure: Effect.failCause,
            onDone: () => Effect.succeed([pull, undefined] as const)
          })
        ),
        Scope.provide(this.scope)
      )
    )
    const child = source.launcher(call.fiber, opened, this.span)
    this.child = child
    child.addObserver((exit) => {
      this.child = undefined
      if (Exit.isSuccess(exit)) {
        if (this.settled) return this.close()
        return this.succeedWith(exit.value[0] as Pull.Pull<Chunk, unknown>, exit.value[1])
      }
      this.close()
      if (this.settled) return
      const failed = exit.cause.reasons.find(Cause.isFailReason)
      if (failed !== undefined && Failure.isFailure(failed.error)) this.fail(failed.error)
      else this.die(exit.cause)
    })
  }

  abort(): void {
    if (this.child === undefined) this.close()
    else this.child.interruptUnsafe(this.call.fiber.id)
  }

  override pending(): Fiber.Fiber<unknown, unknown> | undefined {
    return this.child
  }

  /** The permit stays with the stream until it ends. */
  private succeedWith(pull: Pull.Pull<Chunk, unknown>, first: Chunk | undefined): void {
    const { idleMillis } = this.source
    const timeout = Effect.suspend(() => Effect.fail(quietly(() => new AttemptTimeout({ timeoutMillis: idleMillis }))))
    const rest =
      first === undefined
        ? Stream.empty
        : Stream.fromPull(
            Effect.succeed(Effect.timeoutOrElse(pull, { duration: Duration.millis(idleMillis), orElse: () => timeout }))
          )
    const stream = first === undefined ? Stream.empty : Stream.concat(Stream.fromIterable(first), rest)
    const closing = Stream.ensuring(
      stream,
      Effect.sync(() => this.close())
    )
    this.keepsPermit = "yes"
    const { time } = this.call
    // a stream that nobody reads must not keep its permit and its connection
    const unread = new Unread(() => {
      this.taken = "too late"
      this.close()
    })
    time.arm(unread, time.now() + idleMillis)
    this.succeed(
      Stream.suspend(() => {
        if (this.taken === "too late") return Stream.unwrap(timeout)
        if (this.taken === "yes") return Stream.die(new Error("This stream was read before: call the operation again"))
        this.taken = "yes"
        time.disarm(unread)
        return closing
      })
    )
  }

  private taken: "no" | "yes" | "too late" = "no"
  private keepsPermit: "yes" | "no" = "no"

  override released(): void {
    // `Call` releases with the result; a stream that has begun is not over yet
    if (this.keepsPermit === "yes") return
    super.released()
  }

  private close(): void {
    this.keepsPermit = "no"
    this.released()
    Effect.runForkWith(this.call.fiber.context)(Scope.close(this.scope, Exit.void))
  }
}

/**
 * The attempt factory for any function that opens a stream.
 *
 * @category running
 * @since 0.1.0
 */
export const streamAttempts = (
  environment: Environment,
  idleMillis: number,
  open: (request: unknown, attempt: Attempt & Operation.AttemptContext) => Stream.Stream<unknown, unknown>
): Binder["attempt"] => {
  const source: StreamSource = { open, idleMillis, launcher: launcher(environment.context) }
  return (call, number) => new StreamAttempt(call, number, source)
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const StreamBinder = (
  binding: Extract<Operation.Binding, { readonly _tag: "Stream" }>,
  environment: Environment
): Binder => ({
  usesCredential: "no",
  expose: [],
  prepare: undefined,
  // the request type was checked where the operation was declared
  attempt: streamAttempts(environment, binding.idleMillis, binding.attempt as unknown as StreamSource["open"])
})
