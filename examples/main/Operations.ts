/**
 * What operates the run with Surety: its metrics, live on loopback while it runs and kept when it ends, what the engine
 * logs, and the dossier of its contract. Nothing is opened by itself.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Dossier } from "@surety/ops"
import { Context, Effect, Layer, Logger, type Scope } from "effect"
import { HttpServer } from "effect/http"
import { mkdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join, relative } from "node:path"
import { PrometheusEndpoint, PrometheusText } from "surety/telemetry"
import { Payments } from "./Payments.ts"

const folder = join(import.meta.dirname, "../../.build/operations")

export interface Operations {
  readonly url: string
  /** Takes what the engine logs away from the screen. */
  readonly logger: Layer.Layer<never>
  /** Writes the files and gives the lines that say where they are. */
  readonly keep: Effect.Effect<ReadonlyArray<string>>
}

/** `port` 0: any that is free. */
export const serve = (port: number): Effect.Effect<Operations, string, Scope.Scope> =>
  Effect.gen(function* () {
    const listening = NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port })
    const built = yield* Layer.build(Layer.provideMerge(PrometheusEndpoint.layer(), listening)).pipe(
      Effect.mapError(
        () =>
          `Port ${port} of 127.0.0.1 cannot be listened on: is it taken? Leave --metrics-port out for any that is free.`
      )
    )
    const { address } = Context.get(built, HttpServer.HttpServer)
    const write = yield* PrometheusText.make()
    const events: Array<string> = []
    return {
      url: `http://127.0.0.1:${"port" in address ? address.port : port}/metrics`,
      logger: Logger.layer([Logger.map(Logger.formatJson, (line) => void events.push(line))]),
      keep: Effect.sync(() => {
        const dossier = join(folder, "dossier.html")
        const metrics = join(folder, "metrics.txt")
        const log = join(folder, "events.jsonl")
        mkdirSync(folder, { recursive: true })
        writeFileSync(dossier, Dossier.toHtml(Payments.contract))
        writeFileSync(metrics, write())
        writeFileSync(log, events.map((line) => `${line}\n`).join(""))
        return [
          `  dossier    ${shown(dossier)}`,
          `  metrics    ${shown(metrics)}, as they were when the run ended`,
          `  events     ${shown(log)}, ${events.length} of them`
        ]
      })
    }
  })

const shown = (file: string): string => {
  const near = relative(process.cwd(), file)
  return near.startsWith("..") ? file : near
}
