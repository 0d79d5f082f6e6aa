// What importing the package costs a program that uses nothing of it.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Surety from "surety"

export const program = Effect.succeed([Schema.String, Surety])
