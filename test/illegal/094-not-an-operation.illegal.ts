// expect: PROV_005_OperationsAreMadeByReadMutationOrStream
// A function is not an operation.
import * as Effect from "effect/Effect"
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service<Acme>()("acme/Payments", {
  ...acme,
  operations: { ping: () => Effect.void }
}) {}
