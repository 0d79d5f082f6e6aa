import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Http from "node:http"
import * as Net from "node:net"
import { Agent, request } from "undici"
import * as ServerHint from "../../src/ServerHint.ts"
import { FakeExchange, FakeServer, Fault, FaultScript, RetryAfterForm } from "../../src/testing/index.ts"

type Read = (header: string | undefined, nowMillis: number) => Duration.Duration | undefined

/** What a real client sees: how far it got, and how it ended. */
interface Seen {
  readonly status: number | undefined
  readonly type: string | undefined
  readonly hint: string | undefined
  readonly bytes: number
  readonly end: string
  readonly tookMillis: number
}

const withUndici = (url: string): Effect.Effect<Seen> =>
  Effect.promise(async () => {
    const agent = new Agent()
    const startedAt = performance.now()
    let bytes = 0
    let head: { readonly statusCode: number; readonly headers: Http.IncomingHttpHeaders } | undefined
    const seen = (end: string): Seen => ({
      status: head?.statusCode,
      type: head?.headers["content-type"],
      hint: head?.headers["retry-after"],
      bytes,
      end,
      tookMillis: performance.now() - startedAt
    })
    try {
      const response = await request(`${url}/v1/charges`, { method: "POST", body: "hello", dispatcher: agent })
      head = response as typeof head
      for await (const chunk of response.body) bytes += (chunk as Uint8Array).length
      return seen("end")
    } catch (error) {
      return seen((error as NodeJS.ErrnoException).code ?? String(error))
    } finally {
      await agent.destroy()
    }
  })

const withNodeHttp = (url: string): Effect.Effect<Seen> =>
  Effect.callback<Seen>((resume) => {
    const startedAt = performance.now()
    let bytes = 0
    let head: Http.IncomingMessage | undefined
    let ended = false
    const finish = (end: string): void => {
      if (ended) return
      ended = true
      resume(
        Effect.succeed({
          status: head?.statusCode,
          type: head?.headers["content-type"],
          hint: head?.headers["retry-after"],
          bytes,
          end,
          tookMillis: performance.now() - startedAt
        })
      )
    }
    const failed = (error: NodeJS.ErrnoException): void => finish(error.code ?? String(error))
    const sent = Http.request(`${url}/v1/charges`, { method: "POST", agent: false }, (response) => {
      head = response
      response.on("data", (chunk: Uint8Array) => (bytes += chunk.length))
      response.on("end", () => finish("end"))
      response.on("error", failed)
    })
    sent.on("error", failed)
    sent.end("hello")
  })

const clients = [
  ["undici", withUndici],
  ["node:http", withNodeHttp]
] as const

const fake = (...faults: ReadonlyArray<Fault.Fault>): FakeServer.FakeServer =>
  FakeServer.make({ handle: () => FakeExchange.json(200, { id: "ch_1" }), script: FaultScript.of(...faults) })

interface Case {
  readonly name: string
  readonly fault: Fault.Fault
  readonly status: number | undefined
  readonly bytes: number
  readonly end: string
  readonly applied: boolean
  readonly logged: number | undefined
  readonly atLeastMillis?: number
  readonly type?: string
  readonly hint?: string
}

const cases: ReadonlyArray<Case> = [
  { name: "ok gives 13 bytes", fault: Fault.ok, status: 200, bytes: 13, end: "end", applied: true, logged: 200 },
  {
    name: "resetBefore resets, not applied",
    fault: Fault.resetBefore,
    status: undefined,
    bytes: 0,
    end: "ECONNRESET",
    applied: false,
    logged: undefined
  },
  {
    name: "resetAfter resets without 1 byte of response, applied",
    fault: Fault.resetAfter,
    status: undefined,
    bytes: 0,
    end: "ECONNRESET",
    applied: true,
    logged: undefined
  },
  {
    name: "stallHead answers after 60 ms, applied",
    fault: Fault.stallHead("60 millis"),
    status: 200,
    bytes: 13,
    end: "end",
    applied: true,
    logged: 200,
    atLeastMillis: 55
  },
  {
    name: "stallHeadUnapplied resets after 60 ms, not applied",
    fault: Fault.stallHeadUnapplied("60 millis"),
    status: undefined,
    bytes: 0,
    end: "ECONNRESET",
    applied: false,
    logged: undefined,
    atLeastMillis: 55
  },
  {
    name: "stallBody completes 13 bytes after 60 ms",
    fault: Fault.stallBody("60 millis", 4),
    status: 200,
    bytes: 13,
    end: "end",
    applied: true,
    logged: 200,
    atLeastMillis: 55
  },
  {
    name: "cutAfter resets after 3 of 13 bytes",
    fault: Fault.cutAfter(3),
    status: 200,
    bytes: 3,
    end: "ECONNRESET",
    applied: true,
    logged: 200
  },
  {
    name: "cutAfter 0 resets after the head",
    fault: Fault.cutAfter(0),
    status: 200,
    bytes: 0,
    end: "ECONNRESET",
    applied: true,
    logged: 200
  },
  {
    name: "cutAfter 4,000 resets after all 13 bytes of a body that promised 14",
    fault: Fault.cutAfter(4000),
    status: 200,
    bytes: 13,
    end: "ECONNRESET",
    applied: true,
    logged: 200
  },
  {
    name: "drip at 100 bytes a second takes 130 ms",
    fault: Fault.drip({ bytesPerSecond: 100 }),
    status: 200,
    bytes: 13,
    end: "end",
    applied: true,
    logged: 200,
    atLeastMillis: 120
  },
  {
    name: "wrongContentType says text/html",
    fault: Fault.wrongContentType("text/html"),
    status: 200,
    bytes: 13,
    end: "end",
    applied: true,
    logged: 200,
    type: "text/html"
  },
  {
    name: "oversize gives 1,000,000 bytes",
    fault: Fault.oversize(1_000_000),
    status: 200,
    bytes: 1_000_000,
    end: "end",
    applied: true,
    logged: 200
  },
  {
    name: "respond gives 418 and 6 bytes, not applied",
    fault: Fault.respond({ status: 418, body: "teapot", headers: { "content-type": "text/plain" } }),
    status: 418,
    bytes: 6,
    end: "end",
    applied: false,
    logged: 418,
    type: "text/plain"
  },
  {
    name: "tooManyRequests gives 429 and retry-after 3, not applied",
    fault: Fault.tooManyRequests(RetryAfterForm.seconds("3 seconds")),
    status: 429,
    bytes: 24,
    end: "end",
    applied: false,
    logged: 429,
    hint: "3"
  },
  {
    name: "unavailable gives 503 and retry-after 1, not applied",
    fault: Fault.unavailable(RetryAfterForm.seconds("1 second")),
    status: 503,
    bytes: 24,
    end: "end",
    applied: false,
    logged: 503,
    hint: "1"
  },
  {
    name: "latency answers after 60 ms",
    fault: Fault.latency("60 millis", "80 millis"),
    status: 200,
    bytes: 13,
    end: "end",
    applied: true,
    logged: 200,
    atLeastMillis: 55
  }
]

const probe = (port: number): Effect.Effect<string> =>
  Effect.callback<string>((resume) => {
    const socket = Net.connect(port, "127.0.0.1")
    socket.on("connect", () => {
      socket.destroy()
      resume(Effect.succeed("connected"))
    })
    socket.on("error", (error: NodeJS.ErrnoException) => resume(Effect.succeed(error.code ?? "error")))
  })

const read = (url: string, method: "GET" | "POST" = "GET") =>
  Effect.promise(async () => {
    const response = await fetch(url, { method })
    return { status: response.status, text: await response.text() }
  })

describe("FakeServer.serve", () => {
  for (const [client, send] of clients) {
    for (const one of cases) {
      it.live(`${one.name}, to ${client}`, () =>
        Effect.gen(function* () {
          const { log, url } = yield* FakeServer.serve(fake(one.fault))
          const seen = yield* send(url)
          assert.deepStrictEqual([seen.status, seen.bytes, seen.end], [one.status, one.bytes, one.end])
          assert.isAtLeast(seen.tookMillis, one.atLeastMillis ?? 0)
          if (one.type !== undefined) assert.strictEqual(seen.type, one.type)
          if (one.hint !== undefined) assert.strictEqual(seen.hint, one.hint)
          assert.strictEqual(log.count(), 1)
          const entry = log.entries[0]
          assert.deepStrictEqual(
            [entry?.fault, entry?.status, entry?.applied, entry?.bodyBytes],
            [one.fault._tag, one.logged, one.applied, 5]
          )
        })
      )
    }

    it.live(`refuses from 0 to 120 ms, logs nothing of it and then answers on the same port, to ${client}`, () =>
      Effect.gen(function* () {
        const server = FakeServer.make({
          handle: () => ({ status: 204 }),
          script: FaultScript.window({ from: 0, to: "120 millis" }, Fault.refuse)
        })
        const { log, url } = yield* FakeServer.serve(server)
        assert.strictEqual((yield* send(url)).end, "ECONNREFUSED")
        yield* Effect.sleep("160 millis")
        assert.strictEqual((yield* send(url)).status, 204)
        assert.deepStrictEqual(log.statuses(), [204])
      })
    )
  }

  it.live("refuses on a kept connection too: 204, ECONNREFUSED, 204 over 1 agent", () =>
    Effect.gen(function* () {
      const server = FakeServer.make({
        handle: () => ({ status: 204 }),
        script: FaultScript.window({ from: "80 millis", to: "200 millis" }, Fault.refuse)
      })
      const { url } = yield* FakeServer.serve(server)
      const agent = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent()),
        (agent) => Effect.promise(() => agent.destroy())
      )
      const send = Effect.promise(() =>
        request(url, { dispatcher: agent }).then(
          (response) => response.body.dump().then(() => String(response.statusCode)),
          (error: NodeJS.ErrnoException) => String(error.code)
        )
      )
      const seen = [yield* send]
      yield* Effect.sleep("120 millis")
      seen.push(yield* send)
      yield* Effect.sleep("120 millis")
      seen.push(yield* send)
      assert.deepStrictEqual(seen, ["204", "ECONNREFUSED", "204"])
    })
  )

  it.live("finishes the 1 request in flight when the refusal window opens", () =>
    Effect.gen(function* () {
      const server = FakeServer.make({
        handle: () => ({ status: 204 }),
        script: FaultScript.all(
          FaultScript.window({ from: "60 millis", to: "10 seconds" }, Fault.refuse),
          Fault.latency("120 millis")
        )
      })
      const { port, url } = yield* FakeServer.serve(server)
      const seen = yield* withUndici(url)
      assert.strictEqual(seen.status, 204)
      assert.strictEqual(yield* probe(port), "ECONNREFUSED")
    })
  )

  it.live("refuses after its scope has closed, also with 1 request stalled for ever", () =>
    Effect.gen(function* () {
      const [port, stalled] = yield* Effect.scoped(
        Effect.gen(function* () {
          const { log, port, url } = yield* FakeServer.serve(fake(Fault.stallHead("Infinity")))
          const stalled = yield* Effect.forkDetach(withNodeHttp(url))
          while (log.count() === 0) yield* Effect.sleep("1 millis")
          return [port, stalled] as const
        })
      )
      assert.strictEqual(yield* probe(port), "ECONNREFUSED")
      const { end } = yield* Fiber.join(stalled)
      assert.strictEqual(end, "ECONNRESET")
    })
  )

  it.live("fails with UnservableScript when 1 refusal depends on a request", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(FakeServer.serve(fake(Fault.refuse)))
      assert.strictEqual(error.reason, "UnservableScript")
      assert.include(error.message, "FaultScript.window")
    })
  )

  it.live("fails with PortUnavailable and the number of a port that is taken", () =>
    Effect.gen(function* () {
      const { port } = yield* FakeServer.serve(fake())
      const error = yield* Effect.flip(FakeServer.serve(fake(), { port }))
      assert.strictEqual(error.message, `port ${port} is not available on 127.0.0.1`)
    })
  )

  it.live("shows log and control values over HTTP and logs 0 of these requests", () =>
    Effect.gen(function* () {
      const server = FakeServer.make({
        handle: () => ({ status: 204 }),
        script: FaultScript.repeat(Fault.resetBefore, 1),
        control: { ledger: () => ({ charged: 2 }) }
      })
      const { log, url } = yield* FakeServer.serve(server)
      yield* withUndici(url)
      const shown = yield* read(`${url}/__surety/log`)
      assert.deepStrictEqual(JSON.parse(shown.text)[0].fault, "ResetBefore")
      assert.strictEqual((yield* read(`${url}/__surety/ledger`)).text, `{"charged":2}`)
      assert.strictEqual((yield* read(`${url}/__surety/nothing`)).status, 404)
      assert.strictEqual(log.count(), 1)
    })
  )

  it.live("sends a wait of 2 s in each of 6 forms over a socket, as a header that is read back as 2 s", () =>
    Effect.gen(function* () {
      const forms: ReadonlyArray<readonly [RetryAfterForm.RetryAfterForm, string, Read]> = [
        [RetryAfterForm.seconds("2 seconds"), "retry-after", ServerHint.retryAfter],
        [RetryAfterForm.httpDate("2 seconds"), "retry-after", ServerHint.retryAfter],
        [RetryAfterForm.millis("2 seconds"), "retry-after-ms", ServerHint.millis],
        [RetryAfterForm.epochSeconds("2 seconds"), "x-ratelimit-reset", ServerHint.epochSeconds],
        [RetryAfterForm.goDuration("2 seconds"), "x-ratelimit-reset-requests", ServerHint.goDuration],
        [RetryAfterForm.rfc3339("2 seconds"), "anthropic-ratelimit-requests-reset", ServerHint.rfc3339]
      ]
      const { url } = yield* FakeServer.serve(fake(...forms.map(([form]) => Fault.tooManyRequests(form))))
      for (const [form, header, read] of forms) {
        const sentAt = Date.now()
        const response = yield* Effect.promise(() => fetch(url, { method: "POST" }))
        assert.strictEqual(response.status, 429)
        const hint = read(response.headers.get(header) ?? undefined, sentAt)
        // a date without a fraction is rounded up, so that nobody comes too early
        assert.closeTo(Duration.toMillis(hint ?? Duration.zero), 2500, 1500, form._tag)
        assert.isAtLeast(Duration.toMillis(hint ?? Duration.zero), 2000, form._tag)
      }
    })
  )

  it.live("starts the script again after a restart: 2 resets for 3 requests", () =>
    Effect.gen(function* () {
      const { log, url } = yield* FakeServer.serve(fake(Fault.resetBefore))
      const ends = [(yield* withUndici(url)).end, (yield* withUndici(url)).end]
      assert.strictEqual((yield* read(`${url}/__surety/restart`, "POST")).status, 204)
      assert.strictEqual(log.count(), 0)
      ends.push((yield* withUndici(url)).end)
      assert.deepStrictEqual(ends, ["ECONNRESET", "end", "ECONNRESET"])
    })
  )

  it.live("answers 2,000 requests over 20 kept connections within 4 s", () =>
    Effect.gen(function* () {
      const { log, url } = yield* FakeServer.serve(fake())
      const took = yield* Effect.promise(async () => {
        const agent = new Agent({ connections: 20 })
        const startedAt = performance.now()
        let left = 2000
        await Promise.all(
          Array.from({ length: 20 }, async () => {
            while (left-- > 0) {
              const response = await request(`${url}/v1/charges`, { method: "POST", body: "x", dispatcher: agent })
              await response.body.dump()
            }
          })
        )
        await agent.close()
        return performance.now() - startedAt
      })
      assert.strictEqual(log.count(), 2000)
      assert.isBelow(took, 4000)
    })
  )
})
