// A version that may be missing.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

type Known = typeof acme
interface Declared extends Omit<Known, "version"> {
  readonly version: Known["version"]
}
const declared: Declared = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
