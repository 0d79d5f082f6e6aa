// B12: every scheme of a credential, with secrets that are hard to keep: quotes, addresses, line breaks.
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { FakeServer, Fault, FaultScript } from "surety/testing"
import * as Echo from "./Echo.ts"
import { scheme, schemes } from "./Schemes.ts"
import * as Sweep from "./Sweep.ts"

const shapes = Echo.shapeNames.length
const routes = ["GET /v1/items", "GET /v1/items/1", "GET /v1/watch", "POST /v1/items"]
const names = Object.keys(schemes) as ReadonlyArray<keyof typeof schemes>

const secrets: Readonly<Record<string, string>> = {
  "letters and digits": "sk_live_CANARY7f3a91c2e5d8b604",
  "what addresses and base64 write otherwise": "ghp/can+ary==7f3a&c2?e5#d8%20b6 ~x",
  "quotes and a backslash": `k"ey'can\\ary7f3a<91>&c2e5`,
  "a user and a password": "canary-user:p@ss/canary-7f3a?91c2",
  "an address with a user": "https://canary:7f3a91c2@host.example/x"
}

const proofOf: Readonly<
  Record<keyof typeof schemes, (request: Echo.EchoServer["seen"][number], secret: string) => boolean>
> = {
  bearer: ({ headers }, secret) => headers["authorization"] === `Bearer ${secret}`,
  basic: ({ headers }, secret) => headers["authorization"] === `Basic ${btoa(secret)}`,
  header: ({ headers }, secret) => headers["x-api-key"] === `Key ${secret}`,
  query: ({ query }, secret) => query.get("api_key") === secret,
  signature: ({ headers }) => /^[0-9a-f]{64}$/.test(headers["x-signature"] ?? ""),
  "a signature that throws": () => true
}

for (const name of names) {
  describe(`B12: ${name}`, () => {
    const subject = scheme(name)
    const all = Object.keys(subject.calls).length

    // a signature sends no secret: one is enough
    for (const [what, secret] of Object.entries(secrets).slice(0, name.includes("signature") ? 1 : undefined)) {
      const statuses = what === "letters and digits" ? [301, 400, 401, 422, 500] : [401, 422]
      it.effect(`keeps ${what} out of everything when ${statuses.join(", ")} quote it in ${shapes} shapes`, () =>
        Effect.gen(function* () {
          const servers = statuses.flatMap((status) =>
            Echo.shapeNames.map((shape) => Echo.make(secret, { status, shape }))
          )
          const ends = yield* Sweep.sweep(
            subject,
            servers.map((server) => Sweep.inMemory(subject, server)),
            secret
          )
          assert.strictEqual(ends.filter(Exit.isFailure).length, all * servers.length)
          for (const { seen } of servers) {
            const asked = new Set(seen.map(({ method, path }) => `${method} ${path}`))
            assert.deepStrictEqual([...asked].sort(), name === "a signature that throws" ? [] : routes)
            assert.isTrue(seen.every((request) => proofOf[name](request, secret)))
          }
        })
      )
    }

    it.effect("keeps it out of everything when a 200 that does not decode quotes it, as a name too", () =>
      Effect.gen(function* () {
        const secret = "sk_live_CANARY7f3a91c2e5d8b604"
        const bodies = [
          secret,
          secret.slice(0, 18),
          JSON.stringify(secret),
          JSON.stringify({ id: "1", counts: { [secret]: "many" }, items: secret, links: { next: 7 } }),
          JSON.stringify({ id: { [secret]: secret } }),
          `{"id":"${secret}`
        ]
        const servers = bodies.map((body) =>
          FakeServer.make({
            handle: () => ({ status: 200, body, headers: { "content-type": "application/json" } })
          })
        )
        const ends = yield* Sweep.sweep(
          subject,
          servers.map((server) => Sweep.inMemory(subject, server)),
          secret
        )
        assert.strictEqual(ends.filter(Exit.isFailure).length, all * servers.length)
      })
    )

    for (const [what, secret] of Object.entries({
      "a line break inside": "sk_live_CANARY7f3a\nsk_live_CANARY91c2",
      "a line break at its end": "sk_live_CANARY7f3a91c2\n",
      "letters that no header may carry": "clé_CANARY7f3a91c2_ü€"
    })) {
      it.effect(`refuses a secret with ${what} before anything is sent, and does not quote it`, () =>
        Effect.gen(function* () {
          const server = Echo.make(secret, { status: 401, shape: "a page" }, { script: FaultScript.repeat(Fault.ok) })
          const ends = yield* Sweep.sweep(subject, [Sweep.inMemory(subject, server)], secret)
          assert.strictEqual(ends.filter(Exit.isFailure).length, all)
          assert.strictEqual(server.log.count(), 0)
        })
      )
    }
  })
}
