/**
 * A fake GitHub on a loopback port, and a provider pointed at it over undici, with waits
 * short enough for the wall clock.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Backoff from "surety/Backoff"
import * as Degradation from "surety/Degradation"
import * as UndiciTransport from "surety/http/undici"
import * as Provider from "surety/Provider"
import { type ExchangeLog, type FakeExchange, FakeServer, type FaultScript } from "surety/testing"
import * as GithubContract from "../src/GithubContract.ts"
import * as FakeGithub from "../src/testing/FakeGithub.ts"

const quick = Backoff.exponential({ base: "10 millis", cap: "20 millis", maxAttempts: 3, jitter: "full" })

export class QuickGithub extends Provider.Service<QuickGithub>()(
  "test/Github",
  GithubContract.make({
    owner: "test",
    criticality: "low",
    degradation: Degradation.fail,
    slo: { availability: 0.9, latency: { p99: "1 second" }, window: "1 day" },
    runbook: "https://runbooks.example/github",
    userAgent: "surety-test",
    spacing: "1 millis",
    time: {
      read: { attempt: "5 seconds", total: "20 seconds" },
      mutation: { attempt: "5 seconds", total: "20 seconds" },
      settle: "30 millis"
    },
    rules: { transient: quick, throttled: quick }
  })
) {}

/** What went over the wire in one exchange that reached the handler. */
export interface Exchange {
  readonly request: FakeExchange.FakeRequest
  readonly response: FakeExchange.FakeResponse
}

export interface ServedGithub {
  readonly fake: FakeGithub.FakeGithub
  readonly log: ExchangeLog.ExchangeLog
  readonly exchanges: ReadonlyArray<Exchange>
  readonly layer: Layer.Layer<QuickGithub>
}

export const serve = (
  options: { readonly fake?: FakeGithub.Options; readonly script?: FaultScript.FaultScript } = {}
): Effect.Effect<ServedGithub, never, Scope.Scope> =>
  Effect.gen(function* () {
    const fake = FakeGithub.make(options.fake)
    const exchanges: Array<Exchange> = []
    const server = FakeServer.make({
      handle: (request) => {
        const response = fake.handle(request)
        exchanges.push({ request, response })
        return response
      },
      errorResponse: fake.errorResponse,
      control: fake.control,
      ...(options.script === undefined ? undefined : { script: options.script })
    })
    const served = yield* Effect.orDie(FakeServer.serve(server))
    return {
      fake,
      log: served.log,
      exchanges,
      layer: QuickGithub.layerAt(served.url).pipe(
        Layer.provide([UndiciTransport.layer, QuickGithub.Credentials.layer(Redacted.make("ghp_fake"))])
      )
    }
  })

/** Opens issues numbered from 1, a minute apart, the last of them now. */
export const seed = (fake: FakeGithub.FakeGithub, count: number, nowMillis: number): void => {
  for (let number = 1; number <= count; number++) {
    fake.repository("octo/hello").open({ title: `Issue ${number}` }, nowMillis - (count - number) * 60_000)
  }
}
