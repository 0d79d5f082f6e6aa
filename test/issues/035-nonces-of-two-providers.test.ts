// Two providers whose tokens are bound to one key keep two nonces.
//
// There was one for both: whoever answered last had its nonce sent to the other, which refused it, and refused it again when
// the first answered in between.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client, ClientAuth, ClientCredentials, Dpop } from "@surety/oauth"
import { Transport } from "surety/http/Transport"
import { idle } from "./Shop.ts"

const metadata = { issuer: "https://id.example", token_endpoint: "https://id.example/token" }
const request = { method: "GET", path: "/a", headers: {}, body: undefined, nowMillis: 0 }
const claimsOf = (proof: string): { readonly nonce?: string } =>
  JSON.parse(Buffer.from(proof.split(".")[1] ?? "", "base64url").toString())

it.effect("A13: each of 2 sources of one client sends the nonce that its own provider gave", () =>
  Effect.gen(function* () {
    const client = Client.make({ metadata, clientId: "app", auth: ClientAuth.none, dpop: yield* Dpop.make })
    const one = yield* ClientCredentials.source(client, { scopes: ["one"] })
    const two = yield* ClientCredentials.source(client, { scopes: ["two"] })
    const nonceOf = (source: typeof one, origin: string) =>
      Effect.promise(async () => {
        const headers = await source.sign!({ ...request, origin }, Redacted.make("access"))
        return claimsOf(headers["dpop"] ?? "").nonce
      })
    one.answered!({ status: 200, headers: { "dpop-nonce": "of-one" } })
    two.answered!({ status: 200, headers: { "dpop-nonce": "of-two" } })
    assert.strictEqual(yield* nonceOf(one, "https://one.example"), "of-one")
    assert.strictEqual(yield* nonceOf(two, "https://two.example"), "of-two")
  }).pipe(Effect.provide(Layer.succeed(Transport, { send: () => idle })))
)
