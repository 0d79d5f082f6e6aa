// What a program that uses Effect ships without us.
import * as Effect from "effect/Effect"

Effect.runSync(Effect.succeed(1))
