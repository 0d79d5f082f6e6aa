// expect: PROV-002: the credentials are typed any
// A credential typed any hides its life.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const credentials: any = acme.credentials
export class Acme extends Provider.Service<Acme>()("acme/Payments", { ...acme, credentials }) {}
