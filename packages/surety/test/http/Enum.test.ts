/** A value that a declared list of values does not have: `enum_unknown`, and what only looks like it. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { FakeExchange, FakeServer, FaultScript } from "surety/testing"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { Provider, RetryMatrix } from "surety"
import * as HttpOperation from "surety/http/HttpOperation"
import { FakeTransport } from "surety/testing"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { logging, options, secret, told } from "../signals/Booth.ts"

const Status = Schema.Literals(["paid", "open"])
const success = Schema.Struct({
  status: Status,
  amount: Schema.optional(Schema.Number),
  kind: Schema.optional(Schema.Literal("card")),
  refund: Schema.optional(Schema.NullOr(Status)),
  all: Schema.optional(Schema.Array(Status)),
  flag: Schema.optional(Schema.Union([Schema.Boolean, Schema.String]))
})

class Bills extends Provider.Service<Bills>()("tests/Bills", {
  ...options,
  limits: { rate: { _tag: "Unlimited", because: "a test" }, concurrency: 1 },
  operations: {
    get: HttpOperation.read(HttpApiEndpoint.get("get", "/bill", { success }), {
      timeout: { attempt: "1 second", total: "5 seconds" },
      failures: [],
      retry: RetryMatrix.transportNever
    })
  }
}) {}

const asked = (body: unknown) =>
  Effect.gen(function* () {
    const { layer, lines } = logging()
    const server = FakeServer.make({ handle: () => FakeExchange.json(200, body), script: FaultScript.none })
    return yield* Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.flatMap(Bills, (bills) => bills.get()))
      const error = Exit.isFailure(exit) ? (Cause.squash(exit.cause) as { path?: string; violation?: string }) : {}
      const types = yield* told("integration.operation.duration")
      const counted = yield* told("integration.contract.violations", "integration.operation.name")
      return { violation: error.violation, path: error.path, lines, types, counted }
    }).pipe(
      Effect.provide(
        Bills.layer.pipe(Layer.provide([FakeTransport.layer(server), Bills.Credentials.layer(Redacted.make(secret))]))
      ),
      Effect.provide(layer)
    )
  })

describe("integration.contract.violations", () => {
  const paid = { status: "paid" }
  const cases: ReadonlyArray<readonly [string, unknown, "enum_unknown" | "decode", string]> = [
    ["a status that is new", { status: "CANARY" }, "enum_unknown", ".status"],
    ["the only value of a field is another", { ...paid, kind: "CANARY" }, "enum_unknown", ".kind"],
    ["a new value where null may stand", { ...paid, refund: "CANARY" }, "enum_unknown", ".refund"],
    ["a new value in a list", { ...paid, all: ["paid", "CANARY"] }, "enum_unknown", ".all[1]"],
    ["a number that is a text, whose codec has a list of its own", { ...paid, amount: "CANARY" }, "decode", ".amount"],
    ["a value of neither type", { ...paid, flag: ["CANARY"] }, "decode", ".flag"],
    ["a field that is not there", {}, "decode", ".status"]
  ]
  for (const [title, body, violation, path] of cases) {
    it.effect(`counts 1 ${violation} for ${title}, and writes its path and never what was there`, () =>
      Effect.gen(function* () {
        const found = yield* asked(body)
        assert.deepStrictEqual([found.violation, found.path], [violation, path])
        assert.deepStrictEqual(found.counted, [`violation=${violation} 1`])
        assert.deepStrictEqual(
          found.lines.map(({ annotations }) => annotations["violation"]),
          [violation]
        )
        // to an objective both are the same
        assert.match(found.types.join(), /error\.type=decode/)
        assert.notInclude(JSON.stringify(found), "CANARY")
      })
    )
  }
})
