// A secret that lives for ever.
import * as Credential from "surety/Credential"

export const secret = Credential.bearer({ scopes: ["charges:write"], rotateEvery: "90 days" })
