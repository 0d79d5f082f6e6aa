// What a program that uses Effect costs without us.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const program = Effect.succeed(Schema.String)
