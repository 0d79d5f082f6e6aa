// A server whose metadata was read once is asked for tokens while its discovery hangs.
//
// Discovery waited as long as the whole question might take, so the known token endpoint was never asked: an hour after the
// start every token request failed.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Client, ClientAuth, ClientCredentials } from "@surety/oauth"
import { Transport } from "surety/http/Transport"
import { idle } from "./Shop.ts"

const issuer = "https://id.example"

it.effect("A20: the second token comes within the 10 s of the question, from the endpoint that is known", () => {
  const asked: Array<string> = []
  let discovery: "answers" | "hangs" = "answers"
  const transport = Transport.of({
    send: ({ path }, handler) => {
      asked.push(path)
      const isToken = path === "/token"
      if (!isToken && discovery === "hangs") return idle
      queueMicrotask(() => {
        handler.onHead(200, { "content-type": "application/json" })
        const body = isToken
          ? { access_token: `access-${asked.length}`, token_type: "bearer", expires_in: 3600 }
          : { issuer, token_endpoint: `${issuer}/token` }
        handler.onData(new TextEncoder().encode(JSON.stringify(body)))
        handler.onEnd()
      })
      return idle
    }
  })
  const settle = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
  return Effect.gen(function* () {
    const client = Client.make({ issuer, clientId: "app", auth: ClientAuth.none })
    const source = yield* ClientCredentials.source(client, { scopes: [] })
    const issue = source.issue({ because: "start", previous: undefined, rejected: new Set() })
    yield* issue
    discovery = "hangs"
    yield* TestClock.adjust("2 hours")
    const fiber = yield* Effect.forkChild(issue, { startImmediately: true })
    for (let second = 0; second < 9; second++) {
      yield* TestClock.adjust("1 second")
      yield* settle
    }
    assert.deepStrictEqual(
      asked.map((path) => path.split("/").at(-1)),
      ["openid-configuration", "token", "openid-configuration", "token"]
    )
    assert.strictEqual(Redacted.value((yield* Fiber.join(fiber)).secret), "access-4")
  }).pipe(Effect.provideService(Transport, transport))
})
