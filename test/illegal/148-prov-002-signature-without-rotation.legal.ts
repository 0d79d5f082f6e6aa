// A signing key that nobody ever replaces.
import * as Credential from "surety/Credential"

export const credential = Credential.signature({
  scopes: ["charges"],
  headers: ["x-signature"],
  rotateEvery: "90 days"
})
