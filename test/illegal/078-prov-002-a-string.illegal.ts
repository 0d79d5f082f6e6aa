// expect: 'Credential \| None'
// A secret in the contract.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service<Acme>()("acme/Payments", {
  ...acme,
  credentials: "sk_live_123"
}) {}
