// The plan marks requests that the vendor's client does not take; the attempt is made in place.
import * as Idempotency from "surety/Idempotency"
import * as Operation from "surety/Operation"
import * as Sdk from "surety/Sdk"
import { timeout, transport } from "./Acme.ts"

interface Letter {
  readonly to: string
  readonly tag: string
}
const vendor = Sdk.client({
  make: () => ({ send: async (letter: Letter) => letter.to, list: async (tag: string) => [tag] }),
  classify: (cause) => Sdk.undeclared({ cause }),
  cancellation: "detached"
})
const list = Operation.read("list", {
  failures: [],
  timeout,
  retry: transport,
  attempt: vendor((client, tag: string) => client.list(tag))
})
const plan = Idempotency.reconcile({
  source: "caller",
  via: list,
  embed: (letter: { readonly to: string; readonly tag: string }, tag) => ({ ...letter, tag }),
  ask: (_letter, tag) => tag,
  find: (found) => found[0],
  absent: "not-applied"
})
export const send = Operation.mutation("send", {
  failures: [],
  timeout,
  idempotency: plan,
  retry: transport,
  attempt: vendor((client, letter: Letter) => client.send(letter))
})
export const request: Letter = send["~request"]
