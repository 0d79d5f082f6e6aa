// expect: PROV_004
// A provider whose version nobody looks at.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const { version, ...declared } = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
