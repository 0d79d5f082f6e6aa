// Importing `surety/http/UndiciTransport` is enough to have its default layer.
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Transport } from "surety/http/Transport"
import * as UndiciTransport from "surety/http/UndiciTransport"

describe("UndiciTransport", () => {
  it.effect("builds its default layer, which was an initialization error on import", () =>
    Effect.gen(function* () {
      const transport = yield* Transport
      assert.isFunction(transport.send)
    }).pipe(Effect.provide(Layer.fresh(UndiciTransport.layer)))
  )
})
