// A key in the query without a word about why.
import * as Credential from "surety/Credential"

export const credential = Credential.legacyQueryKey("api_key", {
  scopes: ["charges"],
  rotateEvery: "90 days",
  because: "their gateway reads nothing else"
})
