// A token request that was given up is not sent afterwards.
//
// A client's proof takes time to sign. When the deadline passed, or the caller left, in that time, the request was sent all
// the same, after it had been reported as not sent: a refresh token went out a second time.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Client, ClientAuth, Dpop, RefreshGrant } from "@surety/oauth"
import { Transport } from "surety/http/Transport"
import { idle } from "./Shop.ts"

const metadata = { issuer: "https://id.example", token_endpoint: "https://id.example/token" }
const tokens = {
  accessToken: Redacted.make("access-1"),
  refreshToken: Redacted.make("refresh-1"),
  scopes: undefined,
  issuedAtMillis: 0,
  expiresAtMillis: 1,
  extra: {}
}

for (const way of ["passed deadline", "interruption"] as const) {
  it.effect(`S18: 0 requests after: ${way} while the proof is made`, () => {
    let sent = 0
    const transport = Transport.of({
      send: () => {
        sent++
        return idle
      }
    })
    return Effect.gen(function* () {
      const dpop = yield* Dpop.make
      const client = Client.make({ metadata, clientId: "app", auth: ClientAuth.none, dpop, timeout: "1 second" })
      const refresh = yield* RefreshGrant.refresh(client)
      const fiber = yield* Effect.forkChild(Effect.flip(refresh(tokens)), { startImmediately: true })
      // the proof is signed on another thread: nothing has been sent yet
      assert.strictEqual(sent, 0)
      if (way === "interruption") yield* Fiber.interrupt(fiber)
      else {
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(fiber)).outcome, "not-applied")
      }
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 100)))
      assert.strictEqual(sent, 0)
    }).pipe(Effect.provideService(Transport, transport))
  })
}
