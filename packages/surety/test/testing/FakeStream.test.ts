import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as HttpClientTransport from "surety/http/effect"
import * as FetchTransport from "surety/http/fetch"
import * as UndiciTransport from "surety/http/undici"
import { FakeProvider, Fault, FaultScript } from "surety/testing"
import { settled } from "./Settled.ts"
import { Broken, Declined, Shop } from "./Shop.ts"
import { inBrief } from "./ShopCalls.ts"

const transports = [
  ["undici", UndiciTransport.layer],
  ["fetch", FetchTransport.layer],
  ["an Effect HttpClient", Layer.provide(HttpClientTransport.layer, FetchHttpClient.layer)]
] as const

type Service = Effect.Success<typeof Shop>
type Read = (shop: Service) => Effect.Effect<Stream.Stream<unknown, unknown>, unknown>

const at = new Date(0)
const ticks = (count: number) => Array.from({ length: count }, (_, n) => ({ n, at }))
const kinds = [
  ["NDJSON", "ticks", (shop: Service) => shop.ticks()],
  ["SSE", "events", (shop: Service) => shop.events()]
] as const

/** Pauses after each of 1,000 elements in 50. */
const slowly =
  (read: Read): Read =>
  (shop) =>
    Effect.map(
      read(shop),
      Stream.tap((element) =>
        (element as { readonly n: number }).n % 50 === 0 ? Effect.sleep("1 millis") : Effect.void
      )
    )

/** The elements that arrived, and how it ended. */
const collect = (read: Read) =>
  Effect.gen(function* () {
    const seen: Array<unknown> = []
    const ended = yield* Effect.flatMap(Shop, read).pipe(
      Effect.flatMap(Stream.runForEach((element) => Effect.sync(() => void seen.push(element)))),
      Effect.match({ onFailure: inBrief, onSuccess: () => "ok" })
    )
    return { seen, ended }
  })

describe.each(kinds)("an endpoint that streams %s", (kind, name, read) => {
  const size = kind === "NDJSON" ? 40 : 47 // bytes of the first element

  it.effect("gives 3 elements of the handler as they were", () => {
    const fake = FakeProvider.make(Shop, { handlers: { [name]: () => ticks(3) } })
    return Effect.gen(function* () {
      const { ended, seen } = yield* settled(collect(read))
      assert.deepStrictEqual([ended, seen], ["ok", ticks(3)])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("is read to its end when it has no element", () => {
    const fake = FakeProvider.make(Shop, { handlers: { [name]: () => [] } })
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* settled(collect(read)), { seen: [], ended: "ok" })
      assert.strictEqual(fake.log.count(), 1)
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("is asked again when it is cut 1 byte before the end of its first element", () => {
    const fake = FakeProvider.make(Shop, {
      script: FaultScript.of(Fault.cutAfter(size - 1)),
      handlers: { [name]: () => ticks(3) }
    })
    return Effect.gen(function* () {
      const { ended, seen } = yield* settled(collect(read))
      assert.deepStrictEqual([ended, seen, fake.log.count()], ["ok", ticks(3), 2])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("is not asked again when it is cut after its first element: the failure is its own", () => {
    const fake = FakeProvider.make(Shop, {
      script: FaultScript.repeat(Fault.cutAfter(size)),
      handlers: { [name]: () => ticks(3) }
    })
    return Effect.gen(function* () {
      const { ended, seen } = yield* settled(collect(read))
      assert.deepStrictEqual([ended, seen, fake.log.count()], ["ConnectionLost", ticks(1), 1])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("ends with AttemptTimeout when 800 ms pass between two elements where 700 are allowed", () => {
    const fake = FakeProvider.make(Shop, {
      script: FaultScript.repeat(Fault.stallBody("800 millis", size)),
      handlers: { [name]: () => ticks(3) }
    })
    return Effect.gen(function* () {
      const { ended, seen } = yield* settled(collect(read))
      assert.deepStrictEqual([ended, seen, fake.log.count()], ["AttemptTimeout", ticks(1), 1])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("gives what a handler's stream gave before it failed, then loses the connection", () => {
    const broken = Stream.concat(Stream.fromIterable(ticks(2)), Stream.fail(new Broken({ trace: "t1" })))
    const fake = FakeProvider.make(Shop, { handlers: { [name]: () => broken } })
    return Effect.gen(function* () {
      const { ended, seen } = yield* settled(collect(read))
      assert.deepStrictEqual([ended, seen, fake.log.count()], ["ConnectionLost", ticks(2), 1])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("answers with the declared status when a handler's stream fails before its first element", () => {
    const fake = FakeProvider.make(Shop, { handlers: { [name]: () => Stream.fail(new Declined({ code: "no" })) } })
    return Effect.gen(function* () {
      const { ended } = yield* settled(collect(read))
      assert.deepStrictEqual([ended, fake.log.statuses()], ["Declined", [402]])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("holds a body of 1,000 elements back from a reader that is slow, and loses none", () => {
    const fake = FakeProvider.make(Shop, { handlers: { [name]: () => ticks(1000) } })
    return Effect.gen(function* () {
      const { ended, seen } = yield* settled(
        collect((shop) =>
          Effect.map(
            read(shop),
            Stream.tap(() => Effect.sleep("5 millis"))
          )
        )
      )
      assert.deepStrictEqual([ended, seen.length], ["ok", 1000])
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.effect("ends with ContractViolation at an element over 10,000 bytes, after the ones before it", () => {
    const fake = FakeProvider.make(Shop, {
      script: FaultScript.of(Fault.oversize(20_000)),
      handlers: { [name]: () => ticks(2) }
    })
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* settled(collect(read)), { seen: ticks(2), ended: "ContractViolation" })
    }).pipe(Effect.provide(Shop.layerFake(fake)))
  })

  it.live.each(transports)(
    "gives 1,000 elements to a slow reader over a real socket with %s, whole or dripping",
    ([, network]) =>
      Effect.gen(function* () {
        for (const script of [FaultScript.none, FaultScript.of(Fault.drip({ bytesPerSecond: 200_000 }))]) {
          const fake = FakeProvider.make(Shop, { script, handlers: { [name]: () => ticks(1000) } })
          const { url } = yield* FakeProvider.serve(fake)
          assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/pay$/)
          const layer = Shop.layerAt(url).pipe(
            Layer.provide([network, Shop.Credentials.layer(Redacted.make("sk_test"))])
          )
          const { ended, seen } = yield* Effect.provide(collect(slowly(read)), layer)
          assert.deepStrictEqual([ended, seen.length], ["ok", 1000])
          assert.deepStrictEqual(seen.slice(-1), ticks(1000).slice(-1))
        }
      }).pipe(Effect.scoped)
  )
})

it.effect("an endpoint that streams bytes gives all 11 of 3 pieces", () => {
  const fake = FakeProvider.make(Shop)
  return Effect.gen(function* () {
    const { ended, seen } = yield* settled(collect((shop) => shop.download()))
    assert.strictEqual(ended, "ok")
    assert.strictEqual(Buffer.concat(seen as Array<Uint8Array>).toString(), "onetwothree")
  }).pipe(Effect.provide(Shop.layerFake(fake)))
})
