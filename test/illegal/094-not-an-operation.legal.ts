// A function is not an operation.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service<Acme>()("acme/Payments", {
  ...acme,
  operations: { ping: acme.operations.getCharge }
}) {}
