// expect: PROV_001
// An owner who may be absent.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

const declared: { readonly owner?: string } = { owner: "team-checkout" }
const { owner, ...rest } = acme
export class Acme extends Provider.Service<Acme>()("acme/Payments", { ...rest, ...declared }) {}
