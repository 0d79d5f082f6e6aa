// Concurrency alone is no rate limit.
import * as Provider from "surety/Provider"
import * as RateLimit from "surety/RateLimit"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service<Acme>()("acme/Payments", {
  ...acme,
  limits: { concurrency: 25, rate: RateLimit.unlimited("the provider publishes none") }
}) {}
