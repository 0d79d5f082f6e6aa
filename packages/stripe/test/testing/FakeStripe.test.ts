/** What the official SDK does not let one send: raw requests, virtual days, the order of the doors. */
import { assert, describe, it } from "@effect/vitest"
import type { FakeResponse } from "surety/testing/FakeExchange"
import * as FakeStripe from "../../src/testing/FakeStripe.ts"
import * as Mishap from "../../src/testing/Mishap.ts"

const hourMillis = 60 * 60 * 1000

const client = (fake: FakeStripe.FakeStripe) => {
  let index = 0
  return (
    target: string,
    options: {
      readonly body?: string
      readonly key?: string
      readonly atMillis?: number
      readonly headers?: Readonly<Record<string, string>>
    } = {}
  ) => {
    const [method, url] = target.split(" ") as [string, string]
    const [path, query] = url.split("?") as [string, string | undefined]
    return fake.handle({
      index: index++,
      method,
      path,
      query: new URLSearchParams(query),
      headers: {
        authorization: "Bearer sk_test_fake",
        ...(options.key === undefined ? {} : { "idempotency-key": options.key }),
        ...options.headers
      },
      body: options.body ?? "",
      key: options.key,
      attempt: 1,
      atMillis: options.atMillis ?? 0,
      unixMillis: options.atMillis ?? 0
    })
  }
}

/** A response that came at once. */
const now = (response: FakeResponse | Promise<FakeResponse>) => {
  if (response instanceof Promise) throw new Error("the fake did not answer at once")
  return {
    status: response.status,
    headers: response.headers ?? {},
    body: JSON.parse(String(response.body)) as {
      readonly id: string
      readonly error?: { readonly type: string; readonly code?: string; readonly message: string }
    }
  }
}

const charge = (order: string) =>
  `amount=1999&currency=eur&payment_method=pm_card_visa&confirm=true&metadata[order_id]=${order}`

const create = "POST /v1/payment_intents"

describe("idempotency keys", () => {
  it("replays the same bytes for 24 hours and executes again after them", () => {
    const fake = FakeStripe.make()
    const send = client(fake)
    const first = now(send(create, { body: charge("o-1"), key: "k" }))
    const late = now(send(create, { body: charge("o-1"), key: "k", atMillis: 24 * hourMillis - 1 }))
    assert.deepStrictEqual(late.body, first.body)
    assert.strictEqual(late.headers["idempotent-replayed"], "true")
    assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    const tooLate = now(send(create, { body: charge("o-1"), key: "k", atMillis: 24 * hourMillis }))
    assert.notStrictEqual(tooLate.body.id, first.body.id)
    assert.isUndefined(tooLate.headers["idempotent-replayed"])
    assert.strictEqual(fake.ledger.verdict("o-1"), "doubled")
  })

  it("charges twice without a key, and twice under two keys", () => {
    const fake = FakeStripe.make()
    const send = client(fake)
    send(create, { body: charge("o-1") })
    send(create, { body: charge("o-1") })
    send(create, { body: charge("o-2"), key: "a" })
    send(create, { body: charge("o-2"), key: "b" })
    assert.deepStrictEqual(fake.ledger.tally(["o-1", "o-2", "o-3"]), { never: 1, chargedOnce: 0, doubled: 2 })
    assert.deepStrictEqual(
      fake.ledger.chargesOf("o-2").map((one) => one.idempotencyKey),
      ["a", "b"]
    )
  })

  it("accepts 255 characters and refuses 256", () => {
    const send = client(FakeStripe.make())
    assert.strictEqual(now(send(create, { body: charge("o-1"), key: "k".repeat(255) })).status, 200)
    assert.strictEqual(now(send(create, { body: charge("o-2"), key: "k".repeat(256) })).status, 400)
  })

  it("stores nothing when parameters do not pass: the repaired request executes under the same key", () => {
    const fake = FakeStripe.make()
    const send = client(fake)
    assert.strictEqual(now(send(create, { body: `${charge("o-1")}&nope=1`, key: "k" })).status, 400)
    const repaired = now(send(create, { body: charge("o-1"), key: "k" }))
    assert.strictEqual(repaired.status, 200)
    assert.isUndefined(repaired.headers["idempotent-replayed"])
  })

  it("stores a decline: the same key gives the same 402 and never charges", () => {
    const fake = FakeStripe.make()
    const send = client(fake)
    const body = "amount=1999&currency=eur&payment_method=pm_card_chargeDeclined&confirm=true"
    const first = now(send(create, { body, key: "k" }))
    const second = now(send(create, { body, key: "k" }))
    assert.deepStrictEqual([first.status, second.status], [402, 402])
    assert.deepStrictEqual(second.body, first.body)
    assert.strictEqual(fake.account.paymentIntents.newestFirst().length, 1)
  })

  it("compares parameters, not bytes", () => {
    const fake = FakeStripe.make()
    const send = client(fake)
    send(create, { body: "amount=500&currency=eur&metadata[a]=1&metadata[b]=2", key: "k" })
    const other = now(send(create, { body: "metadata%5Bb%5D=2&currency=eur&metadata[a]=1&amount=500", key: "k" }))
    assert.strictEqual(other.headers["idempotent-replayed"], "true")
  })

  it("gives a key on a GET no meaning", () => {
    const send = client(FakeStripe.make())
    assert.strictEqual(now(send("GET /v1/payment_intents", { key: "k" })).status, 200)
    assert.isUndefined(now(send("GET /v1/payment_intents?limit=3", { key: "k" })).headers["idempotent-replayed"])
  })

  it("answers 409 while the first request executes, and tells a mismatch even then", async () => {
    const fake = FakeStripe.make()
    const send = client(fake)
    let finish = (): void => {}
    fake.inject(Mishap.slowExecution(new Promise((resolve) => (finish = resolve))))
    const first = send(create, { body: charge("o-1"), key: "k" })
    const second = now(send(create, { body: charge("o-1"), key: "k" }))
    const third = now(send(create, { body: charge("o-2"), key: "k" }))
    assert.deepStrictEqual(
      [second.status, second.body.error?.type, second.body.error?.code],
      [409, "idempotency_error", "idempotency_key_in_use"]
    )
    assert.deepStrictEqual([third.status, third.body.error?.type], [400, "idempotency_error"])
    assert.strictEqual(fake.ledger.verdict("o-1"), "never")
    finish()
    assert.strictEqual((await first).status, 200)
    assert.strictEqual(fake.ledger.verdict("o-1"), "chargedOnce")
    assert.strictEqual(now(send(create, { body: charge("o-1"), key: "k" })).headers["idempotent-replayed"], "true")
  })
})

describe("mishaps", () => {
  const mishaps = [
    [Mishap.serverError("before-execution"), 500, "never", 200, "chargedOnce"],
    [Mishap.serverError("during-execution"), 500, "never", 500, "never"],
    [Mishap.serverError("after-execution"), 500, "chargedOnce", 500, "chargedOnce"],
    [Mishap.rateLimited(), 429, "never", 200, "chargedOnce"],
    [Mishap.rateLimited({ status: 400, reason: "endpoint-concurrency" }), 400, "never", 200, "chargedOnce"],
    [Mishap.lockTimeout(), 429, "never", 200, "chargedOnce"],
    [Mishap.lockTimeout({ status: 400 }), 400, "never", 200, "chargedOnce"]
  ] as const

  for (const [mishap, status, verdict, again, then] of mishaps) {
    const where = "at" in mishap ? ` ${mishap.at}` : ""
    it(`${mishap._tag}${where} is ${status} with the order charged ${verdict}, then ${again} and ${then}`, () => {
      const fake = FakeStripe.make()
      const send = client(fake)
      fake.inject(mishap)
      assert.strictEqual(now(send(create, { body: charge("o-1"), key: "k" })).status, status)
      assert.strictEqual(fake.ledger.verdict("o-1"), verdict)
      assert.strictEqual(now(send(create, { body: charge("o-1"), key: "k" })).status, again)
      assert.strictEqual(fake.ledger.verdict("o-1"), then)
    })
  }

  it("replays Stripe-Should-Retry with the stored 500", () => {
    const fake = FakeStripe.make()
    const send = client(fake)
    fake.inject(Mishap.serverError("during-execution", { shouldRetry: false }))
    send(create, { body: charge("o-1"), key: "k" })
    assert.strictEqual(now(send(create, { body: charge("o-1"), key: "k" })).headers["stripe-should-retry"], "false")
  })

  it("asks the rule of its options for each request, after what was injected", () => {
    const fake = FakeStripe.make({
      mishap: ({ index }) => (index === 1 ? Mishap.serverError("before-execution", { status: 503 }) : undefined)
    })
    const send = client(fake)
    fake.inject(Mishap.rateLimited())
    const statuses = [1, 2, 3].map((order) => now(send(create, { body: charge(`o-${order}`) })).status)
    assert.deepStrictEqual(statuses, [429, 503, 200])
  })
})

describe("doors", () => {
  it("asks for the API key before it says what exists", () => {
    const send = client(FakeStripe.make())
    assert.strictEqual(now(send("GET /v1/nothing", { headers: { authorization: "" } })).status, 401)
    assert.strictEqual(now(send("GET /v1/nothing")).status, 404)
    assert.strictEqual(now(send("DELETE /v1/payment_intents/pi_1")).status, 404)
  })

  it("takes the API key as the user name of Basic, too", () => {
    const send = client(FakeStripe.make())
    const authorization = `Basic ${Buffer.from("sk_test_fake:").toString("base64")}`
    assert.strictEqual(now(send("GET /v1/payment_intents", { headers: { authorization } })).status, 200)
  })

  it("limits before it looks at the key: a replay can be refused with 429", () => {
    const fake = FakeStripe.make()
    const send = client(fake)
    send(create, { body: charge("o-1"), key: "k" })
    fake.inject(Mishap.rateLimited())
    assert.strictEqual(now(send(create, { body: charge("o-1"), key: "k" })).status, 429)
    assert.strictEqual(now(send(create, { body: charge("o-1"), key: "k" })).status, 200)
  })

  it("echoes the version it was asked for, and refuses what is none", () => {
    const send = client(FakeStripe.make())
    const asked = (version: string) => now(send("GET /v1/payment_intents", { headers: { "stripe-version": version } }))
    assert.strictEqual(asked("2026-07-29.dahlia").headers["stripe-version"], "2026-07-29.dahlia")
    assert.strictEqual(asked("newest").status, 400)
    assert.strictEqual(now(send("GET /v1/payment_intents")).headers["stripe-version"], FakeStripe.defaultVersion)
  })

  it("reads forms, not JSON, and refuses brackets that do not close", () => {
    const send = client(FakeStripe.make())
    const headers = { "content-type": "application/json" }
    assert.strictEqual(now(send(create, { body: '{"amount":1999}', headers })).status, 400)
    assert.strictEqual(now(send(create, { body: "amount=1999&metadata[a=1" })).status, 400)
  })

  it("filters a list by customer and by time", () => {
    const send = client(FakeStripe.make())
    for (const at of [1, 2, 3]) send(create, { body: charge(`o-${at}`), atMillis: at * 1000 })
    const count = (query: string) =>
      (now(send(`GET /v1/payment_intents?${query}`)).body as unknown as { data: ReadonlyArray<unknown> }).data.length
    assert.strictEqual(count("created[gte]=2"), 2)
    assert.strictEqual(count("created[gt]=1&created[lt]=3"), 1)
    assert.strictEqual(count("created=3"), 1)
    assert.strictEqual(count("customer=cus_none"), 0)
    assert.strictEqual(now(send("GET /v1/payment_intents?created[since]=2")).status, 400)
  })
})

describe("identifiers", () => {
  const ids = (seed: number) => {
    const send = client(FakeStripe.make({ seed }))
    return [1, 2, 3].map((order) => now(send(create, { body: charge(`o-${order}`) })).body.id)
  }

  it("are the same for the same seed, and unlike for another", () => {
    assert.deepStrictEqual(ids(7), ids(7))
    assert.notDeepEqual(ids(7), ids(8))
    for (const id of ids(7)) assert.match(id, /^pi_[0-9A-Za-z]{24}$/)
  })

  it("never repeat in 5,000 orders", () => {
    const send = client(FakeStripe.make({ seed: 0 }))
    const drawn = new Set(
      Array.from({ length: 5_000 }, (_, order) => now(send(create, { body: charge(`${order}`) })).body.id)
    )
    assert.strictEqual(drawn.size, 5_000)
  })
})
