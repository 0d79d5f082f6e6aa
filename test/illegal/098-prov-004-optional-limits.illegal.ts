// expect: Property 'limits' is optional in type 'Declared' but required in type 'PROV_004
// A limits that may be missing.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

type Known = typeof acme
interface Declared extends Omit<Known, "limits"> {
  readonly limits?: Known["limits"]
}
const declared: Declared = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
