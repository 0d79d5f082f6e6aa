// A rotation that may be absent.
import * as Credential from "surety/Credential"

const life: { readonly rotateEvery: "90 days" } = { rotateEvery: "90 days" }
export const secret = Credential.bearer({ scopes: ["charges:write"], ...life })
