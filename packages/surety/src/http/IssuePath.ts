/**
 * Where a value broke its schema, as a path, and never the value itself: no name that the schema does not declare
 * either, because the keys of a record are a part of what was answered.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Schema from "effect/Schema"

/**
 * The path of the first issue, such as `.items[3].id`; `.*` for a name that came with the value; empty when the value itself
 * is wrong.
 *
 * @category getters
 * @since 0.1.0
 */
export const pathOf = (cause: Cause.Cause<unknown>): string => {
  const found = cause.reasons.find(Cause.isFailReason)
  if (found === undefined || !Schema.isSchemaError(found.error)) return ""
  return walk(found.error.issue as Node, none)
}

interface Node {
  readonly _tag: string
  readonly path?: ReadonlyArray<PropertyKey>
  readonly ast?: { readonly propertySignatures?: ReadonlyArray<{ readonly name: PropertyKey }> }
  readonly issue?: Node
  readonly issues?: ReadonlyArray<Node>
}

const none: ReadonlyArray<PropertyKey> = []

const walk = (node: Node, declared: ReadonlyArray<PropertyKey>): string => {
  const names = node.ast?.propertySignatures?.map(({ name }) => name) ?? declared
  let text = ""
  for (const key of node.path ?? []) {
    text += typeof key === "number" ? `[${key}]` : names.includes(key) ? `.${String(key)}` : ".*"
  }
  const next = node.issue ?? node.issues?.[0]
  return next === undefined ? text : text + walk(next, node.path === undefined ? names : none)
}
