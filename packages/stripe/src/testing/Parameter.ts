/**
 * The parameters an endpoint takes: which names exist, which are required, and what
 * the text behind a name must look like. Unknown names are refused, as Stripe refuses
 * them.
 *
 * Checking never has an effect: an endpoint whose parameters do not pass has not
 * begun to execute, so nothing is stored under the idempotency key.
 *
 * Neighbours: `Form` reads the record, `Endpoint` declares parameters, `ErrorEnvelope` is
 * what comes back when a value does not pass.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type * as Form from "./Form.ts"
import * as ErrorEnvelope from "./ErrorEnvelope.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Parameter<out A, out Presence extends "required" | "optional" = "optional"> {
  readonly presence: Presence
  readonly read: (value: Form.FormValue, name: string) => Result.Result<A, ErrorEnvelope.ErrorEnvelope>
}

/**
 * @category models
 * @since 0.1.0
 */
export type Parameters = Readonly<Record<string, Parameter<unknown, "required" | "optional">>>

/**
 * What the endpoint receives once everything passed.
 *
 * @category models
 * @since 0.1.0
 */
export type Values<P> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer A, infer Presence>
    ? Presence extends "required"
      ? A
      : A | undefined
    : never
}

/**
 * @category combinators
 * @since 0.1.0
 */
export const required = <A>(parameter: Parameter<A>): Parameter<A, "required"> => ({
  presence: "required",
  read: parameter.read
})

/**
 * A text; the empty text unsets an optional one. `maxLength` in characters, default
 * 5000.
 *
 * @category constructors
 * @since 0.1.0
 */
export const text = (options: { readonly maxLength?: number } = {}): Parameter<string> =>
  scalar((value, name) =>
    value.length > (options.maxLength ?? 5000)
      ? invalid(name, `'${name}' has ${value.length} characters, ${options.maxLength ?? 5000} are allowed.`)
      : Result.succeed(value)
  )

/**
 * A whole number between `min` and `max`, both included. Defaults: 0 and 99,999,999.
 *
 * @category constructors
 * @since 0.1.0
 */
export const integer = (options: { readonly min?: number; readonly max?: number } = {}): Parameter<number> =>
  scalar((value, name) => {
    const number = /^-?\d{1,15}$/.test(value) ? Number(value) : undefined
    return number === undefined || number < (options.min ?? 0) || number > (options.max ?? 99_999_999)
      ? invalid(name, `'${name}' is not a whole number that is allowed here: ${value}`, "parameter_invalid_integer")
      : Result.succeed(number)
  })

/**
 * `true` or `false`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const flag: Parameter<boolean> = scalar((value, name) =>
  value === "true" || value === "false"
    ? Result.succeed(value === "true")
    : invalid(name, `'${name}' is neither true nor false: ${value}`)
)

/**
 * One of the texts listed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const choice = <const Choice extends string>(choices: ReadonlyArray<Choice>): Parameter<Choice> =>
  scalar((value, name) => {
    const found = choices.find((one) => one === value)
    return found === undefined
      ? invalid(name, `'${name}' must be one of ${choices.join(", ")}, not ${value}.`)
      : Result.succeed(found)
  })

/**
 * Up to 50 texts by name; names have at most 40 characters, values at most 500. The
 * empty value removes its name.
 *
 * @source https://docs.stripe.com/api/metadata
 * @category constructors
 * @since 0.1.0
 */
export const metadata: Parameter<Readonly<Record<string, string>>> = {
  presence: "optional",
  read: (value, name) => {
    if (value === "") return Result.succeed({})
    if (typeof value === "string") return invalid(name, `'${name}' must be a record.`)
    const entries = Object.entries(value)
    if (entries.length > 50) return invalid(name, `'${name}' has ${entries.length} names, 50 are allowed.`)
    const texts: Array<[string, string]> = []
    for (const [key, text] of entries) {
      const at = `${name}[${key}]`
      if (typeof text !== "string") return invalid(at, `'${at}' must be a text.`)
      if (key.length > 40) return invalid(at, `The name of '${at}' has ${key.length} characters, 40 are allowed.`)
      if (text.length > 500) return invalid(at, `'${at}' has ${text.length} characters, 500 are allowed.`)
      if (text !== "") texts.push([key, text])
    }
    return Result.succeed(Object.fromEntries(texts))
  }
}

/**
 * Anything: a parameter that Stripe knows and this fake carries no meaning for.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ignored: Parameter<Form.FormValue> = {
  presence: "optional",
  read: (value) => Result.succeed(value)
}

/**
 * A list or record whose inside the endpoint reads itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const record: Parameter<Form.FormRecord> = {
  presence: "optional",
  read: (value, name) =>
    typeof value === "string" ? invalid(name, `'${name}' must be a record.`) : Result.succeed(value)
}

/**
 * Refused when present, in words that say the fake does not know it though Stripe
 * does: silence would be a wrong answer.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unsupported: Parameter<never> = {
  presence: "optional",
  read: (_value, name) => invalid(name, `The fake does not implement '${name}'.`)
}

/**
 * Checks a form against the parameters of an endpoint.
 *
 * **Details**   Order: unknown names, then missing ones, then values, each in the
 * order in which they are declared or sent; the first that does not pass decides.
 *
 * @category rules
 * @since 0.1.0
 */
export const decide = <const P extends Parameters>(
  parameters: P,
  form: Form.FormRecord
): Result.Result<Values<P>, ErrorEnvelope.ErrorEnvelope> => {
  const unknown = Object.keys(form).find((name) => !Object.hasOwn(parameters, name))
  if (unknown !== undefined) {
    return invalid(unknown, `This endpoint has no parameter '${unknown}'.`, "parameter_unknown")
  }
  const values: Record<string, unknown> = {}
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = form[name]
    if (value === undefined) {
      if (parameter.presence === "required") {
        return invalid(name, `The parameter '${name}' is required.`, "parameter_missing")
      }
      continue
    }
    if (value === "" && parameter.presence === "required") {
      return invalid(name, `The parameter '${name}' is empty.`, "parameter_invalid_empty")
    }
    const read = parameter.read(value, name)
    if (Result.isFailure(read)) return Result.fail(read.failure)
    if (value !== "") values[name] = read.success
  }
  // Every declared name was read by its own parameter, or is absent.
  return Result.succeed(values as Values<P>)
}

const invalid = (param: string, message: string, code?: string): Result.Result<never, ErrorEnvelope.ErrorEnvelope> =>
  Result.fail(ErrorEnvelope.invalidRequest(message, { param, code }))

function scalar<A>(read: (value: string, name: string) => Result.Result<A, ErrorEnvelope.ErrorEnvelope>): Parameter<A> {
  return {
    presence: "optional",
    read: (value, name) =>
      typeof value === "string" ? read(value, name) : invalid(name, `'${name}' must be a single value.`)
  }
}
