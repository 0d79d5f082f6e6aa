/**
 * YAML that is the same for the same value: no anchors, no folding, texts of several lines as they are.
 *
 * Neighbours: `Ops` writes files with it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { stringify } from "yaml"

/**
 * A value as a YAML document.
 *
 * **Details**   `header`: a comment before it.
 *
 * **Example** (Lists and texts)
 *
 * ```ts import.meta.vitest
 * import { Yaml } from "@surety/ops"
 *
 * Yaml.toYaml({ for: "5m", labels: ["a: b"] }) // => "for: 5m\nlabels:\n  - \"a: b\"\n"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const toYaml = (value: unknown, header?: string): string =>
  (header === undefined ? "" : `${header.replace(/^/gm, "# ")}\n`) +
  stringify(value, { aliasDuplicateObjects: false, lineWidth: 0, version: "1.1" })
