/** The fake provider of the proof: up, down, up, whenever it is told. */
import { FakeStripe } from "@surety/stripe/testing"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { FakeServer } from "surety/testing"

export class Provider implements AsyncDisposable {
  readonly url: string
  readonly #scope: Scope.Closeable
  readonly #weather: { isDown: boolean }

  private constructor(url: string, scope: Scope.Closeable, weather: { isDown: boolean }) {
    this.url = url
    this.#scope = scope
    this.#weather = weather
  }

  static async serve(): Promise<Provider> {
    const stripe = FakeStripe.make()
    const weather = { isDown: false }
    const server = FakeServer.make({
      handle: (request) => (weather.isDown ? stripe.errorResponse(503) : stripe.handle(request))
    })
    const scope = Effect.runSync(Scope.make())
    const { url } = await Effect.runPromise(Scope.provide(FakeServer.serve(server), scope))
    return new Provider(url, scope, weather)
  }

  /** 503 to everything from now on. Gives the moment. */
  down(): number {
    this.#weather.isDown = true
    return performance.now()
  }

  up(): number {
    this.#weather.isDown = false
    return performance.now()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Effect.runPromise(Scope.close(this.#scope, Exit.void))
  }
}
