// expect: PROV_003
// A provider that does not say what callers get when it is down.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const { degradation, ...declared } = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
