// The attempt takes anything, so the request is the one that the reconcile plan can mark.
import * as Idempotency from "surety/Idempotency"
import * as Operation from "surety/Operation"
import * as Effect from "effect/Effect"
import { timeout, transport } from "./Acme.ts"

interface Letter {
  readonly to: string
}
const list = Operation.read("list", {
  failures: [],
  timeout,
  retry: transport,
  attempt: (tag: string) => Effect.succeed([tag])
})
const send = Operation.mutation("send", {
  failures: [],
  timeout,
  idempotency: Idempotency.reconcile({
    source: "caller",
    via: list,
    embed: (letter: Letter) => letter,
    ask: (_letter, tag) => tag,
    find: (found) => found[0],
    absent: "not-applied"
  }),
  retry: transport,
  attempt: (request: unknown) => Effect.succeed(String(request))
})
export const request: (typeof send)["~request"] = { to: "ada" }
