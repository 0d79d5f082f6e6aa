// The law holds for every scheme.
import * as Credential from "surety/Credential"

export const secret = Credential.header("X-Api-Key", { scopes: [], expires: "the provider revokes it after a year" })
