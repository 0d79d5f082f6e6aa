// An objective without availability.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service<Acme>()("acme/Payments", {
  ...acme,
  slo: { availability: 0.999, latency: { p99: "2 seconds" }, window: "30 days" }
}) {}
