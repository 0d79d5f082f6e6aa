import { NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { spawnSync } from "node:child_process"
import { createServer } from "node:http"
import { PrometheusEndpoint } from "surety/telemetry"
import { Operation } from "surety"
import { declare, failures, retry, Scripted, timeout } from "../engine/Scripted.ts"

const Acme = declare({
  read: Operation.read("read", { timeout, failures, retry, attempt: new Scripted({}).attempt<string> })
})

const served = <A, E>(use: (url: string) => Effect.Effect<A, E>, options: PrometheusEndpoint.Options = {}) =>
  Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer
    return yield* use(HttpServer.formatAddress(address))
  }).pipe(
    Effect.provide(
      Layer.merge(PrometheusEndpoint.layer(options), Acme.layer).pipe(
        Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 }))
      )
    ),
    Effect.provideService(Metric.MetricRegistry, new Map())
  )

const get = (url: string) =>
  Effect.promise(async () => {
    const response = await fetch(url)
    return { status: response.status, headers: response.headers, text: await response.text() }
  })

/** What a linter says of a page, but for what is only about names. */
const promtool = (page: string): { readonly missing: boolean; readonly said: string } => {
  const { error, stderr, stdout } = spawnSync("promtool", ["check", "metrics"], { input: page, encoding: "utf8" })
  if (process.env["CI"] === "true") assert.isUndefined(error, "promtool is part of Debian's prometheus")
  return { missing: error !== undefined, said: `${stdout}${stderr}` }
}

describe("PrometheusEndpoint", () => {
  it.live("serves the page with the type that Prometheus expects, and nothing on any other address", () =>
    served((url) =>
      Effect.gen(function* () {
        const page = yield* get(`${url}/metrics`)
        assert.strictEqual(page.status, 200)
        assert.strictEqual(page.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8")
        assert.match(page.text, /\n$/)
        assert.match(page.text, /integration_attempts\{[^}]*attempt_type="original"[^}]*\} 0\n/)
        assert.strictEqual((yield* get(`${url}/`)).status, 404)
      })
    )
  )

  it.live("promtool finds nothing to say about the page in the spelling of a collector", () =>
    served(
      (url) =>
        Effect.gen(function* () {
          const { missing, said } = promtool((yield* get(`${url}/metrics`)).text)
          if (!missing) assert.strictEqual(said, "")
        }),
      { profile: "otlp" }
    )
  )

  it.live("promtool finds nothing but the missing _total in the spelling of Effect", () =>
    served((url) =>
      Effect.gen(function* () {
        const { missing, said } = promtool((yield* get(`${url}/metrics`)).text)
        const other = said.split("\n").filter((line) => line !== "" && !line.endsWith('should have "_total" suffix'))
        if (!missing) assert.deepStrictEqual(other, [])
      })
    )
  )

  const looked = (use: (ask: (signal?: AbortSignal) => Promise<string>, seen: () => number) => Promise<void>) =>
    Effect.gen(function* () {
      let times = 0
      const context = yield* Effect.context<never>()
      const { remove } = Metric.registerUnsafe(Metric.gauge("looked.at"), context, {
        get: () => ({ value: ++times }),
        update: () => {},
        modify: () => {}
      })
      const { dispose, handler } = HttpRouter.toWebHandler(
        PrometheusEndpoint.route().pipe(
          Layer.provide(Layer.succeed(Metric.MetricRegistry, Context.get(context, Metric.MetricRegistry)))
        ),
        { disableLogger: true }
      )
      const ask = async (signal: AbortSignal | null = null) => {
        const answer = await handler(new Request("http://127.0.0.1/metrics", { signal }))
        return `${answer.status} ${/^looked_at (\d+)$/m.exec(await answer.text())?.[1]}`
      }
      yield* Effect.promise(async () => {
        await use(ask, () => times)
        await dispose()
      })
      remove()
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

  it.live("writes 1 page for 10 scrapes that wait for it, and a new one for each that comes later", () =>
    looked(async (ask, seen) => {
      await ask()
      const before = seen()
      const pages = await Promise.all(Array.from({ length: 10 }, () => ask()))
      assert.deepStrictEqual([...new Set(pages)], [`200 ${before + 1}`])
      assert.deepStrictEqual([await ask(), await ask()], [`200 ${before + 2}`, `200 ${before + 3}`])
    })
  )

  it.live("writes it for the 1 that waits on when the one who asked first has left", () =>
    looked(async (ask, seen) => {
      await ask()
      const before = seen()
      const leaving = new AbortController()
      const [left, stayed] = [ask(leaving.signal), ask()]
      leaving.abort()
      assert.strictEqual(await stayed, `200 ${before + 1}`)
      await left.catch(() => undefined)
      assert.strictEqual(await ask(), `200 ${before + 2}`)
    })
  )

  it("promtool bites: it refuses a page with a label twice", () => {
    const { missing, said } = promtool('# TYPE a counter\na{b="1",b="2"} 3\n')
    if (!missing) assert.notStrictEqual(said, "")
  })
})
