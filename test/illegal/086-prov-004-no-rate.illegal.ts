// expect: Property 'rate' is missing
// Concurrency alone is no rate limit.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service<Acme>()("acme/Payments", {
  ...acme,
  limits: { concurrency: 25 }
}) {}
