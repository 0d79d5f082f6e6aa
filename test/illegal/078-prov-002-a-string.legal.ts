// A secret in the contract.
import * as Credential from "surety/Credential"
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service<Acme>()("acme/Payments", {
  ...acme,
  credentials: Credential.none("the sandbox asks for none")
}) {}
