// B12, A11: the same over real sockets and all three transports; and what another origin is sent.
import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as HttpClientTransport from "surety/http/effect"
import * as FetchTransport from "surety/http/fetch"
import type { Transport } from "surety/http/Transport"
import * as UndiciTransport from "surety/http/undici"
import { type FakeExchange, FakeServer, Fault, FaultScript } from "surety/testing"
import * as Echo from "./Echo.ts"
import { scheme, type schemes } from "./Schemes.ts"
import { shipped } from "./Subject.ts"
import * as Sweep from "./Sweep.ts"

const secret = "sk_live_CANARY7f3a+91c2/e5d8=b604"

const transports: Readonly<Record<string, Layer.Layer<Transport>>> = {
  undici: UndiciTransport.layer,
  fetch: FetchTransport.layer,
  "an Effect HttpClient over fetch": Layer.provide(HttpClientTransport.layer, FetchHttpClient.layer),
  "an Effect HttpClient over node:http": Layer.provide(HttpClientTransport.layer, NodeHttpClient.layerNodeHttp)
}

/** Somebody else's machine: it answers everything, and remembers whole requests. */
const elsewhere = Effect.gen(function* () {
  const seen: Array<FakeExchange.FakeRequest> = []
  const server = FakeServer.make({
    handle: (request) => {
      seen.push(request)
      return { status: 200, body: "{}", headers: { "content-type": "application/json" } }
    }
  })
  const { url } = yield* Effect.orDie(FakeServer.serve(server))
  return { seen, url }
})

const faults: Readonly<Record<string, Fault.Fault>> = {
  "a reset before": Fault.resetBefore,
  "a reset after": Fault.resetAfter,
  "a body that is cut off": Fault.cutAfter(40),
  "a body of another type": Fault.wrongContentType("text/html")
}

const silent: Readonly<Record<string, Fault.Fault>> = {
  "a silent head": Fault.stallHead("1 hour"),
  "a silent body": Fault.stallBody("1 hour", 3)
}

const quoted = [
  { status: 400, shape: "the provider's envelope" },
  { status: 401, shape: "an envelope whose every character is escaped" },
  { status: 402, shape: "the provider's envelope, of another type" },
  { status: 403, shape: "a short text that says it is JSON" },
  { status: 422, shape: "the provider's envelope" },
  { status: 429, shape: "a page" },
  { status: 500, shape: "JSON that was cut off" },
  { status: 302, shape: "another envelope" },
  { status: 307, shape: "a page" }
] as const satisfies ReadonlyArray<Echo.Quoting>

for (const [name, transport] of Object.entries(transports)) {
  describe(`B12: over ${name}`, () => {
    it.live(
      `keeps the key out of everything: ${shipped.length} providers, ${quoted.length} answers that quote it, ${Object.keys(faults).length} faults`,
      () => Effect.all(shipped.map(overSockets), { concurrency: "unbounded", discard: true }),
      20_000
    )

    function overSockets(subject: (typeof shipped)[number]) {
      const all = Object.keys(subject.calls).length
      return Effect.gen(function* () {
        const other = yield* elsewhere
        const servers = [
          ...quoted.map((quoting) => Echo.make(secret, quoting, { location: `${other.url}/v1/next?page=2` })),
          ...Object.values(faults).map((fault) =>
            Echo.make(secret, { status: 500, shape: "the provider's envelope" }, { script: FaultScript.repeat(fault) })
          )
        ]
        const places = yield* Effect.forEach(servers, (server) =>
          Effect.map(Effect.orDie(FakeServer.serve(server)), ({ url }) => ({ url, transport, log: server.log }))
        )
        const refused = { url: "http://127.0.0.1:9", transport, log: servers[0]!.log }
        const ends = yield* Sweep.sweep(subject, [...places, refused], secret, { clock: "real" })
        assert.strictEqual(ends.filter(Exit.isFailure).length, all * (servers.length + 1))
        for (const server of servers) {
          assert.isAtLeast(server.log.count(), all)
          assert.isTrue(server.seen.every(({ headers }) => headers["authorization"] === `Bearer ${secret}`))
        }
        // A11: neither a redirect nor a link leads a request to another origin
        assert.strictEqual(other.seen.length, 0)
      })
    }

    it.live(
      `keeps the key out of everything when calls are interrupted after 0.3 s of ${Object.keys(silent).join(" or ")}`,
      () =>
        Effect.gen(function* () {
          const subject = scheme("header")
          const servers = Object.values(silent).map((fault) =>
            Echo.make(secret, { status: 500, shape: "the provider's envelope" }, { script: FaultScript.repeat(fault) })
          )
          const places = yield* Effect.forEach(servers, (server) =>
            Effect.map(Effect.orDie(FakeServer.serve(server)), ({ url }) => ({ url, transport, log: server.log }))
          )
          const ends = yield* Sweep.sweep(subject, places, secret, { clock: "real", patience: "300 millis" })
          assert.strictEqual(ends.filter(Exit.isFailure).length, Object.keys(subject.calls).length * servers.length)
        })
    )

    for (const kind of ["bearer", "basic", "header", "query", "signature"] as const satisfies ReadonlyArray<
      keyof typeof schemes
    >) {
      it.live(`A11: a ${kind} credential does not go along with a redirect that the contract allows`, () =>
        Effect.gen(function* () {
          const held = `canary-user:${secret}`
          const other = yield* elsewhere
          const servers = [301, 302, 303, 307, 308].map((status) =>
            Echo.make(held, { status, shape: "a page" }, { location: `${other.url}/v1/items/1` })
          )
          const places = yield* Effect.forEach(servers, (server) =>
            Effect.map(Effect.orDie(FakeServer.serve(server)), ({ url }) => ({
              url: `${url}/v1`,
              transport,
              log: server.log
            }))
          )
          const subject = scheme(kind, [other.url])
          const ends = yield* Sweep.sweep(subject, places, held, { clock: "real" })
          assert.strictEqual(ends.filter(Exit.isFailure).length, Object.keys(subject.calls).length * servers.length)
          assert.isAbove(other.seen.length, 0)
          for (const { body, headers, method, path, query } of other.seen) {
            const names = Object.keys(headers)
            assert.deepStrictEqual(
              names.filter((one) =>
                ["authorization", "x-api-key", "x-signature", "cookie", "traceparent", "b3"].includes(one)
              ),
              []
            )
            assert.deepStrictEqual([method, path, String(query), body], ["GET", "/v1/items/1", "", ""])
            assert.isFalse(Object.values(headers).some((value) => value.includes("CANARY")))
          }
        })
      )
    }
  })
}
