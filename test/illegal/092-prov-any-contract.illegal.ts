// expect: PROV-000
// A contract typed any hides every law.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const declared: any = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
