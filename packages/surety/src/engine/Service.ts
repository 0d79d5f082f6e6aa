import * as Effect from "effect/Effect"
import type * as Contract from "../Contract.ts"
export type Handler = (request: unknown) => Effect.Effect<unknown, unknown>
export const make = (_c: Contract.Any, _k: unknown): Effect.Effect<unknown> => Effect.succeed({})
export const fromHandlers = (_c: Contract.Any, _h: unknown): unknown => ({})
