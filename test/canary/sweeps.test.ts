// B12: every operation of every shipped provider, under every way to fail, with every sink attached. In memory.
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { FakeProvider, type FakeServer, Fault, FaultScript, RetryAfterForm } from "surety/testing"
import * as Echo from "./Echo.ts"
import { shipped, type Subject } from "./Subject.ts"
import * as Sweep from "./Sweep.ts"

const secret = "sk_live_CANARY7f3a91c2e5d8b604"

const sweep = (subject: Subject, servers: ReadonlyArray<FakeServer.FakeServer>) =>
  Sweep.sweep(
    subject,
    servers.map((server) => Sweep.inMemory(subject, server)),
    secret
  )

for (const subject of shipped) {
  const operations = Object.keys(subject.contract.operations)

  describe(`B12: ${subject.name}`, () => {
    it(`has a call of each of its ${operations.length} operations here`, () => {
      assert.deepStrictEqual(Object.keys(subject.calls).sort(), [...operations].sort())
    })

    it.effect("keeps the secret out of everything while all goes well, and sends it", () =>
      Effect.gen(function* () {
        const { server } = FakeProvider.make(subject as never)
        const ends = yield* sweep(subject, [server])
        assert.deepStrictEqual(ends.filter(Exit.isFailure), [])
        assert.isTrue(server.log.entries.every((entry) => entry.requestHeaders["authorization"]?.startsWith("sha256:")))
      })
    )

    const transport: Readonly<Record<string, Fault.Fault>> = {
      refuse: Fault.refuse,
      resetBefore: Fault.resetBefore,
      resetAfter: Fault.resetAfter,
      "stallHead 1 hour": Fault.stallHead("1 hour"),
      "stallHeadUnapplied 1 hour": Fault.stallHeadUnapplied("1 hour"),
      "stallBody 1 hour": Fault.stallBody("1 hour", 3),
      "cutAfter 0": Fault.cutAfter(0),
      "cutAfter 20": Fault.cutAfter(20),
      "drip 1 byte a second": Fault.drip({ bytesPerSecond: 1 }),
      wrongContentType: Fault.wrongContentType(`text/html; charset=${secret}`),
      oversize: Fault.oversize(20_000_000),
      "latency 1 hour": Fault.latency("1 hour"),
      tooManyRequests: Fault.tooManyRequests(RetryAfterForm.seconds("1 second")),
      unavailable: Fault.unavailable()
    }
    for (const [name, fault] of Object.entries(transport)) {
      it.effect(`keeps it out of everything under ${name}, answered with what quotes it`, () =>
        Effect.gen(function* () {
          const server = Echo.make(
            secret,
            { status: 500, shape: "the provider's envelope" },
            { script: FaultScript.repeat(fault) }
          )
          const ends = yield* sweep(subject, [server])
          assert.strictEqual(ends.filter(Exit.isFailure).length, operations.length)
        })
      )
    }

    const statuses = [301, 304, 307, 400, 401, 402, 403, 404, 409, 410, 418, 422, 424, 429, 451, 500, 503]
    for (const status of statuses) {
      const shapes = [400, 401, 422, 500].includes(status) ? Echo.shapeNames : Echo.shapeNames.slice(0, 4)
      it.effect(`keeps it out of everything when a ${status} quotes it, in ${shapes.length} shapes`, () =>
        Effect.gen(function* () {
          const servers = shapes.map((shape) => Echo.make(secret, { status, shape }))
          const ends = yield* sweep(subject, servers)
          assert.strictEqual(ends.filter(Exit.isFailure).length, operations.length * servers.length)
          for (const { seen } of servers) {
            assert.isAtLeast(seen.length, operations.length)
            assert.isTrue(seen.every(({ headers }) => headers["authorization"] === `Bearer ${secret}`))
          }
        })
      )
    }
  })
}
