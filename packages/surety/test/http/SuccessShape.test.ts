import { assert, describe, it } from "@effect/vitest"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as HttpCodec from "../../src/http/HttpCodec.ts"
import * as StreamShape from "../../src/http/StreamShape.ts"

const Charge = Schema.Struct({ id: Schema.String })
const Queued = Schema.Struct({ job: Schema.Int })
const Nothing = Charge.pipe(HttpApiSchema.asNoContent({ decode: () => ({ id: "gone" }) }))
/** An endpoint as the codec sees it, without its types. */
const seen = (endpoint: object): HttpApiEndpoint.Top => endpoint as HttpApiEndpoint.Top
const json = { "content-type": "application/json" }

const one = seen(HttpApiEndpoint.get("one", "/", { success: Charge.pipe(HttpApiSchema.status(206)) }))
const two = seen(HttpApiEndpoint.get("two", "/", { success: [Charge, Queued.pipe(HttpApiSchema.status(202))] }))
const none = seen(HttpApiEndpoint.get("none", "/"))
const nothing = seen(HttpApiEndpoint.get("nothing", "/", { success: Nothing }))
const events = seen(HttpApiEndpoint.get("events", "/", { success: HttpApiSchema.StreamSse({ data: Charge }) }))

interface Case {
  readonly text: string
  readonly endpoint: HttpApiEndpoint.Top
  readonly status: number
  readonly body: string
  readonly decoded: unknown
}

const cases: ReadonlyArray<Case> = [
  { text: "206 as declared", endpoint: one, status: 206, body: `{"id":"a"}`, decoded: { id: "a" } },
  { text: "201 for the one success of 206", endpoint: one, status: 201, body: `{"id":"a"}`, decoded: { id: "a" } },
  { text: "200 of 200 and 202", endpoint: two, status: 200, body: `{"id":"a"}`, decoded: { id: "a" } },
  { text: "202 of 200 and 202", endpoint: two, status: 202, body: `{"job":7}`, decoded: { job: 7 } },
  { text: "201 of 200 and 202", endpoint: two, status: 201, body: `{"id":"a"}`, decoded: "undeclared_status" },
  { text: "204 where no success is declared", endpoint: none, status: 204, body: "", decoded: undefined },
  { text: "200 where no success is declared", endpoint: none, status: 200, body: "ignored", decoded: undefined },
  { text: "204 with the value of asNoContent", endpoint: nothing, status: 204, body: "", decoded: { id: "gone" } }
]

describe("the successes of an endpoint", () => {
  it.each(cases)("decodes $text", ({ body, decoded, endpoint, status }) => {
    const codec = HttpCodec.make(endpoint, "", { failures: [] })
    const result = codec.decode(status, json, body, 0)
    const found =
      result._tag === "Success" ? result.value : (result.failure as { readonly violation?: unknown }).violation
    assert.deepStrictEqual(found, decoded)
  })

  it("have the statuses 206, 200 and 202, 204, and 200 for a stream", () => {
    const statuses = [one, two, none, events].map((endpoint) =>
      StreamShape.fromEndpoint(endpoint).map(({ status }) => status)
    )
    assert.deepStrictEqual(statuses, [[206], [200, 202], [204], [200]])
  })

  it("give the data of an event where the stream was declared by its data", () => {
    const stream = StreamShape.make(events).streams.get(200)
    const exit = stream?.decode({ id: undefined, event: "message", data: `{"id":"a"}` })
    assert.deepStrictEqual(exit?._tag === "Success" ? exit.value : exit, { id: "a" })
  })
})
