// expect: PROV_003
// A provider of unknown weight.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const { criticality, ...declared } = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
