// expect: Type 'OutcomeUnknown<AttemptTimeout \| ConnectionLost \| UndeclaredStatus>' is not assignable to type 'never'
// Every failure of a call is in its type.
import * as Effect from "effect/Effect"
import * as Provider from "surety/Provider"
import { acme, charge } from "./Acme.ts"

class Acme extends Provider.Service<Acme>()("acme/Payments", acme) {}
export const paid: Effect.Effect<string, never, Acme> = Effect.flatMap(Acme, (payments) =>
  payments.charge({ payload: { amount: 1999 } }, { idempotencyKey: "order-1" })
).pipe(
  Effect.map((charge) => charge.id),
  Effect.catchTags({
    CardDeclined: () => Effect.succeed("declined"),
    ContractViolation: () => Effect.succeed("drift"),
    NotAttempted: () => Effect.succeed("later"),

    RetriesExhausted: () => Effect.succeed("later")
  })
)
