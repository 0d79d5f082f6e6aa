/**
 * Program: the order service of the main job as it runs all day: its contract, its till and its metrics, with a steady
 * stream of orders and a key that stands in a file.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { FileSource, Lifecycle } from "surety/credential"
import * as UndiciTransport from "surety/http/UndiciTransport"
import * as Operations from "../../../examples/main/Operations.ts"
import * as OrderService from "../../../examples/main/OrderService.ts"
import { Payments } from "../../../examples/main/Payments.ts"
import { tillOf } from "../../../examples/main/runs/surety.ts"
import * as Desk from "../credentials/Desk.ts"
import type { ShopConfig } from "./Shop.ts"

const seed = 1

Desk.run<ShopConfig>((config) =>
  Effect.gen(function* () {
    const operations = yield* Operations.serve(config.port)
    const key = FileSource.make({ path: config.keyFile, format: "json", recheckEvery: config.recheckMillis })
    const built = yield* Layer.build(
      Payments.layerAt(config.providerUrl).pipe(
        Layer.provideMerge(Lifecycle.layer(Payments, key)),
        Layer.provide(UndiciTransport.layer),
        Layer.provide(NodeFileSystem.layer),
        Layer.provideMerge(operations.logger)
      )
    )
    const control = Lifecycle.control(Context.get(built, Payments.Credentials))

    // more than it comes to: nobody waits for the last one
    const orders = OrderService.ordersOf(seed, config.name, 100_000)
    const book = OrderService.makeBook(orders.length)
    yield* OrderService.run(orders, tillOf(Context.get(built, Payments)), book, {
      seed,
      ordersPerSecond: config.ordersPerSecond,
      patienceMillis: Number.POSITIVE_INFINITY
    }).pipe(Effect.provideContext(built), Effect.forkScoped)

    Desk.tell("listening", operations.url)
    return {
      renew: () => Effect.asVoid(Effect.exit(control?.renew("the proof") ?? Effect.void)),
      orders: () => Effect.sync(() => ({ taken: book.taken.length, charged: book.charged, declined: book.declined }))
    }
  })
)
