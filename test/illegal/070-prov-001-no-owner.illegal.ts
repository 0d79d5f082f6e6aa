// expect: PROV_001
// A provider that belongs to nobody.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const { owner, ...declared } = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
