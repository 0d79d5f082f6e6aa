// expect: "critical" \| "high" \| "low" \| "medium"
// A weight that no alert knows.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service<Acme>()("acme/Payments", { ...acme, criticality: "urgent" }) {}
