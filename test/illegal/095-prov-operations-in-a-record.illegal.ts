// expect: PROV-000: the contract or its operations are typed any or as a Record
// A record of operations has no names to call.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const operations: Record<string, typeof acme.operations.charge> = { charge: acme.operations.charge }
export class Acme extends Provider.Service<Acme>()("acme/Payments", { ...acme, operations }) {}
