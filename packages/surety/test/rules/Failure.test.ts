import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import * as Failure from "../../src/Failure.ts"
import * as Refusal from "../../src/Refusal.ts"
import {
  AttemptTimeout,
  ConnectionLost,
  ContractViolation,
  NotSent,
  UndeclaredStatus
} from "../../src/TransportFailure.ts"
import * as Wire from "../../src/Wire.ts"

class CardDeclined extends Failure.Tagged<CardDeclined>()("CardDeclined", {
  retry: "never",
  fault: "caller",
  fields: { code: Schema.NonEmptyString, retryAfter: Schema.optional(Schema.Duration) }
}) {}

const response = (over: Partial<Wire.Response> = {}): Wire.Response => ({
  status: 402,
  headers: {},
  body: {},
  nowMillis: 0,
  ...over
})

describe("Failure.Tagged", () => {
  const table: ReadonlyArray<readonly [Failure.Disposition, Failure.Fault, Failure.Health]> = [
    ["never", "caller", "answered"],
    ["never", "provider", "answered"],
    ["never", "network", "answered"],
    ["never", "local", "ignored"],
    ["safe", "caller", "answered"],
    ["safe", "provider", "throttled"],
    ["safe", "network", "outage"],
    ["safe", "local", "ignored"],
    ["idempotent-only", "caller", "answered"],
    ["idempotent-only", "provider", "outage"],
    ["idempotent-only", "network", "outage"],
    ["idempotent-only", "local", "ignored"]
  ]
  for (const [retry, fault, health] of table) {
    it(`derives health ${health} from retry ${retry} and fault ${fault}`, () => {
      class X extends Failure.Tagged<X>()("X", { retry, fault }) {}
      assert.strictEqual(X.health, health)
    })
  }

  it("takes the health, the outcome and the message that are declared", () => {
    class X extends Failure.Tagged<X>()("X", {
      retry: "safe",
      fault: "provider",
      health: "outage",
      outcome: "not-applied",
      fields: { n: Schema.Int },
      message: ({ n }) => `n is ${n}`
    }) {}
    assert.deepStrictEqual([X.health, X.outcome, new X({ n: 3 }).message], ["outage", "not-applied", "n is 3"])
  })

  it("prints the tag and the scalar fields when no message is declared", () => {
    const error = new CardDeclined({ code: "expired_card", retryAfter: Duration.seconds(1) })
    assert.strictEqual(error.message, "CardDeclined (code: expired_card)")
  })

  it("compares by value and refuses fields that break their schema", () => {
    assert.isTrue(Equal.equals(new CardDeclined({ code: "a" }), new CardDeclined({ code: "a" })))
    assert.isFalse(Equal.equals(new CardDeclined({ code: "a" }), new CardDeclined({ code: "b" })))
    assert.throws(() => new CardDeclined({ code: "" }))
  })

  it.effect("is yielded as an error in Effect.gen and caught by its tag", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        return yield* new CardDeclined({ code: "a" })
      })
      assert.strictEqual(yield* Effect.catchTag(program, "CardDeclined", (error) => Effect.succeed(error.code)), "a")
    })
  )

  it("crosses JSON as its tag and its fields, and keeps its declaration", () => {
    const codec = Schema.toCodecJson(CardDeclined.schema)
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.option(fc.nat(), { nil: undefined }), (code, millis) => {
        const error = new CardDeclined(millis === undefined ? { code } : { code, retryAfter: Duration.millis(millis) })
        const text = JSON.stringify(Schema.encodeSync(codec)(error))
        assert.notInclude(text, Failure.TypeId)
        const back = Schema.decodeUnknownSync(codec)(JSON.parse(text))
        assert.isTrue(Equal.equals(back, error))
        assert.strictEqual(Failure.declarationOf(back)?.disposition, "never")
      })
    )
  })

  it("knows its instances from everything else", () => {
    const others = [null, undefined, 1, "CardDeclined", {}, new Error("x"), { _tag: "CardDeclined" }]
    assert.isTrue(Failure.isFailure(new CardDeclined({ code: "a" })))
    for (const other of others) assert.isFalse(Failure.isFailure(other))
    assert.isFalse(Failure.isFailure(new Refusal.BulkheadFull({ concurrency: 1, queue: 1 })))
  })

  it("finds the wait that a failure asks for", () => {
    assert.isUndefined(Failure.retryAfterOf(new CardDeclined({ code: "a" })))
    const asked = Failure.retryAfterOf(new CardDeclined({ code: "a", retryAfter: Duration.seconds(2) }))
    assert.strictEqual(asked === undefined ? undefined : Duration.toMillis(asked), 2000)
  })
})

describe("the 5 transport failures", () => {
  const table = [
    [
      new NotSent({ code: "ECONNREFUSED" }),
      "safe",
      "network",
      "outage",
      "The request was not sent (ECONNREFUSED); the provider cannot have acted"
    ],
    [
      new ConnectionLost({ code: "ECONNRESET" }),
      "idempotent-only",
      "network",
      "outage",
      "The connection was lost after sending (ECONNRESET); the provider may have acted"
    ],
    [
      new AttemptTimeout({ timeoutMillis: 2000 }),
      "idempotent-only",
      "provider",
      "outage",
      "No complete answer within 2000 ms; the provider may have acted"
    ],
    [
      new UndeclaredStatus({ status: 503 }),
      "idempotent-only",
      "provider",
      "outage",
      "The provider answered with the undeclared status 503; it may have acted"
    ],
    [
      new ContractViolation({ violation: "decode", status: 200, path: "amount", acted: "yes" }),
      "never",
      "provider",
      "answered",
      "The contract was not kept (decode, status 200, at amount); the provider has acted"
    ]
  ] as const
  for (const [failure, disposition, fault, health, message] of table) {
    it(`${failure._tag}: ${disposition}, ${fault}, ${health}, "${message}"`, () => {
      const declaration = Failure.declarationOf(failure)
      assert.deepStrictEqual(
        [declaration?.disposition, declaration?.fault, declaration?.health, failure.message],
        [disposition, fault, health, message]
      )
    })
  }

  it("says what is known of the provider after a violation: yes, no, maybe", () => {
    const ends = (["yes", "no", "maybe"] as const).map((acted) =>
      new ContractViolation({ violation: "undeclared_status", status: 418, acted }).message.split("; ").at(-1)
    )
    assert.deepStrictEqual(ends, [
      "the provider has acted",
      "the provider has not acted",
      "the provider may have acted"
    ])
  })
})

describe("Failure.wire", () => {
  const mapped = CardDeclined.wire([402, 403], {
    body: Schema.Struct({ error: Schema.Struct({ code: Schema.String }) }),
    decode: ({ body, headers }) => (headers["x-other"] === undefined ? { code: body.error.code } : undefined),
    encode: ({ code }) => ({ body: { error: { code } } })
  })

  it("reads the fields by name with a status alone, and writes them back", () => {
    const wire = CardDeclined.wire(402)
    const error = wire.decode(response({ body: { code: "a", more: 1 } }))
    assert.deepStrictEqual([error?._tag, error?.code], ["CardDeclined", "a"])
    assert.deepStrictEqual(wire.encode(error), { body: { code: "a" }, status: 402 })
  })

  it("reads back what a mapping wrote, for any code", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (code) => {
        const { body, status } = mapped.encode(new CardDeclined({ code }))
        assert.strictEqual(status, 402)
        assert.strictEqual(mapped.decode(response({ status, body: JSON.parse(JSON.stringify(body)) }))?.code, code)
      })
    )
  })

  it("is some other failure when the body differs, the mapping says so, or the fields break the class", () => {
    const refused = [
      response({ body: "text" }),
      response({ body: null }),
      response({ body: { error: {} } }),
      response({ body: { error: { code: "" } } }),
      response({ body: { error: { code: "a" } }, headers: { "x-other": "1" } })
    ]
    for (const one of refused) assert.isUndefined(mapped.decode(one))
  })

  it("throws what the mapping throws: that is a bug of the contract, not an answer", () => {
    const throwing = CardDeclined.wire(402, {
      body: Schema.Unknown,
      decode: () => {
        throw new TypeError("body.error is undefined")
      },
      encode: () => ({ body: null })
    })
    assert.throws(() => throwing.decode(response()), TypeError, "body.error is undefined")
  })

  it("answers any body without an error", () => {
    fc.assert(
      fc.property(fc.anything(), (body) => {
        const failure = mapped.decode(response({ body }))
        assert.isTrue(failure === undefined || failure instanceof CardDeclined)
      })
    )
  })

  it("refuses a status that is none, and no status at all", () => {
    for (const status of [99, 600, 402.5, Number.NaN]) {
      assert.throws(() => CardDeclined.wire(status), RangeError, "CardDeclined.wire: status must be")
    }
    assert.throws(
      () => CardDeclined.wire([], { body: Schema.Unknown, decode: () => undefined, encode: () => ({ body: null }) }),
      RangeError
    )
  })

  it("carries the declaration of its class", () => {
    assert.deepStrictEqual(
      [mapped.tag, mapped.disposition, mapped.fault, mapped.health, mapped.statuses, Wire.isWire(mapped)],
      ["CardDeclined", "never", "caller", "answered", [402, 403], true]
    )
  })
})
