/** A program of a moment under exporters whose collector is dead. Arguments: the exporters, the collector's address. */
import { NodeRuntime } from "@effect/platform-node"
import { OpenTelemetry } from "@surety/opentelemetry"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { OtlpExport } from "surety/telemetry"

const [path, endpoint = ""] = process.argv.slice(2)
const options = { serviceName: "moment", endpoint, attemptTimeout: "1 second", shutdownTimeout: "1 second" } as const
const telemetry: Layer.Layer<never> =
  path === "sdk" ? OpenTelemetry.layer(options) : OtlpExport.layer(options).pipe(Layer.provide(FetchHttpClient.layer))

const program = Effect.logInfo("a line").pipe(
  Effect.withSpan("moment"),
  Effect.andThen(Effect.sync(() => console.log(`done ${Date.now()}`)))
)
NodeRuntime.runMain(Effect.provide(program, telemetry))
