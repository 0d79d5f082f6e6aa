/** Program: a process that calls the provider at a fixed rate, whatever comes back, with a static key that is replaced. */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { FileSource, Lifecycle, StaticSource } from "surety/credential"
import * as UndiciTransport from "surety/http/UndiciTransport"
import { NodeFileSystem } from "@effect/platform-node"
import { Api } from "./Api.ts"
import * as Desk from "./Desk.ts"
import type { How, Options } from "./Flip.ts"
import * as Observed from "./Observed.ts"
import * as Trail from "./Trail.ts"

export interface FlipConfig {
  readonly name: string
  readonly trail: string
  readonly apiUrl: string
  readonly how: How
  readonly file: string
  readonly previousFile: string
}

export interface Traffic {
  readonly ok: number
  readonly failures: Readonly<Record<string, number>>
  readonly millis: ReadonlyArray<number>
  /** How long it took to begin all calls. */
  readonly launchedMillis: number
}

/** So soon, because a run takes seconds. */
const recheckEvery = Duration.millis(500)

Desk.run<FlipConfig & { readonly first: string }>((config) =>
  Effect.gen(function* () {
    const static_ = StaticSource.make({ current: Redacted.make(config.first), recheckEvery })
    const source =
      config.how === "replace"
        ? static_
        : yield* FileSource.make({ path: config.file, previousPath: config.previousFile, recheckEvery }).pipe(
            Effect.provide(NodeFileSystem.layer)
          )
    const layers = Api.layerAt(config.apiUrl).pipe(
      Layer.provide(Lifecycle.layer(Api, source)),
      Layer.provide(UndiciTransport.layerWith({ connections: 128 })),
      Layer.provideMerge(Layer.merge(Trail.layer(config.trail, config.name), Observed.layerLogs))
    )
    const context = yield* Layer.build(layers)
    return {
      replace: ({ secret }: { readonly secret: string }) => Effect.orDie(static_.replace(Redacted.make(secret))),
      traffic: (options: Options) => Effect.provide(traffic(options), context)
    }
  })
)

/** An open loop: calls begin when they are due, not when others have ended. */
const traffic = ({ perSecond, seconds }: Options): Effect.Effect<Traffic, never, Api> =>
  Effect.gen(function* () {
    const api = yield* Api
    const failures: Record<string, number> = {}
    const millis: Array<number> = []
    let ok = 0
    const call = Effect.gen(function* () {
      const from = performance.now()
      const exit = yield* Effect.exit(api.orders())
      millis.push(performance.now() - from)
      if (Exit.isSuccess(exit)) return void ok++
      const name = Observed.nameOf(Cause.squash(exit.cause))
      failures[name] = (failures[name] ?? 0) + 1
      if (failures[name] === 1) yield* Observed.showFailure(exit)
    })
    const fibers: Array<Fiber.Fiber<void>> = []
    const from = performance.now()
    const wanted = perSecond * seconds
    while (fibers.length < wanted) {
      const due = Math.min(wanted, Math.floor(((performance.now() - from) / 1_000) * perSecond) + 1)
      while (fibers.length < due) fibers.push(yield* Effect.forkChild(call))
      yield* Effect.sleep("4 millis")
    }
    const launchedMillis = performance.now() - from
    yield* Effect.forEach(fibers, Fiber.await)
    return { ok, failures, millis, launchedMillis }
  })
