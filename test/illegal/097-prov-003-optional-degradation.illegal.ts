// expect: Property 'degradation' is optional in type 'Declared' but required in type 'PROV_003
// A degradation that may be missing.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

type Known = typeof acme
interface Declared extends Omit<Known, "degradation"> {
  readonly degradation?: Known["degradation"]
}
const declared: Declared = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
