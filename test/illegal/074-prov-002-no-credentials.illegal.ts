// expect: PROV_002
// A provider that does not say how it is authenticated.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const { credentials, ...declared } = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
