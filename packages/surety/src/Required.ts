/**
 * What must be declared is there: the laws say so to the compiler, and this to JavaScript, to a cast, and to a Node that
 * removes types.
 *
 * Neighbours: `Contract` and `Operation` call it before they read anything.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * Refuses a declaration that lacks one of some fields, or has an empty text there.
 *
 * **Details**   `fields`: names with spaces between them; `slo.latency` is looked for where `slo` is certainly there.
 *
 * **Failures**   `RangeError` naming the provider or the operation, and the field.
 *
 * @category rules
 * @since 0.1.0
 */
export const check = (subject: string, declared: object, fields: string): void => {
  for (const field of fields.split(" ")) {
    let value: unknown = declared
    for (const part of field.split(".")) value = (value as Readonly<Record<string, unknown>>)[part]
    if (!(typeof value === "string" ? value.trim() : value)) {
      throw new RangeError(`${subject}: ${field} is missing or empty`)
    }
  }
}
