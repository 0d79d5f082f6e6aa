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
  const issue = issueOf(cause)
  return issue === undefined ? "" : walk(issue, none)
}

/**
 * `enum_unknown` when the first issue is a value that a declared list of values does not have: the provider has one more.
 *
 * @category getters
 * @since 0.1.0
 */
export const violationOf = (cause: Cause.Cause<unknown>): "decode" | "enum_unknown" => {
  let node = issueOf(cause)
  // behind an encoding the list is the codec's own, such as that of `NaN` and `Infinity`
  while (node !== undefined && node._tag !== "Encoding") {
    const next = nextOf(node)
    if (next === undefined && node.ast !== undefined && isList(node.ast)) return "enum_unknown"
    node = next
  }
  return "decode"
}

interface Ast {
  readonly _tag: string
  readonly types?: ReadonlyArray<Ast>
  readonly propertySignatures?: ReadonlyArray<{ readonly name: PropertyKey }>
}

interface Node {
  readonly _tag: string
  readonly path?: ReadonlyArray<PropertyKey>
  readonly ast?: Ast
  readonly issue?: Node
  readonly issues?: ReadonlyArray<Node>
}

const none: ReadonlyArray<PropertyKey> = []

const issueOf = (cause: Cause.Cause<unknown>): Node | undefined => {
  const found = cause.reasons.find(Cause.isFailReason)?.error
  return Schema.isSchemaError(found) ? (found.issue as Node) : undefined
}

const nextOf = (node: Node): Node | undefined => node.issue ?? node.issues?.[0]

const isList = (ast: Ast): boolean => ast.types?.every(isList) ?? /^(Literal|Enum|Undefined|Null)$/.test(ast._tag)

const walk = (node: Node, declared: ReadonlyArray<PropertyKey>): string => {
  const names = node.ast?.propertySignatures?.map(({ name }) => name) ?? declared
  let text = ""
  for (const key of node.path ?? []) {
    text += typeof key === "number" ? `[${key}]` : names.includes(key) ? `.${String(key)}` : ".*"
  }
  const next = nextOf(node)
  return next === undefined ? text : text + walk(next, node.path === undefined ? names : none)
}
