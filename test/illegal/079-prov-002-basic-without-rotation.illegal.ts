// expect: PROV_002_Declare(RotateEveryOrExpires|ExpiresOrRotateEvery)
// The law holds for every scheme.
import * as Credential from "surety/Credential"

export const secret = Credential.basic({ scopes: [] })
