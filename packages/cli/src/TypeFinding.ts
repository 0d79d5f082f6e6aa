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
  const { law, text } = lawOf(lines)
  const below = relative(cwd, path)
  const shown = below.startsWith("..") || isAbsolute(below) ? path : below
  return {
    provider: module,
    field: `${shown}:${line}:${column}`,
    rule: "types",
    ...(law === undefined ? {} : { law }),
    message: text === undefined ? `${shorten(lines)} (${code})` : `${text} (${code})`
  }
}

interface Read {
  readonly law: string | undefined
  readonly text: string | undefined
}

/** The last line says why; the first names the whole types, with every law of a contract in them. */
const lawOf = (lines: ReadonlyArray<string>): Read => {
  const last = lines.at(-1) ?? ""
  const said = lines.findLast((line) => sentence.test(line))
  if (said !== undefined) {
    const [, law, text] = sentence.exec(said) ?? []
    return { law, text }
  }
  const missing = missingIn(last)
  const before = missing === undefined ? "" : `${missing}: `
  const names = [...last.matchAll(named), ...(lines.length === 1 ? [] : (lines[0] ?? "").matchAll(named))]
  const codes = new Set(names.map(([, kind, number]) => `${kind}-${number}`))
  const [name] = last.matchAll(named)
  const own = name ?? (codes.size === 1 ? names[0] : undefined)
  if (own !== undefined) return { law: `${own[1]}-${own[2]}`, text: `${before}${inWords(own[3] ?? "")}` }
  const shape = shapes.find(([pattern]) => pattern.test(last))
  if (shape === undefined) return { law: undefined, text: undefined }
  return { law: shape[1], text: missing === undefined ? `${shape[2]}: ${shorten([last])}` : `${before}${shape[2]}` }
}

const sentence = /"((?:OP|RETRY|PROV|HEDGE)-\d{3}): ([^"]+)"/

const named = /\b(OP|RETRY|PROV|HEDGE)_(\d{3})_(\w+)/g

/** Types that a law is stated in without its name. */
const shapes: ReadonlyArray<readonly [type: RegExp, law: string, text: string]> = [
  [/EveryFailureNeedsARule</, "RETRY-004", "every failure needs a rule"],
  [/readonly retry:/, "RETRY-004", "every failure needs a rule"],
  [/type 'TimeBudget'/, "OP-001", "every operation declares a time budget"],
  [
    /"idempotent-only" \| "never" \| "safe"|type 'Options<"/,
    "OP-002",
    "every failure says what may be repeated, and whose fault it is"
  ],
  [/"critical" \| "high" \| "low" \| "medium"/, "PROV-003", "every provider declares its criticality"],
  [/type 'Slo'/, "PROV-001", "every provider has an objective"],
  [/type 'Credential \| None'/, "PROV-002", "every provider declares a credential lifecycle"],
  [
    /type 'Declared'|type 'Version'|readonly reviewBy: string/,
    "PROV-004",
    "every provider declares limits and a version policy"
  ],
  [
    /from type 'Backoff'|readonly maxAttempts: number|"decorrelated" \| "equal" \| "full"/,
    "RETRY-003",
    "a rule is bounded, capped and jittered"
  ]
]

const missingIn = (line: string): string | undefined => {
  const [, one, how] = /^Property '(\w+)' is (missing|optional)/.exec(line) ?? []
  if (one !== undefined) return `${one} is ${how}`
  const several = /is missing the following properties from type '.*': (.*?)\.?$/.exec(line)?.[1]
  return several === undefined ? undefined : `${several} are missing`
}

/** `EveryOperationDeclaresATimeBudget` reads as a sentence. */
const inWords = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim()

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
