// expect: Property 'concurrency' is missing
// A rate alone bounds nothing that is slow.
import * as Provider from "surety/Provider"
import * as RateLimit from "surety/RateLimit"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service<Acme>()("acme/Payments", {
  ...acme,
  limits: { rate: RateLimit.unlimited("the provider publishes none") }
}) {}
