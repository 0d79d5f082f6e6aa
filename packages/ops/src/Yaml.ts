/**
 * YAML that is the same for the same value: no anchors, no folding, texts of several lines as they are.
 *
 * Neighbours: `Ops` writes files with it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { Document, visit } from "yaml"

/**
 * A value as a YAML document.
 *
 * **Details**   `header`: a comment before it. Texts read back as they are with YAML 1.1 and 1.2, and with readers that refuse
 * control characters or break lines at them; half of a surrogate pair, which no file can hold, becomes U+FFFD.
 *
 * **Example** (Lists and texts)
 *
 * ```ts import.meta.vitest
 * import { Yaml } from "@surety/ops"
 *
 * Yaml.toYaml({ for: "5m", labels: ["a: b"] }) // => "for: 5m\nlabels:\n  - \"a: b\"\n"
 * Yaml.toYaml({ name: "a\u0085b: 1" }) // => "name: \"a\\u0085b: 1\"\n"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const toYaml = (value: unknown, header?: string): string => {
  const document = new Document(value, { aliasDuplicateObjects: false, version: "1.1" })
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value !== "string") return
      const text = scalar.value.toWellFormed()
      scalar.value = text
      if (quoted.test(text)) scalar.type = "QUOTE_DOUBLE"
    }
  })
  const body = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER })
  return comment(header) + body.replace(odd, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

const comment = (header: string | undefined): string =>
  header === undefined
    ? ""
    : header
        .toWellFormed()
        .split("\n")
        .map((line) => `# ${line.replace(odd, " ").replace(/\p{Cc}/gu, " ")}\n`)
        .join("")

/** Line ends to some readers, and what they refuse. */
const odd = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** Those, other control characters, a line that would look like a comment of ours, and an octal number of YAML 1.2. */
const quoted = /[^\P{Cc}\n]|[\u2028\u2029\ufeff\ufffe\uffff]|\n\s*#|^[-+]?0o[0-7]+$/u
