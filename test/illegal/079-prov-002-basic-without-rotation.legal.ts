// The law holds for every scheme.
import * as Credential from "surety/Credential"

export const secret = Credential.basic({ scopes: [], rotateEvery: "90 days" })
