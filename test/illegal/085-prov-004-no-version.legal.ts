// A provider whose version nobody looks at.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const { ...declared } = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", declared) {}
