/**
 * A fake Stripe on a loopback port and the official SDK pointed at it.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import Stripe from "stripe"
import { type ExchangeLog, type FakeExchange, FakeServer, type FaultScript } from "surety/testing"
import * as FakeStripe from "../src/testing/FakeStripe.ts"

export interface ServedStripe {
  readonly fake: FakeStripe.FakeStripe
  /** the requests that reached the handler, whole */
  readonly handled: ReadonlyArray<FakeExchange.FakeRequest>
  readonly log: ExchangeLog.ExchangeLog
  readonly url: string
  readonly sdk: (options?: SdkOptions) => Stripe
}

export interface SdkOptions {
  readonly apiKey?: string
  readonly retries?: number
  readonly timeoutMillis?: number
}

export const serve = (
  options: { readonly fake?: FakeStripe.Options; readonly script?: FaultScript.FaultScript } = {}
): Effect.Effect<ServedStripe, never, Scope.Scope> =>
  Effect.gen(function* () {
    const fake = FakeStripe.make(options.fake)
    const handled: Array<FakeExchange.FakeRequest> = []
    const server = FakeServer.make({
      handle: (request) => {
        handled.push(request)
        return fake.handle(request)
      },
      errorResponse: fake.errorResponse,
      control: fake.control,
      ...(options.script === undefined ? undefined : { script: options.script })
    })
    const served = yield* Effect.orDie(FakeServer.serve(server))
    return {
      fake,
      handled,
      log: served.log,
      url: served.url,
      sdk: ({ apiKey = "sk_test_fake", retries = 0, timeoutMillis = 5_000 } = {}) =>
        quick(
          new Stripe(apiKey, {
            host: "127.0.0.1",
            port: served.port,
            protocol: "http",
            maxNetworkRetries: retries,
            timeout: timeoutMillis,
            telemetry: false
          })
        )
    }
  })

/** What the promise rejected with. */
export const rejection = <A>(run: () => Promise<A>): Effect.Effect<unknown> =>
  Effect.promise(() =>
    run().then(
      () => Promise.reject(new Error("it resolved")),
      (error: unknown) => error
    )
  )

/** The same SDK, waiting 5 ms before its first retry in place of 500: waits are not what these tests look at. */
const quick = (stripe: Stripe): Stripe => Object.assign(stripe, { getInitialNetworkRetryDelay: () => 0.005 })
