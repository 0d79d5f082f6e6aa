// A token request that was given up is not sent afterwards.
//
// A client's proof takes time to sign. When the deadline passed, or the caller left, in that time, the request was sent all
// the same, after it had been reported as not sent: a refresh token went out a second time.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { vi } from "vitest"
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
      const { promise: gate, resolve: open } = Promise.withResolvers<void>()
      const sign = crypto.subtle.sign.bind(crypto.subtle)
      const slow = vi.spyOn(crypto.subtle, "sign").mockImplementation((...args) => gate.then(() => sign(...args)))
      yield* Effect.addFinalizer(() => Effect.sync(() => slow.mockRestore()))
      const fiber = yield* Effect.forkChild(Effect.flip(refresh(tokens)), { startImmediately: true })
      yield* Effect.promise(() => vi.waitFor(() => assert.strictEqual(slow.mock.calls.length, 1)))
      if (way === "interruption") yield* Fiber.interrupt(fiber)
      else {
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(fiber)).outcome, "not-applied")
      }
      open()
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))
      assert.strictEqual(sent, 0)
    }).pipe(Effect.scoped, Effect.provideService(Transport, transport))
  })
}
