// No span carries a credential, whatever the transport.
//
// An Effect `HttpClient` made its own span of each exchange: the address with the key of a `legacyQueryKey` in it, and, of
// an answer of 400 and above, the request with its `Authorization` and the answer with its headers.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as HttpClientTransport from "surety/http/effect"
import { Canary, FakeServer } from "surety/testing"
import { looking, overLayer, Shop } from "./Shop.ts"

it.live("makes 2 spans for a refused read, the call's and its attempt's, and none of the client's", () =>
  Effect.gen(function* () {
    const key = "sk_canary_7f3a91c2"
    const refusing = FakeServer.make({ handle: () => ({ status: 403, body: "no" }) })
    const { url } = yield* FakeServer.serve(refusing)
    const transport = Layer.provide(HttpClientTransport.layer, FetchHttpClient.layer)
    const program = Effect.gen(function* () {
      const shop = yield* Shop
      return yield* shop.look(looking())
    }).pipe(Effect.provide(overLayer(transport, key, url)))
    yield* Canary.assertNoLeak(program, [key])
    assert.strictEqual(refusing.log.count(), 1)
  })
)
