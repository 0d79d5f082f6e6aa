// A record of operations has no names to call.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const operations: { readonly charge: typeof acme.operations.charge } = { charge: acme.operations.charge }
export class Acme extends Provider.Service<Acme>()("acme/Payments", { ...acme, operations }) {}
