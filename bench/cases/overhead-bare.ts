/** The floor: the operation as an Effect, unguarded. */
import * as Effect from "effect/Effect"
import { loop } from "./Loop.ts"
import { operation, type Overhead } from "./Overhead.ts"

export const open = async (): Promise<Overhead> => ({
  run: (calls, concurrency) =>
    Effect.runPromise(loop((input) => Effect.promise(() => operation(input)), calls, concurrency))
})
