// A pinned version that nobody reviews.
import * as Provider from "surety/Provider"
import { acme } from "./Acme.ts"

export class Acme extends Provider.Service<Acme>()("acme/Payments", {
  ...acme,
  version: { header: "Api-Version", value: "2026-10-28", reviewBy: "2027-04-01" }
}) {}
