// No redirect is followed over an Effect `HttpClient` either.
//
// The client over `fetch` followed: a 307 to another origin sent the charge there, with its body and its key, and what
// that origin answered was the result.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClientTransport from "surety/http/effect"
import { FakeExchange, FakeServer } from "surety/testing"
import { looking, overLayer, Shop } from "./Shop.ts"

it.live("sends 0 requests of 2 to the origin that a 307 names", () =>
  Effect.gen(function* () {
    const other = FakeServer.make({ handle: () => FakeExchange.json(200, { id: "not ours" }) })
    const { url } = yield* FakeServer.serve(other)
    const moved = FakeServer.make({
      handle: () => ({ ...FakeExchange.json(307, {}), headers: { location: `${url}/elsewhere` } })
    })
    const served = yield* FakeServer.serve(moved)
    const transport = Layer.provide(HttpClientTransport.layer, FetchHttpClient.layer)
    yield* Effect.gen(function* () {
      const shop = yield* Shop
      for (const call of [shop.look(looking()), shop.charge({ payload: { amount: 5 } })]) {
        const error = yield* Effect.flip(Effect.asVoid(call as Effect.Effect<unknown, { readonly _tag: string }>))
        assert.strictEqual(error._tag, "ContractViolation")
      }
    }).pipe(Effect.provide(overLayer(transport, "sk_test_shop", served.url)))
    assert.deepStrictEqual([moved.log.entries.length, other.log.entries.length], [2, 0])
  })
)
