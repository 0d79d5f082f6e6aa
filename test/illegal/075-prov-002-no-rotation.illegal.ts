// expect: PROV_002_Declare(RotateEveryOrExpires|ExpiresOrRotateEvery)
// A secret that lives for ever.
import * as Credential from "surety/Credential"

export const secret = Credential.bearer({ scopes: ["charges:write"] })
