// expect: PROV_002
// A key in the query that nobody ever replaces.
import * as Credential from "surety/Credential"

export const credential = Credential.legacyQueryKey("api_key", {
  scopes: ["charges"],
  because: "their gateway reads nothing else"
})
