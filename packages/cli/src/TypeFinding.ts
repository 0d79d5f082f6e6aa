/**
 * What the compiler says of a contract, as a finding: the law first, in the words of its type, and then the compiler's own,
 * made short.
 *
 * Neighbours: `Compiler` runs it. Pure.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { isAbsolute, relative } from "node:path"
import type { Diagnostic } from "./Compiler.ts"
import type { Finding } from "./Finding.ts"

/**
 * Reads one diagnostic. `module`: as the caller wrote it; `cwd`: what paths are relative to.
 *
 * **Example** (A failure without a rule)
 *
 * ```ts import.meta.vitest
 * import * as TypeFinding from "@surety/cli/TypeFinding"
 *
 * const found = TypeFinding.fromDiagnostic(
 *   {
 *     path: "/shop/src/Pay.ts",
 *     line: 12,
 *     column: 3,
 *     code: "TS2322",
 *     lines: [
 *       `Type '{ NotSent: Backoff; }' is not assignable to type 'X & EveryFailureNeedsARule<"RateLimited">'.`,
 *       `Property 'RateLimited' is missing in type '{ NotSent: Backoff; }' but required in type 'EveryFailureNeedsARule<"RateLimited">'.`
 *     ]
 *   },
 *   { module: "src/Pay.ts", cwd: "/shop" }
 * )
 * found.field // => "src/Pay.ts:12:3"
 * found.law // => "RETRY-004"
 * found.message // => "RateLimited is missing: every failure needs a rule (TS2322)"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromDiagnostic = (
  { code, column, line, lines, path }: Diagnostic,
  { cwd, module }: { readonly module: string; readonly cwd: string }
): Finding => {
  const found = lawOf(lines)
  const below = relative(cwd, path)
  const shown = below.startsWith("..") || isAbsolute(below) ? path : below
  return {
    provider: module,
    field: `${shown}:${line}:${column}`,
    rule: "types",
    ...(found === undefined ? {} : { law: found.law }),
    message: `${found === undefined ? shorten(lines) : found.text} (${code})`
  }
}

interface Read {
  readonly law: string
  readonly text: string
}

/** The last line says why; the first names whole types, often with every law of a contract in them. */
const lawOf = (lines: ReadonlyArray<string>): Read | undefined => {
  const [first = ""] = lines
  const last = lines.at(-1) ?? ""
  const lack = lackIn(last)
  if (lack === undefined) {
    const found = said(last) ?? stated(last) ?? said(lines.findLast((line) => sentence.test(line)) ?? "")
    if (found !== undefined) return found
    const shape = shaped(last)
    return shape === undefined ? stated(first) : { law: shape.law, text: `${shape.text}: ${shorten([last])}` }
  }
  const found = named(lack.type) ?? shaped(lack.type) ?? stated(first)
  return found === undefined ? undefined : { law: found.law, text: `${lack.text}: ${found.text}` }
}

const sentence = /"((?:OP|RETRY|PROV|HEDGE)-\d{3}): ([^"]+)"/

const said = (line: string): Read | undefined => {
  const [, code, text] = sentence.exec(line) ?? []
  return code === undefined || text === undefined ? undefined : { law: code, text }
}

/** A law in the name of a type; one that is made of several laws says nothing of one. */
const stated = (line: string): Read | undefined => {
  const at = line.search(law)
  return at < 0 || line.includes(" & ") ? undefined : named(line.slice(at))
}

const named = (type: string): Read | undefined => {
  const [begin, kind, number, name] = law.exec(type) ?? []
  if (begin === undefined || name === undefined || !type.startsWith(begin)) return undefined
  return { law: `${kind}-${number}`, text: inWords(name) }
}

const law = /\b(OP|RETRY|PROV|HEDGE)_(\d{3})_(\w+)/

/** What is not there, and the type that asks for it. */
const lackIn = (line: string): { readonly text: string; readonly type: string } | undefined => {
  const [, one, how, type] = /^Property '(\w+)' is (missing|optional) .* required in type '(.*)'/.exec(line) ?? []
  if (type !== undefined) return { text: `${one} is ${how}`, type }
  const [, of, several] = /is missing the following properties from type '(.*)': (.*?)\.?$/.exec(line) ?? []
  return of === undefined ? undefined : { text: `${several} are missing`, type: of }
}

const shaped = (type: string): Read | undefined => {
  const [, code, text] = shapes.find(([pattern]) => pattern.test(type)) ?? []
  return code === undefined || text === undefined ? undefined : { law: code, text }
}

/** Types that a law is stated in without its name. */
const shapes: ReadonlyArray<readonly [type: RegExp, law: string, text: string]> = [
  [/^EveryFailureNeedsARule|readonly retry:/, "RETRY-004", "every failure needs a rule"],
  [/^TimeBudget$/, "OP-001", "every operation declares a time budget"],
  [
    /"idempotent-only" \| "never" \| "safe"|^Options</,
    "OP-002",
    "a failure says what may be repeated and whose fault it is"
  ],
  [/"critical" \| "high" \| "low" \| "medium"/, "PROV-003", "every provider declares its criticality"],
  [/^Slo$/, "PROV-001", "every provider has an objective"],
  [/'Credential \| None'/, "PROV-002", "every provider declares a credential lifecycle"],
  [/^Declared$|'Version'|readonly reviewBy: string/, "PROV-004", "every provider declares limits and a version policy"],
  [
    /^Backoff$|readonly maxAttempts: number|"decorrelated" \| "equal" \| "full"/,
    "RETRY-003",
    "a rule is bounded, capped and jittered"
  ]
]

/** `EveryOperationDeclaresATimeBudget` reads as a sentence. */
const inWords = (name: string): string =>
  name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/\bslo\b/, "SLO")
    .trim()

const longest = 240

const shorten = (lines: ReadonlyArray<string>): string => {
  const [first = "", ...others] = lines
  const last = others.at(-1)
  const text = [first, ...(last === undefined ? [] : [last])].map(folded).join(" ")
  return (text.length > longest ? `${text.slice(0, longest - 1)}…` : text).replace(/\.$/, "")
}

/** Object types in a few words. */
const folded = (text: string): string => {
  let before = text
  for (;;) {
    const after = before.replace(/\{[^{}]{24,}\}/g, "…")
    if (after === before) return after
    before = after
  }
}
