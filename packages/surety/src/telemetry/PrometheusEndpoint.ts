/**
 * The page that Prometheus scrapes, on a port of its own: nobody who can reach the service's API should read from it which
 * providers it depends on.
 *
 * Neighbours: `PrometheusText` writes the page. The server is given: it decides the port and the interface.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as PrometheusText from "./PrometheusText.ts"

/**
 * **Details**   `path`: default `"/metrics"`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends PrometheusText.Options {
  readonly path?: `/${string}`
}

/**
 * What Prometheus expects to be told of the page.
 *
 * @category constants
 * @since 0.1.0
 */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

/**
 * Serves the page on the server that it is given; any other address is 404.
 *
 * **When to use**   With a server that nothing else uses, bound to an interface that only Prometheus reaches:
 *
 * ```ts
 * const metrics = PrometheusEndpoint.layer().pipe(
 *   Layer.provide(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 9464 }))
 * )
 * ```
 *
 * **Details**   The metrics are those of the context that the layer is built in, which is the registry of the process unless
 * another is provided. A scrape makes no span and no log line. Writing the page holds the event loop up (`PrometheusText`): scrapes
 * that wait for it at the same time get one page; one that comes later gets its own, and none is kept.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<never, never, HttpServer.HttpServer> =>
  HttpRouter.serve(route(options), { disableLogger: true, disableListenLog: true })

/**
 * The page as a route of a router that is there already.
 *
 * @category layers
 * @since 0.1.0
 */
export const route = ({ path = "/metrics", ...options }: Options = {}): Layer.Layer<
  never,
  never,
  HttpRouter.HttpRouter
> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const router = yield* HttpRouter.HttpRouter
      const write = yield* PrometheusText.make(options)
      const headers = { "cache-control": "no-store" }
      yield* router.add(
        "GET",
        path,
        shared(() => HttpServerResponse.text(write(), { contentType, headers }))
      )
    })
  )

/**
 * One page for all who wait for one. It is written once everybody who has asked by then is heard, and never before, so nobody
 * gets one that is older than his question.
 */
const shared = <Page>(write: () => Page): Effect.Effect<Page> => {
  let next: Deferred.Deferred<Page> | undefined
  return Effect.suspend(() => {
    if (next !== undefined) return Deferred.await(next)
    const page = Deferred.makeUnsafe<Page>()
    next = page
    const written = Effect.sync(() => {
      next = undefined
      return write()
    })
    // whoever leaves takes it from nobody
    return Effect.andThen(
      Effect.uninterruptible(Deferred.into(Effect.andThen(Effect.yieldNow, written), page)),
      Deferred.await(page)
    )
  })
}
