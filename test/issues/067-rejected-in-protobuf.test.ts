// What a collector rejects of a batch is counted in each encoding.
//
// Its answer was read as JSON only. A collector answers protobuf with protobuf, so spans that it did not take were lost without a
// number as soon as a program said `encoding: "protobuf"`.
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import { OtlpDelivery, OtlpExport } from "surety/telemetry"
import { lost } from "../../packages/surety/test/telemetry/Sink.ts"

/** `partial_success { rejected_spans: 2, error_message: "too old" }` */
const partial = Uint8Array.of(0x0a, 11, 0x08, 2, 0x12, 7, ...new TextEncoder().encode("too old"))

it.effect("counts the 2 spans of 3 that a collector did not take, and said so in protobuf", () =>
  Effect.gen(function* () {
    const collector = HttpClient.make((request) =>
      Effect.sync(() => {
        const headers = { "content-type": "application/x-protobuf" }
        return HttpClientResponse.fromWeb(request, new Response(partial, { headers }))
      })
    )
    const telemetry = OtlpExport.layer({
      serviceName: "test",
      endpoint: "http://collector.example:4318",
      encoding: "protobuf"
    })
    const counted = yield* Effect.gen(function* () {
      for (const name of ["a", "b", "c"]) yield* Effect.withSpan(Effect.void, name)
      yield* TestClock.adjust("10 seconds")
      return yield* lost("traces")
    }).pipe(
      Effect.provide(telemetry.pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, collector)))),
      Effect.provideService(Metric.MetricRegistry, new Map())
    )
    assert.deepStrictEqual(counted, { refused: 2 })
  })
)

it.each([
  ["nothing", [], 0],
  ["a field before it that is not known", [0x52, 1, 0, 0x0a, 2, 0x08, 3], 3],
  ["a message before the number", [0x0a, 6, 0x12, 1, 65, 0x08, 0xac, 0x02], 300],
  ["a number below 0", [0x0a, 11, 0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], 0],
  ["a length that goes beyond the answer", [0x0a, 200, 0x08, 4], 0],
  ["numbers without an end", Array.from({ length: 64 }, () => 255), 0],
  ["a fixed field that is cut off", [0x09, 1, 2], 0],
  ["a group", [0x0b, 0x0a, 2, 0x08, 3], 0],
  ["JSON", [...new TextEncoder().encode('{"partialSuccess":{"rejectedSpans":"2"}}')], 0]
] as const)("reads of an answer that holds %s just the number that is there", (_, answer, items) => {
  assert.strictEqual(OtlpDelivery.rejectedInProtobuf(Uint8Array.from(answer)), items)
})
