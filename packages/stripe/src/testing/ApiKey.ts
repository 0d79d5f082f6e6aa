/**
 * Secret keys of the fake account and what each may do.
 *
 * Messages never repeat a key: all but its last four characters are masked.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { ErrorEnvelope } from "./ErrorEnvelope.ts"

/**
 * What a restricted key can be allowed to do.
 *
 * @category models
 * @since 0.1.0
 */
export type Permission =
  | "payment_intents:read"
  | "payment_intents:write"
  | "refunds:read"
  | "refunds:write"
  | "customers:read"
  | "customers:write"

/**
 * @category models
 * @since 0.1.0
 */
export type Access = "full" | "expired" | ReadonlyArray<Permission>

/**
 * The key a fake accepts when it is told nothing else.
 *
 * @category constants
 * @since 0.1.0
 */
export const standard = "sk_test_fake"

/**
 * Whether the `Authorization` header opens the endpoint; without a permission any key
 * does. Bearer, or Basic with the
 * key as the user name.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = (
  keys: Readonly<Record<string, Access>>,
  authorization: string | undefined,
  permission: Permission | undefined
): Result.Result<void, ErrorEnvelope> => {
  const key = authorization === undefined ? undefined : keyOf(authorization)
  if (key === undefined || key === "") return unauthorized("The request carries no API key.")
  const access = Object.hasOwn(keys, key) ? keys[key] : undefined
  if (access === undefined) return unauthorized(`There is no API key ${masked(key)}.`)
  if (access === "expired") return unauthorized(`The API key ${masked(key)} has expired.`, "api_key_expired")
  return access === "full" || permission === undefined || access.includes(permission)
    ? Result.void
    : Result.fail({
        status: 403,
        type: "invalid_request_error",
        message: `The API key ${masked(key)} is not allowed ${permission}.`
      })
}

const keyOf = (authorization: string): string | undefined => {
  const [scheme, value] = authorization.split(" ", 2)
  if (value === undefined) return undefined
  if (scheme?.toLowerCase() === "bearer") return value
  return scheme?.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString("utf8").split(":")[0] : undefined
}

const masked = (key: string): string => `${key.slice(0, 3)}***${key.slice(-4)}`

const unauthorized = (message: string, code?: string): Result.Result<never, ErrorEnvelope> =>
  Result.fail({
    status: 401,
    type: "invalid_request_error",
    message,
    code,
    headers: { "www-authenticate": 'Basic realm="Stripe"' }
  })
