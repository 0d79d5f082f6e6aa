/**
 * What tests under `TestClock` share: a program that runs while the clock moves, and a
 * request put to a fake as it comes off a wire.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { FakeExchange, FakeServer } from "surety/testing"

/** Runs a program and moves the clock, by 30 seconds, until it is over. */
export const settled = <A, E, R>(program: Effect.Effect<A, E, R>, by: Duration.Input = "30 seconds") =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(program)
    yield* TestClock.adjust(by)
    return yield* Fiber.join(fiber)
  })

export interface Asked {
  readonly method?: string
  readonly target?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly at?: Duration.Input
}

/** Puts a request to a fake, past its script. */
export const ask = (
  server: FakeServer.FakeServer,
  asked: Asked
): FakeExchange.FakeResponse | Promise<FakeExchange.FakeResponse> => {
  const body = asked.body ?? ""
  return server
    .admit({
      method: asked.method ?? "POST",
      target: asked.target ?? "/pay/v1/charges",
      headers: { "content-type": "application/json", ...asked.headers },
      body,
      bodyBytes: body.length,
      nowMillis: Duration.toMillis(Duration.fromInputUnsafe(asked.at ?? 0))
    })
    .apply()
}

/** The same, for handlers that answer at once. */
export const askNow = (server: FakeServer.FakeServer, asked: Asked): FakeExchange.FakeResponse => {
  const response = ask(server, asked)
  if (response instanceof Promise) throw new Error("the handler did not answer at once")
  return response
}
