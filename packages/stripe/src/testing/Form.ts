/**
 * Reads the form encoding of Stripe's v1 API: `application/x-www-form-urlencoded`
 * with brackets for nesting, in a body or in a query.
 *
 * It never guesses types: everything on this wire is text, and what a text means is
 * said by `Parameter`. It never merges a text with a record of the same name.
 *
 * Neighbours: `Parameter` reads the records that come out of here.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Result from "effect/Result"

/**
 * @category models
 * @since 0.1.0
 */
export type FormValue = string | FormRecord

/**
 * A list is a record whose names are indices: `expand[]=a&expand[]=b` and
 * `expand[0]=a&expand[1]=b` read the same. Records have no prototype, so that a
 * parameter named `__proto__` is a parameter.
 *
 * @category models
 * @since 0.1.0
 */
export interface FormRecord {
  readonly [name: string]: FormValue
}

/**
 * `name` is the parameter that can not be read, as the client wrote it.
 *
 * @category failures
 * @since 0.1.0
 */
export interface MalformedForm {
  readonly _tag: "MalformedForm"
  readonly name: string
}

/**
 * Reads name and value pairs, already percent-decoded, into one record.
 *
 * **Details**   A later value of the same name replaces the earlier one, as Stripe
 * does it; `name[]` appends. A bracket that is never closed is malformed.
 *
 * **Example** (metadata of an order)
 *
 * ```ts import.meta.vitest
 * import * as Result from "effect/Result"
 * import * as Form from "@surety/stripe/testing/Form"
 *
 * const form = Form.fromPairs(new URLSearchParams("amount=1999&metadata[order_id]=o-1"))
 * JSON.stringify(Result.getOrThrow(form)) // => '{"amount":"1999","metadata":{"order_id":"o-1"}}'
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromPairs = (pairs: Iterable<readonly [string, string]>): Result.Result<FormRecord, MalformedForm> => {
  const root = emptyRecord()
  for (const [name, value] of pairs) {
    const path = pathOf(name)
    if (path === undefined || !place(root, path, value)) {
      return Result.fail({ _tag: "MalformedForm", name })
    }
  }
  return Result.succeed(root)
}

/**
 * The text behind a name, where the value is a record that has one there.
 *
 * @category conversions
 * @since 0.1.0
 */
export const textAt = (value: FormValue | undefined, name: string): string | undefined => {
  const found = typeof value === "object" ? value[name] : undefined
  return typeof found === "string" ? found : undefined
}

/**
 * One text for everything a form says, independent of the order in which it says it:
 * equal texts mean equal parameters.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toCanonical = (value: FormValue): string =>
  typeof value === "string"
    ? JSON.stringify(value)
    : `{${Object.keys(value)
        .sort()
        .map((name) => `${JSON.stringify(name)}:${toCanonical(value[name]!)}`)
        .join(",")}}`

type Draft = { [name: string]: string | Draft }

const emptyRecord = (): Draft => Object.create(null) as Draft

/** `a[b][]` is `["a", "b", ""]`. */
const pathOf = (name: string): ReadonlyArray<string> | undefined => {
  const open = name.indexOf("[")
  if (open === -1) return name === "" ? undefined : [name]
  if (open === 0) return undefined
  const path = [name.slice(0, open)]
  let at = open
  while (at < name.length) {
    const close = name.indexOf("]", at)
    if (name[at] !== "[" || close === -1) return undefined
    path.push(name.slice(at + 1, close))
    at = close + 1
  }
  return path
}

const place = (root: Draft, path: ReadonlyArray<string>, value: string): boolean => {
  let record = root
  for (let at = 0; at < path.length; at++) {
    const name = path[at] === "" ? String(Object.keys(record).length) : path[at]!
    const known = record[name]
    if (at === path.length - 1) {
      if (typeof known === "object") return false
      record[name] = value
    } else if (typeof known === "string") {
      return false
    } else {
      record = record[name] = known ?? emptyRecord()
    }
  }
  return true
}
