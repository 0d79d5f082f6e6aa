// expect: PROV-000: write the class itself as the type argument
// The class does not name itself.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service()("acme/Payments", acme) {}
