// A credential typed any hides its life.
import type * as Credential from "surety/Credential"
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const credentials: Credential.Credential = acme.credentials
export class Acme extends Provider.Service<Acme>()("acme/Payments", { ...acme, credentials }) {}
